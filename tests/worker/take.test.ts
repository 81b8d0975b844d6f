import { gzipSync } from "node:zlib";
import { createSandbox } from "split-events-sandbox";
import { expect, onTestFinished, test } from "vitest";
import { event, events, ndjson } from "../support/events.js";
import { Folder } from "../support/folder.js";
import { account } from "./account.js";
import { EXAMPLE, KEY, OTHER_KEY, SERVICE_KEY, useWorker, Worker } from "./support.js";

const given = useWorker({ vars: { CHECK: { trafficTypes: ["user"] }, ORIGINS: "https://shop.example" } });

const taken = () => given.worker.admin.counts().then(({ taken }) => taken);

test("the documentation's two events are kept, repaired, and sent with the service key", async () => {
  const before = await taken();
  const { status, headers, json } = await given.worker.post(EXAMPLE);
  expect(status).toBe(202);
  expect(headers.get("content-type")).toBe("application/json");
  expect(json).toMatchObject({ events: 2, clean: 0, repaired: 2, refused: 0 });
  expect(json.issueCounts).toEqual({ timestamp_string: 2, timestamp_seconds: 2, timestamp_old: 2 });
  await given.worker.admin.settled(before + 2);
  expect(given.sandbox.ledger().map(({ event }) => event)).toEqual([
    expect.objectContaining({ key: "Liam", timestamp: 1645557823000, properties: { country: "CA" } }),
    expect.objectContaining({ key: "Ava", timestamp: 1645557824000, properties: { country: "CA" } }),
  ]);
});

test.each<[string, Record<string, string>]>([
  ["no key", {}],
  ["an empty key", { authorization: "Bearer " }],
  ["another scheme", { authorization: "Basic dXNlcjpwYXNz" }],
  ["two words for a key", { authorization: "Bearer one two" }],
  ["a key that is not known", { authorization: "Bearer wrong" }],
  ["both keys of a secret as one", { authorization: `Bearer ${KEY} ${OTHER_KEY}` }],
  ["the service's key, which is no client's", { authorization: `Bearer ${SERVICE_KEY}` }],
])("%s is answered 401 without a detail, and no event is taken", async (_, headers) => {
  const before = await taken();
  const { status, headers: answered, json } = await given.worker.ask({ headers, body: EXAMPLE });
  expect(status).toBe(401);
  expect(answered.get("content-type")).toBe("application/problem+json");
  expect(answered.get("www-authenticate")).toBe("Bearer");
  expect(json).toEqual({ type: "about:blank", title: "Unauthorized", status: 401 });
  expect(await taken()).toBe(before);
});

test("while one client key replaces another, both may post", async () => {
  for (const key of [KEY, OTHER_KEY]) {
    const { status } = await given.worker.ask({ headers: { authorization: `Bearer ${key}` }, body: EXAMPLE });
    expect(status).toBe(202);
  }
});

test("a page of another origin is refused, one of an allowed origin can read its answer, and a server needs no origin", async () => {
  const authorization = `Bearer ${KEY}`;
  const asked = (origin: string) => given.worker.ask({ headers: { authorization, origin }, body: EXAMPLE });
  const [other, shop, server] = [
    await asked("https://evil.example"),
    await asked("https://shop.example"),
    await given.worker.post(EXAMPLE),
  ];
  expect([other.status, shop.status, server.status]).toEqual([403, 202, 202]);
  expect(shop.headers.get("access-control-allow-origin")).toBe("https://shop.example");
  expect(other.headers.get("access-control-allow-origin")).toBe(null);
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
  const allowed = headers.get("access-control-allow-headers")?.toLowerCase().split(",");
  expect(allowed).toEqual(expect.arrayContaining(["authorization", "content-type", "splitsdkversion"]));
});

test("other paths are answered 404, other methods 405", async () => {
  for (const path of ["/", "/api/events/bulk/", "/api/events/bulk2", "/__proto__"]) {
    const { status, json } = await given.worker.ask({ path, body: EXAMPLE });
    expect([path, status, json.title]).toEqual([path, 404, "Not Found"]);
  }
  const { status, headers } = await given.worker.ask({ method: "PUT" });
  expect([status, headers.get("allow")]).toEqual([405, "POST, OPTIONS"]);
});

