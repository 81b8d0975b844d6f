import { describe, expect, test } from "vitest";
import { startSandbox } from "../support/sandbox.js";
import { EVENT, eventually, KEY, linesOf, post, requestText, statusOf, Wire } from "./support.js";

describe("the answer to a POST of events", () => {
  test.each(["/api/events/bulk", "/api/events"])("%s answers a JSON array 202 with an empty body", async (path) => {
    const sandbox = await startSandbox();
    const response = await post(sandbox, [EVENT, EVENT], { path });
    expect(response.status).toBe(202);
    expect(await response.text()).toBe("");
    expect(sandbox.ledger()).toMatchObject([
      { post: 1, path, event: EVENT },
      { post: 1, path, event: EVENT },
    ]);
  });

  test.each([{}, { authorization: "Bearer" }, { authorization: "Bearer " }, { authorization: `Basic ${KEY}` }])(
    "without a Bearer key it is 401: %o",
    async (headers) => {
      const sandbox = await startSandbox();
      const response = await post(sandbox, [EVENT], { headers });
      expect(response.status).toBe(401);
      expect(await response.text()).toContain("no SDK key");
      expect(sandbox.ledger()).toEqual([]);
    },
  );

  test.each([
    ["an object", JSON.stringify(EVENT)],
    ["no JSON", "[{]"],
    ["two arrays", "[] []"],
    ["nothing", ""],
    ["a string", '"[]"'],
    ["bytes that are not UTF-8", Buffer.from([0x5b, 0x22, 0xff, 0x22, 0x5d])],
    ["a byte order mark", "\ufeff[]"],
  ])("a body of %s is 400", async (_, body) => {
    const sandbox = await startSandbox();
    expect(await statusOf(post(sandbox, body))).toBe(400);
    expect(sandbox.posts()).toMatchObject([{ status: 400, events: null, taken: false }]);
  });

  test("events are not looked at: any item of the array is taken", async () => {
    const sandbox = await startSandbox();
    const events = [{}, null, 7, "x", [[]], { eventTypeId: "no good" }];
    expect(await statusOf(post(sandbox, events))).toBe(202);
    expect(sandbox.ledger().map((entry) => entry.event)).toEqual(events);
  });

  test("an empty array is taken and adds nothing", async () => {
    const sandbox = await startSandbox();
    expect(await statusOf(post(sandbox, " [ ] "))).toBe(202);
    expect(sandbox.posts()).toMatchObject([{ events: 0, taken: true }]);
    expect(await linesOf(sandbox, "/_ledger")).toEqual([]);
  });

  test("the content type does not matter", async () => {
    const sandbox = await startSandbox();
    const headers = { authorization: `Bearer ${KEY}`, "content-type": "image/png; nonsense" };
    expect(await statusOf(post(sandbox, [EVENT], { headers }))).toBe(202);
  });
});

describe("the ledger", () => {
  test("holds each event's own bytes", async () => {
    const sandbox = await startSandbox();
    const texts = [
      '{"value":1.0,"timestamp":12345678901234567890}',
      '{"value":-0,"v":1E400,"w":1e-7}',
      '{"a":"\\u00e9\\n\\"]},{","b":"é😀","c":"\\\\"}',
      '{"a":1,"a":2}',
      "{}",
      "0.10",
      '"},{"',
      "[[1,2],[3,{}]]",
    ];
    await statusOf(post(sandbox, `[${texts.join(" , ")}]`));
    expect(sandbox.ledger().map((entry) => entry.raw)).toEqual(texts);
    const events = (await linesOf(sandbox, "/_ledger")).map((line) => line.slice(line.indexOf('"event":') + 8, -1));
    expect(events).toEqual(texts);
  });

  test("keeps each event on one line however it was formatted", async () => {
    const sandbox = await startSandbox();
    await statusOf(post(sandbox, JSON.stringify([EVENT, EVENT], null, 2).replaceAll("\n", "\r\n")));
    const lines = await linesOf(sandbox, "/_ledger");
    expect(lines.map((line) => JSON.parse(line).event)).toEqual([EVENT, EVENT]);
  });

  test("has the headers of the POST, except those with keys", async () => {
    const sandbox = await startSandbox();
    const headers = { authorization: `Bearer ${KEY}`, cookie: KEY, splitsdkversion: "nodejs-1", "x-own": "here" };
    await statusOf(post(sandbox, [EVENT], { headers }));
    const [line = ""] = await linesOf(sandbox, "/_ledger");
    expect(JSON.parse(line)).toMatchObject({
      post: 1,
      path: "/api/events/bulk",
      headers: { splitsdkversion: "nodejs-1", "x-own": "here", "content-type": "application/json" },
      event: EVENT,
    });
    expect(line).not.toContain(KEY);
  });

  test("has 50,000 events of 100 POSTs at once, each once, with the number of its POST", async () => {
    const sandbox = await startSandbox();
    const batches = Array.from({ length: 100 }, (_, batch) =>
      Array.from({ length: 500 }, (_, event) => ({ ...EVENT, key: `${batch}-${event}` })),
    );
    const statuses = await Promise.all(batches.map((batch) => statusOf(post(sandbox, batch))));
    expect(new Set(statuses)).toEqual(new Set([202]));

    const entries = (await linesOf(sandbox, "/_ledger")).map((line) => JSON.parse(line));
    expect(entries).toHaveLength(50_000);
    expect(new Set(entries.map((entry) => entry.event.key)).size).toBe(50_000);
    const batchesOfPost = new Map<number, Set<string>>();
    for (const { post: number, event } of entries) {
      batchesOfPost.set(number, (batchesOfPost.get(number) ?? new Set()).add(event.key.split("-")[0]));
    }
    expect(batchesOfPost.size).toBe(100);
    expect([...batchesOfPost.values()].every((seen) => seen.size === 1)).toBe(true);
  });

  test("a reader that leaves in the middle does no harm", async () => {
    const sandbox = await startSandbox();
    const batch = Array.from({ length: 500 }, () => ({ ...EVENT, properties: { long: "x".repeat(1_000) } }));
    for (let posts = 0; posts < 20; posts += 1) await statusOf(post(sandbox, batch));
    const wire = await Wire.open(sandbox);
    wire.socket.write("GET /_ledger HTTP/1.1\r\nhost: sandbox\r\n\r\n");
    await wire.has('"event":');
    wire.socket.destroy();
    expect(await linesOf(sandbox, "/_ledger")).toHaveLength(10_000);
  });
});

