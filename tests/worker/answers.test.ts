import type { Fault } from "split-events-sandbox";
import { expect, test } from "vitest";
import { closedPort } from "../support/closed-port.js";
import { event, events } from "../support/events.js";
import { EXAMPLE, KEY, useWorker, Worker } from "./support.js";

const given = useWorker();

test.each<[string, Record<string, string>]>([
  ["no key", {}],
  ["an empty key", { authorization: "Bearer " }],
  ["another scheme", { authorization: "Basic dXNlcjpwYXNz" }],
  ["two words for a key", { authorization: "Bearer one two" }],
  ["a key that none can be", { authorization: "Bearer schl\u00fcssel" }],
])("%s is answered 401 without a detail, and nothing is sent", async (_, headers) => {
  const { status, headers: answered, json } = await given.worker.ask({ headers, body: EXAMPLE });
  expect(status).toBe(401);
  expect(answered.get("content-type")).toBe("application/problem+json");
  expect(answered.get("www-authenticate")).toBe("Bearer");
  expect(json).toEqual({ type: "about:blank", title: "Unauthorized", status: 401 });
  expect(given.sandbox.posts()).toEqual([]);
});

test("a large body without a key is answered 401, too", async () => {
  const { status } = await given.worker.ask({ headers: {}, body: JSON.stringify(events(20_000)) });
  expect(status).toBe(401);
});

test("other paths are answered 404", async () => {
  for (const path of ["/", "/api/events/bulk/", "/api/events/bulk2", "/__proto__"]) {
    const { status, json } = await given.worker.ask({ path, body: EXAMPLE });
    expect([path, status, json.title]).toEqual([path, 404, "Not Found"]);
  }
  expect(given.sandbox.posts()).toEqual([]);
});

test("other methods are answered 405 with those that are allowed", async () => {
  for (const method of ["GET", "PUT", "DELETE", "PATCH"]) {
    const { status, headers, json } = await given.worker.ask({ method });
    expect([method, status, json.title]).toEqual([method, 405, "Method Not Allowed"]);
    expect(headers.get("allow")).toBe("POST, OPTIONS");
  }
});

test("a preflight allows what the official browser SDK sends", async () => {
  const { status, headers } = await given.worker.ask({
    method: "OPTIONS",
    headers: {
      origin: "https://shop.example",
      "access-control-request-method": "POST",
      "access-control-request-headers": "authorization,content-type,splitsdkversion",
    },
  });
  expect(status).toBe(204);
  expect(headers.get("access-control-allow-origin")).toBe("*");
  expect(headers.get("access-control-allow-methods")).toBe("POST");
  const allowed = headers.get("access-control-allow-headers")?.toLowerCase().split(",");
  expect(allowed).toEqual(expect.arrayContaining(["authorization", "content-type", "splitsdkversion"]));
});

test("a page of any origin can read every answer", async () => {
  const answers = await Promise.all([
    given.worker.post(EXAMPLE),
    given.worker.post("hello"),
    given.worker.ask({ headers: {}, body: EXAMPLE }),
    given.worker.ask({ path: "/", method: "GET" }),
    given.worker.ask({ method: "GET" }),
  ]);
  expect(answers.map(({ status }) => status)).toEqual([202, 400, 401, 404, 405]);
  expect(answers.map(({ headers }) => headers.get("access-control-allow-origin"))).toEqual(Array(5).fill("*"));
});

test.each([
  ["text", "hello", "input_not_events"],
  ["nothing", "", "empty_input"],
  ["UTF-16", "\u0000[\u0000]", "input_utf16"],
])("a body of %s is answered 400 with the issue", async (_, body, code) => {
  const { status, headers, json } = await given.worker.post(body);
  expect(status).toBe(400);
  expect(headers.get("content-type")).toBe("application/problem+json");
  expect(json).toMatchObject({ title: "Bad Request", status: 400, events: 0 });
  expect(json.issues).toEqual([expect.objectContaining({ code })]);
  expect(given.sandbox.posts()).toEqual([]);
});

test("an empty list of events is in order", async () => {
  const { status, json } = await given.worker.post([]);
  expect(status).toBe(202);
  expect(json).toMatchObject({ events: 0, issues: [], batches: [] });
});