test.each([
  ["text", "hello", "input_not_events"],
  ["nothing", "", "empty_input"],
])("a body of %s is answered 400 with the issue", async (_, body, code) => {
  const { status, headers, json } = await given.worker.post(body);
  expect(status).toBe(400);
  expect(headers.get("content-type")).toBe("application/problem+json");
  expect(json.issues).toEqual([expect.objectContaining({ code })]);
});

test("an empty list of events is taken", async () => {
  expect((await given.worker.post([])).status).toBe(202);
});

test.each<[string, string, string[]]>([
  ["a table with a header row", [Object.keys(event(0)), ...events(3).map(Object.values), ""].join("\n"), []],
  ["an array without its end", JSON.stringify(events(3)).slice(0, -1), ["array_not_closed"]],
])("%s is taken", async (_, text, codes) => {
  const before = await taken();
  const { status, json } = await given.worker.post(text);
  expect([status, json.events, json.refused, json.issues.map(({ code }) => code)]).toEqual([202, 3, 0, codes]);
  await given.worker.admin.settled(before + 3);
});

test("refused events are kept with their reasons and answered 202", async () => {
  const before = await taken();
  const sent = [event(0, { key: "good-0" }), event(1, { trafficTypeName: "account" }), event(2, { key: "" })];
  const { status, json } = await given.worker.post(sent);
  expect([status, json.events, json.refused]).toEqual([202, 3, 2]);
  await given.worker.admin.settled(before + 3);
  expect(given.sandbox.ledger().map(({ event }) => (event as { key: string }).key)).toEqual(["good-0"]);

  const letters = await given.worker.admin.dead();
  const id = letters.at(-1)?.id ?? "";
  const lines = (await (await given.worker.admin.ask("GET", `/admin/dead/${id}`)).text()).trim().split("\n");
  const kept = lines.map((line) => JSON.parse(line));
  expect(kept.map(({ event }) => event)).toEqual(sent.slice(1));
  expect(kept.map(({ reasons }) => reasons[0].code)).toEqual(["traffic_type_name_unknown", "key_empty"]);

  expect(await given.worker.admin.json("POST", `/admin/dead/${id}`)).toEqual({ letters: 1, sent: 0, refused: 2 });
  expect(await given.worker.admin.json("DELETE", `/admin/dead/${id}`)).toEqual({ letters: 1, forgotten: 2 });
  expect((await given.worker.admin.ask("DELETE", `/admin/dead/${id}`)).status).toBe(404);
});

test("gzip is taken with its Content-Encoding, and recognised without it", async () => {
  const before = await taken();
  const body = gzipSync(JSON.stringify(events(30)));
  const GZIP =
    "the body is gzip: send Content-Encoding: gzip with it; if you did, it is compressed twice: compress it once";
  expect((await given.worker.ask({ body })).json).toMatchObject({ status: 400, detail: GZIP });
  const headers = { authorization: `Bearer ${KEY}`, "content-encoding": "gzip" };
  expect((await given.worker.ask({ headers, body })).json).toMatchObject({ events: 30, clean: 30 });
  const twice = await given.worker.ask({ headers, body: gzipSync(body) });
  expect(twice.json).toMatchObject({ status: 400, detail: GZIP });
  const broken = body.subarray(0, body.length / 2);
  expect((await given.worker.ask({ headers, body: broken })).status).toBe(400);
  const other = { ...headers, "content-encoding": "br" };
  expect((await given.worker.ask({ headers: other, body })).status).toBe(415);
  await given.worker.admin.settled(before + 30);
});

test("gzip of several members is taken as a whole, and refused if other bytes follow it", async () => {
  const before = await taken();
  const headers = { authorization: `Bearer ${KEY}`, "content-encoding": "gzip" };
  const [first, second] = [gzipSync(ndjson(events(20))), gzipSync(ndjson(events(10)))];
  const members = Buffer.concat([first, Buffer.alloc(512), second, Buffer.alloc(512)]);
  expect((await given.worker.ask({ headers, body: members })).json).toMatchObject({ events: 30, clean: 30 });
  for (const body of [Buffer.concat([first, Buffer.from("text")]), Buffer.concat([first, second]).subarray(0, -1)]) {
    expect((await given.worker.ask({ headers, body })).status).toBe(400);
  }
  await given.worker.admin.settled(before + 30);
});