describe("the list of POSTs", () => {
  test("counts the bytes and events of each, taken or not, in order", async () => {
    const sandbox = await startSandbox({ maxBodyBytes: 100 });
    const long = JSON.stringify("é".repeat(60));
    await statusOf(post(sandbox, "[1,2,3]"));
    await statusOf(post(sandbox, "[1]", { headers: {}, path: "/api/events?key=x" }));
    await statusOf(post(sandbox, '["é"]'));
    await statusOf(post(sandbox, `[${long}]`));
    const posts = (await linesOf(sandbox, "/_posts")).map((line) => JSON.parse(line));
    expect(posts).toEqual(sandbox.posts());
    expect(posts).toMatchObject([
      { post: 1, path: "/api/events/bulk", status: 202, bytes: 7, events: 3, taken: true },
      { post: 2, path: "/api/events", status: 401, bytes: 3, events: null, taken: false },
      { post: 3, path: "/api/events/bulk", status: 202, bytes: 6, events: 1, taken: true },
      { post: 4, path: "/api/events/bulk", status: 413, bytes: 124, events: null, taken: false },
    ]);
    for (const { at, answeredAt } of posts) {
      expect(Math.abs(Date.now() - at)).toBeLessThan(60_000);
      expect(answeredAt).toBeGreaterThanOrEqual(at);
    }
  });
});

describe("a body over the limit", () => {
  test("is 413; a body at the limit is 202", async () => {
    const sandbox = await startSandbox({ maxBodyBytes: 10 });
    expect(await statusOf(post(sandbox, '["123456"]'))).toBe(202);
    const response = await post(sandbox, '["1234567"]');
    expect(response.status).toBe(413);
    expect(await response.text()).toContain("limit of 10 bytes");
  });

  test("leaves the connection usable", async () => {
    const sandbox = await startSandbox({ maxBodyBytes: 1_000 });
    const wire = await Wire.open(sandbox);
    wire.socket.write(requestText(JSON.stringify(["x".repeat(5_000_000)])));
    await wire.has("HTTP/1.1 413");
    wire.socket.write(requestText("[1]"));
    await wire.has("HTTP/1.1 202");
    expect(sandbox.posts()).toMatchObject([{ bytes: 5_000_004 }, { bytes: 3 }]);
  });

  test("is answered even if it never ends", async () => {
    const sandbox = await startSandbox({ maxBodyBytes: 1_000 });
    const wire = await Wire.open(sandbox);
    const head = { host: "sandbox", authorization: `Bearer ${KEY}`, "transfer-encoding": "chunked" };
    wire.socket.write(
      `POST /api/events HTTP/1.1\r\n${Object.entries(head)
        .map((h) => `${h.join(": ")}\r\n`)
        .join("")}\r\n`,
    );
    const piece = `100000\r\n${"x".repeat(0x100000)}\r\n`;
    while (wire.received === "") {
      if (!wire.socket.write(piece)) await new Promise((resolve) => wire.socket.once("drain", resolve));
    }
    expect(wire.received).toContain("HTTP/1.1 413");
  });
});