test("events that all fail the check are answered 422, and nothing is sent", async () => {
  const { status, json } = await given.worker.post([event(0, { key: "" }), event(1, { timestamp: 0 })]);
  expect(status).toBe(422);
  expect(json).toMatchObject({ title: "Unprocessable Content", events: 2, refusedBy: { check: 2, service: 0 } });
  expect(json.issues.map(({ code }) => code)).toEqual(["key_empty", "timestamp_not_positive"]);
  expect(given.sandbox.posts()).toEqual([]);
});

interface Row {
  what: string;
  faults: Fault[];
  /** How many events are posted; 500 fill a batch. */
  events?: number;
  status: number;
  /** How they end: accepted, refused, unknown, unsent. */
  ends: [number, number, number, number];
  posts?: number;
}

const status = (status: number): Fault => ({ do: "status", status });

test.each<Row>([
  { what: "401 of the service", faults: [status(401)], status: 401, ends: [0, 2, 0, 0] },
  {
    what: "401 for the first batch of three",
    faults: [status(401)],
    events: 1500,
    status: 401,
    ends: [0, 500, 0, 1000],
  },
  { what: "403 of the service", faults: [status(403)], status: 403, ends: [0, 2, 0, 0] },
  { what: "400 of the service", faults: [status(400)], status: 400, ends: [0, 2, 0, 0] },
  { what: "429 of the service", faults: [status(429)], status: 429, ends: [0, 0, 0, 2] },
  { what: "503 of the service", faults: [status(503)], status: 503, ends: [0, 0, 0, 2] },
  { what: "a redirect, which is not followed,", faults: [{ do: "redirect" }], status: 502, ends: [0, 2, 0, 0] },
  {
    what: "400 for one batch of two",
    faults: [{ ...status(400), post: 2 }],
    events: 1000,
    status: 202,
    ends: [500, 500, 0, 0],
    posts: 2,
  },
  {
    what: "503 for one batch of two",
    faults: [{ ...status(503), post: 2 }],
    events: 1000,
    status: 502,
    ends: [500, 0, 0, 500],
    posts: 2,
  },
  { what: "500 with the events taken", faults: [{ ...status(500), take: true }], status: 502, ends: [0, 0, 2, 0] },
  { what: "a reset with the events taken", faults: [{ do: "reset", take: true }], status: 502, ends: [0, 0, 2, 0] },
  { what: "a close without an answer", faults: [{ do: "close" }], status: 502, ends: [0, 0, 2, 0] },
])("$what ends as $ends and is answered $status; nothing is sent twice", async (row) => {
  given.sandbox.setFaults(row.faults);
  const answer = await given.worker.post(events(row.events ?? 2));
  expect(answer.status).toBe(row.status);
  const { accepted, refused, unknown, unsent } = answer.json;
  expect([accepted, refused, unknown, unsent]).toEqual(row.ends);
  expect(answer.json.refusedBy.check).toBe(0);
  if (row.status !== 202) {
    expect(answer.headers.get("content-type")).toBe("application/problem+json");
    expect(answer.json).toMatchObject({ status: row.status, title: expect.any(String), detail: expect.any(String) });
  }
  expect(given.sandbox.posts()).toHaveLength(row.posts ?? 1);
});

test("an answer of the service that repeats the key does not show it", async () => {
  given.sandbox.setFaults([{ do: "status", status: 403, body: `no rights for ${KEY}` }]);
  const { json } = await given.worker.post(EXAMPLE);
  expect(json.batches[0]?.message).toContain("no rights for [key]");
});

test("where nobody listens the events are unknown, since workerd cannot prove it", async () => {
  const worker = await Worker.start({ upstream: `http://127.0.0.1:${await closedPort()}/api/events/bulk` });
  try {
    const { status, json } = await worker.post(EXAMPLE);
    expect(status).toBe(502);
    expect(json).toMatchObject({ events: 2, unknown: 2, accepted: 0, unsent: 0 });
    expect(json.batches[0]).toMatchObject({ state: "unknown", reason: "connection_lost" });
  } finally {
    await worker.dispose();
  }
});

test("an UPSTREAM that is no address is answered 500, without repeating it", async () => {
  const worker = await Worker.start({ upstream: "events.internal/with-a-secret" });
  try {
    const { status, text, json } = await worker.post(EXAMPLE);
    expect(status).toBe(500);
    expect(json).toMatchObject({ title: "Internal Server Error", detail: expect.stringContaining("UPSTREAM") });
    expect(text).not.toContain("secret");
  } finally {
    await worker.dispose();
  }
});