test("a body of many events is sent in batches that fit into messages, and all of them arrive once", async () => {
  const before = await taken();
  const sent = events(5000).map((one) => ({ ...one, key: `many ${one.key}` }));
  expect((await given.worker.post(sent)).json).toMatchObject({ events: 5000, clean: 5000 });
  await given.worker.admin.settled(before + 5000);
  expect(given.sandbox.posts().filter(({ events, bytes }) => (events ?? 501) > 500 || bytes > 120_000)).toEqual([]);
  await account(
    sent.map(({ key }) => key),
    given.sandbox,
    given.worker.admin,
  );
});

test("a beacon has its client key in its body, and its entries are kept", async () => {
  const before = await taken();
  const beacon = (token: string) =>
    given.worker.ask({
      path: "/api/events/beacon",
      headers: { "content-type": "text/plain;charset=UTF-8", origin: "https://shop.example" },
      body: JSON.stringify({
        entries: events(3).map((one) => ({ ...one, key: `beacon ${one.key}` })),
        token,
        sdk: "browserjs-1.7.1",
      }),
    });
  expect((await beacon("wrong")).status).toBe(401);
  expect((await beacon(KEY)).status).toBe(202);
  await given.worker.admin.settled(before + 3);
  expect(given.sandbox.ledger()).toHaveLength(3);
});

test("impressions are sent on with the service key", async () => {
  const path = "/api/testImpressions/bulk";
  expect((await given.worker.ask({ path, body: "[]" })).status).toBe(200);
  expect((await given.worker.ask({ path, headers: {}, body: "[]" })).status).toBe(401);
  const headers = { "content-type": "text/plain" };
  const beacon = { path: "/api/testImpressions/beacon", headers };
  expect((await given.worker.ask({ ...beacon, body: JSON.stringify({ entries: [], token: KEY }) })).status).toBe(200);
  expect((await given.worker.ask({ ...beacon, body: "no beacon" })).status).toBe(401);
});

test("dead letters that pass changed rules are sent when they are replayed, also after a restart", async () => {
  const sandbox = await createSandbox();
  onTestFinished(() => sandbox.close());
  const persist = new Folder().path;
  const options = { upstream: `${sandbox.url}/api/events/bulk`, persist };
  const strict = await Worker.start({ ...options, vars: { CHECK: { trafficTypes: ["user"] } } });
  const sent = [
    event(0, { trafficTypeName: "account", key: "one" }),
    event(1, { trafficTypeName: "account", key: "two" }),
  ];
  await strict.post([...sent, event(2, { key: "" })]);
  await strict.dispose();
  const worker = await Worker.start(options);
  onTestFinished(() => worker.dispose());
  expect(await worker.admin.json("POST", "/admin/dead")).toEqual({ letters: 1, sent: 2, refused: 1 });
  await worker.admin.settled(3);
  expect(sandbox.ledger().map(({ event }) => event)).toEqual(sent);
  expect((await worker.admin.counts()).dead).toMatchObject({ batches: 1, events: 1 });
});

test("large bodies at the same time, and after one that broke off, are each answered about their own events", async () => {
  const bodies = [1_500, 1_800, 2_100, 2_400].map((count, refused) => [
    ...events(count),
    ...events(refused, { eventTypeId: "a b" }),
  ]);
  const told = (answers: { status: number; json: { events?: number; refused?: number } }[]) =>
    answers.map(({ status, json: { events, refused } }) => [status, events, refused]);
  const all = bodies.map((body, refused) => [202, body.length, refused]);
  expect(told(await Promise.all(bodies.map((body) => given.worker.post(body))))).toEqual(all);

  const headers = { authorization: `Bearer ${KEY}`, "content-encoding": "gzip" };
  const broken = gzipSync(JSON.stringify(bodies[3])).subarray(0, -2_000);
  const again = bodies.map((body) => body.slice(1));
  const [brokenOff, ...others] = await Promise.all([
    given.worker.ask({ headers, body: broken }),
    ...again.map((body) => given.worker.post(body)),
  ]);
  expect(brokenOff.status).toBe(400);
  expect(told(others)).toEqual(all.map(([status, events = 0, refused]) => [status, events - 1, refused]));
  const { status, json } = await given.worker.post([event(0, { key: "after that" })]);
  expect([status, json.events, json.refused]).toEqual([202, 1, 0]);
});