describe("a beacon", () => {
  const path = "/api/events/beacon";
  const headers = { "content-type": "text/plain;charset=UTF-8" };

  test("needs no Authorization: its events are taken and its token is not shown", async () => {
    const sandbox = await startSandbox();
    const body = `{"entries":[{"value":1.0},{"value":2}],"token":"${KEY}","sdk":"browserjs-1.7.1"}`;
    expect(await statusOf(post(sandbox, body, { path, headers }))).toBe(202);
    expect(sandbox.ledger()).toMatchObject([
      { post: 1, path, raw: '{"value":1.0}' },
      { post: 1, path, raw: '{"value":2}' },
    ]);
    expect(
      JSON.stringify([...(await linesOf(sandbox, "/_ledger")), ...(await linesOf(sandbox, "/_posts"))]),
    ).not.toContain(KEY);
  });

  test("its entries are found at any place, however the name is escaped", async () => {
    const sandbox = await startSandbox();
    const body = `{"sdk":"entries","token":"${KEY}","x":{"entries":[9]},"entries":[1],"e\\u006etries" : [ 2 , 3 ] }`;
    await statusOf(post(sandbox, body, { path, headers }));
    expect(sandbox.ledger().map((entry) => entry.raw)).toEqual(["2", "3"]);
  });

  test.each([
    [400, "[]"],
    [400, "null"],
    [400, "nonsense"],
    [400, `{"entries":{},"token":"${KEY}"}`],
    [401, '{"entries":[1]}'],
    [401, '{"entries":[1],"token":""}'],
  ])("is %i for %s", async (status, body) => {
    const sandbox = await startSandbox();
    expect(await statusOf(post(sandbox, body, { path, headers }))).toBe(status);
    expect(sandbox.ledger()).toEqual([]);
  });
});

describe("a hostile client", () => {
  test("a body cut in the middle takes nothing", async () => {
    const sandbox = await startSandbox();
    const wire = await Wire.open(sandbox);
    wire.socket.write(requestText("[1,2,3]", { "content-length": "100" }));
    await eventually(() => expect(sandbox.posts()).toHaveLength(1));
    wire.socket.resetAndDestroy();
    await eventually(() => expect(sandbox.posts()[0]?.status).toBe("aborted"));
    expect(sandbox.posts()).toMatchObject([{ bytes: 7, events: null, taken: false }]);
    expect(sandbox.ledger()).toEqual([]);
  });

  test("headers over 16 KiB are refused and the next client is served", async () => {
    const sandbox = await startSandbox();
    const wire = await Wire.open(sandbox);
    wire.socket.write(requestText("[1]", { "x-long": "x".repeat(100_000) }));
    await wire.has("HTTP/1.1 431");
    expect(await statusOf(post(sandbox, [EVENT]))).toBe(202);
    expect(sandbox.posts()).toHaveLength(1);
  });

  test.each([
    "nonsense\r\n\r\n",
    "GET\r\n\r\n",
    "POST /api/events HTTP/1.1\r\ncontent-length: -1\r\n\r\n",
    "\x16\x03\x01\x00",
  ])("what is not HTTP is turned away: %j", async (text) => {
    const sandbox = await startSandbox();
    const wire = await Wire.open(sandbox);
    wire.socket.write(text);
    await wire.has("HTTP/1.1 400");
    expect(await statusOf(post(sandbox, [EVENT]))).toBe(202);
  });

  test("100,000 nested arrays are taken as they are", async () => {
    const sandbox = await startSandbox();
    const deep = "[".repeat(100_000) + "]".repeat(100_000);
    expect(await statusOf(post(sandbox, `[${deep},1]`))).toBe(202);
    expect(sandbox.posts()).toMatchObject([{ events: 2 }]);
  });

  test("names of object members do not reach a prototype", async () => {
    const sandbox = await startSandbox();
    await statusOf(post(sandbox, '[{"__proto__":{"polluted":1},"constructor":1}]'));
    expect(sandbox.ledger()[0]?.raw).toBe('{"__proto__":{"polluted":1},"constructor":1}');
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    expect((await fetch(`${sandbox.url}/__proto__`)).status).toBe(404);
  });
});

test("no key is in any answer", async () => {
  const sandbox = await startSandbox({ maxBodyBytes: 1_000 });
  const headers = { authorization: `Bearer ${KEY}` };
  const answers: string[] = [];
  const keep = async (response: Response) => {
    answers.push(JSON.stringify([...response.headers]), await response.text());
  };
  await keep(await post(sandbox, [EVENT], { headers, path: `/api/events?token=${KEY}` }));
  await keep(await post(sandbox, KEY, { headers }));
  await keep(await post(sandbox, KEY.repeat(100), { headers }));
  await keep(await post(sandbox, [EVENT], { headers: { authorization: KEY } }));
  await keep(await post(sandbox, { entries: [EVENT], token: KEY }, { path: "/api/events/beacon", headers: {} }));
  await keep(await post(sandbox, `{"token":"${KEY}" "entries":[]}`, { path: "/api/events/beacon", headers: {} }));
  sandbox.setFaults([{ do: "redirect" }]);
  await keep(await post(sandbox, [EVENT], { headers, path: `/api/events?token=${KEY}` }));
  for (const path of ["/_ledger", "/_posts", "/_faults", "/_dropped", `/nothing?key=${KEY}`]) {
    await keep(await fetch(sandbox.url + path, { headers }));
  }
  expect(sandbox.posts()).toHaveLength(7);
  expect(answers.join("\n")).not.toContain(KEY);
  expect(JSON.stringify([sandbox.ledger(), sandbox.posts()])).not.toContain(KEY);
});
