import type { Fault } from "split-events-sandbox";
import { describe, expect, test } from "vitest";
import { startSandbox } from "../support/sandbox.js";
import { tls } from "../support/tls.js";
import { EVENT, eventually, linesOf, post, requestText, setFaults, statusOf, Wire } from "./support.js";

const surfaces = [
  ["http", {}],
  ["https", { tls }],
] as const;

describe("status", () => {
  test("answers with status, headers and body, and takes nothing", async () => {
    const sandbox = await startSandbox();
    sandbox.setFaults([{ do: "status", status: 503, headers: { "Retry-After": "1" }, body: "busy" }]);
    const response = await post(sandbox, [EVENT]);
    expect(response.status).toBe(503);
    expect(response.headers.get("retry-after")).toBe("1");
    expect(await response.text()).toBe("busy");
    expect(sandbox.posts()).toMatchObject([{ status: 503, events: 1, taken: false }]);
    expect(sandbox.ledger()).toEqual([]);
  });

  test("with take the events are in the ledger although the answer is bad", async () => {
    const sandbox = await startSandbox();
    sandbox.setFaults([{ do: "status", status: 500, take: true }]);
    expect(await statusOf(post(sandbox, [EVENT]))).toBe(500);
    expect(sandbox.ledger()).toMatchObject([{ post: 1, event: EVENT }]);
  });

  test("with a good status the events are taken, unless take is false", async () => {
    const sandbox = await startSandbox();
    sandbox.setFaults([
      { post: 1, do: "status", status: 204 },
      { post: 2, do: "status", status: 200, take: false },
    ]);
    expect(await statusOf(post(sandbox, [EVENT]))).toBe(204);
    expect(await statusOf(post(sandbox, [EVENT]))).toBe(200);
    expect(sandbox.posts()).toMatchObject([{ taken: true }, { taken: false }]);
  });

  test("a POST that is refused without the fault is never taken", async () => {
    const sandbox = await startSandbox();
    sandbox.setFaults([{ do: "status", status: 200, take: true }]);
    expect(await statusOf(post(sandbox, "{}"))).toBe(200);
    expect(await statusOf(post(sandbox, [EVENT], { headers: {} }))).toBe(200);
    expect(sandbox.ledger()).toEqual([]);
  });

  test("with when: headers the answer comes before the body", async () => {
    const sandbox = await startSandbox();
    sandbox.setFaults([{ do: "status", status: 403, when: "headers" }]);
    const wire = await Wire.open(sandbox);
    wire.socket.write(requestText("[1,", { "content-length": "7" }));
    await wire.has("HTTP/1.1 403");
    expect(sandbox.posts()).toMatchObject([{ status: 403, events: null, taken: false }]);
  });
});

describe("a pause", () => {
  test("a pause as a date is rounded up to a whole second, and listed in the POSTs", async () => {
    const sandbox = await startSandbox();
    sandbox.setFaults([{ do: "status", status: 429, retryAfterDate: 2 }]);
    const before = Date.now();
    const response = await post(sandbox, [EVENT]);
    const until = Date.parse(response.headers.get("retry-after") ?? "");
    expect(response.headers.get("retry-after")).toBe(new Date(until).toUTCString());
    expect(until).toBeGreaterThanOrEqual(before + 2_000);
    expect(until).toBeLessThan(Date.now() + 3_000);
    expect(sandbox.posts()).toMatchObject([{ status: 429, pauseUntil: until }]);
  });

  test("a pause in seconds is listed in the POSTs from the moment of the answer", async () => {
    const sandbox = await startSandbox();
    sandbox.setFaults([{ post: 1, do: "status", status: 503, headers: { "Retry-After": "7" } }]);
    await post(sandbox, [EVENT]);
    await post(sandbox, [EVENT]);
    const [asked, usual] = sandbox.posts();
    expect(asked?.pauseUntil).toBe((asked?.answeredAt ?? 0) + 7_000);
    expect(usual?.pauseUntil).toBeNull();
  });
});

test("a pause is listed with the headers of an answer whose body comes slowly", async () => {
  const sandbox = await startSandbox();
  sandbox.setFaults([{ do: "slowBody", status: 429, headers: { "retry-after": "3" }, size: 5, interval: 10 }]);
  const response = await post(sandbox, [EVENT]);
  expect([response.status, response.headers.get("retry-after")]).toEqual([429, "3"]);
  const [record] = sandbox.posts();
  expect(record?.pauseUntil).toBe((record?.answeredAt ?? 0) + 3_000);
  expect(await response.text()).toBe("     ");
});

describe.each(surfaces)("over %s", (_, options) => {
  test("reset: the connection is reset after the whole request was read", async () => {
    const sandbox = await startSandbox(options);
    sandbox.setFaults([{ do: "reset", take: true }]);
    const wire = await Wire.open(sandbox);
    wire.socket.write(requestText("[1,2]"));
    expect(await wire.ended).toBe("ECONNRESET");
    expect(wire.received).toBe("");
    expect(sandbox.posts()).toMatchObject([{ status: "reset", bytes: 5, events: 2, taken: true }]);
    expect(sandbox.ledger()).toHaveLength(2);
  });

  test("reset at the headers: the body is not read", async () => {
    const sandbox = await startSandbox(options);
    sandbox.setFaults([{ do: "reset", when: "headers" }]);
    const wire = await Wire.open(sandbox);
    wire.socket.write(requestText("[1", { "content-length": "1000" }));
    expect(await wire.ended).toBe("ECONNRESET");
    expect(sandbox.posts()).toMatchObject([{ status: "reset", bytes: 0, events: null, taken: false }]);
  });

  test("close: the connection ends without an answer and without a reset", async () => {
    const sandbox = await startSandbox(options);
    sandbox.setFaults([{ do: "close" }]);
    const wire = await Wire.open(sandbox);
    wire.socket.write(requestText("[1]"));
    expect(await wire.ended).toBe("end");
    expect(wire.received).toBe("");
    expect(sandbox.posts()).toMatchObject([{ status: "close", events: 1, taken: false }]);
  });

  test("close at the headers: no reset, and the client can send its whole body", async () => {
    const sandbox = await startSandbox(options);
    sandbox.setFaults([{ do: "close", when: "headers" }]);
    const wire = await Wire.open(sandbox);
    wire.socket.write(requestText(JSON.stringify("x".repeat(20_000_000))));
    expect(await wire.ended).toBe("end");
    await new Promise<void>((resolve) => wire.socket.end(() => resolve()));
    expect(wire.received).toBe("");
    expect(sandbox.posts()).toMatchObject([{ status: "close", events: null, taken: false }]);
  });

  test("hang: the request is read and taken, and never answered", async () => {
    const sandbox = await startSandbox(options);
    sandbox.setFaults([{ do: "hang" }]);
    const wire = await Wire.open(sandbox);
    wire.socket.write(requestText("[1]"));
    await eventually(() => expect(sandbox.posts()[0]?.status).toBe("hang"));
    expect(sandbox.ledger()).toHaveLength(1);
    await sandbox.close();
    await wire.ended;
    expect(wire.received).toBe("");
  });

  test("halfResponse: half of the promised body comes, then the end", async () => {
    const sandbox = await startSandbox(options);
    sandbox.setFaults([{ do: "halfResponse", size: 10 }]);
    const wire = await Wire.open(sandbox);
    wire.socket.write(requestText("[1]"));
    expect(await wire.ended).toBe("end");
    expect(wire.received).toMatch(/^HTTP\/1\.1 202 .*\r\ncontent-length: 10\r\n.*\r\n\r\n {5}$/s);
    expect(sandbox.posts()).toMatchObject([{ status: 202, taken: true }]);
  });
});

test("fetch meets a reset, a close and half a response as errors", async () => {
  const sandbox = await startSandbox();
  sandbox.setFaults([
    { post: 1, do: "reset" },
    { post: 2, do: "close" },
    { post: 3, do: "halfResponse" },
  ]);
  const codeOf = (error: { cause?: { code?: string } }) => error.cause?.code;
  expect(await post(sandbox, [EVENT]).catch(codeOf)).toBe("ECONNRESET");
  expect(await post(sandbox, [EVENT]).catch(codeOf)).toBe("UND_ERR_SOCKET");
  const half = await post(sandbox, [EVENT]);
  expect(half.status).toBe(202);
  await expect(half.text()).rejects.toThrow("terminated");
});

describe("delay", () => {
  test("the usual answer comes later, and the events are taken before", async () => {
    const sandbox = await startSandbox();
    sandbox.setFaults([{ do: "delay", ms: 1_000 }]);
    const wire = await Wire.open(sandbox);
    wire.socket.write(requestText("[1]"));
    await eventually(() => expect(sandbox.ledger()).toHaveLength(1));
    expect(wire.received).toBe("");
    expect(sandbox.posts()).toMatchObject([{ status: null, answeredAt: null, taken: true }]);
    await wire.has("HTTP/1.1 202");
    const [record] = sandbox.posts();
    expect((record?.answeredAt ?? 0) - (record?.at ?? 0)).toBeGreaterThanOrEqual(995);
  });

  test("the usual answer may be a bad one", async () => {
    const sandbox = await startSandbox();
    sandbox.setFaults([{ do: "delay", ms: 1 }]);
    expect(await statusOf(post(sandbox, "{}"))).toBe(400);
  });

  test("with a status that status comes later", async () => {
    const sandbox = await startSandbox();
    sandbox.setFaults([{ do: "delay", ms: 1, status: 504 }]);
    expect(await statusOf(post(sandbox, [EVENT]))).toBe(504);
    expect(sandbox.ledger()).toEqual([]);
  });

  test("a client that leaves meanwhile is listed in the POSTs, and its events stay taken", async () => {
    const sandbox = await startSandbox();
    sandbox.setFaults([{ do: "delay", ms: 600_000 }]);
    const wire = await Wire.open(sandbox);
    wire.socket.write(requestText("[1]"));
    await eventually(() => expect(sandbox.ledger()).toHaveLength(1));
    wire.socket.destroy();
    await eventually(() => expect(sandbox.posts()).toMatchObject([{ status: "aborted", taken: true }]));
  });
});

test("every kind of fault can be delayed", async () => {
  const sandbox = await startSandbox();
  sandbox.setFaults([{ do: "status", status: 500, ms: 100 }]);
  expect(await statusOf(post(sandbox, [EVENT]))).toBe(500);
  const [record] = sandbox.posts();
  expect((record?.answeredAt ?? 0) - (record?.at ?? 0)).toBeGreaterThanOrEqual(95);
});

test("slowBody: the status comes at once, the body byte by byte", async () => {
  const sandbox = await startSandbox();
  sandbox.setFaults([{ do: "slowBody", size: 20, interval: 25 }]);
  const wire = await Wire.open(sandbox);
  wire.socket.write(requestText("[1]"));
  await wire.has("\r\n\r\n");
  expect(wire.received).toMatch(/^HTTP\/1\.1 202 .*content-length: 20\r\n.*\r\n\r\n {0,19}$/s);
  await wire.has(`\r\n\r\n${" ".repeat(20)}`);
  expect(sandbox.posts()).toMatchObject([{ status: 202, taken: true }]);
});

test("garbage: 202 with a body that is neither JSON nor UTF-8", async () => {
  const sandbox = await startSandbox();
  sandbox.setFaults([{ do: "garbage" }]);
  const response = await post(sandbox, [EVENT]);
  expect(response.status).toBe(202);
  const body = await response.arrayBuffer();
  expect(() => new TextDecoder("utf-8", { fatal: true }).decode(body)).toThrow();
  expect(sandbox.ledger()).toHaveLength(1);
});

test("redirect: 302 to the same path or to location, and no event is taken", async () => {
  const sandbox = await startSandbox();
  sandbox.setFaults([
    { post: 1, do: "redirect" },
    { post: 2, do: "redirect", status: 307, location: "http://127.0.0.1:1/x" },
  ]);
  const first = await post(sandbox, [EVENT]);
  expect([first.status, first.headers.get("location")]).toEqual([302, "/api/events/bulk"]);
  const second = await post(sandbox, [EVENT]);
  expect([second.status, second.headers.get("location")]).toEqual([307, "http://127.0.0.1:1/x"]);
  expect(sandbox.ledger()).toEqual([]);
});

describe("which POST a fault happens to", () => {
  const statuses = async (faults: Fault[], posts: number, body: unknown = [EVENT]) => {
    const sandbox = await startSandbox();
    sandbox.setFaults(faults);
    const seen: number[] = [];
    for (let number = 0; number < posts; number += 1) seen.push(await statusOf(post(sandbox, body)));
    return seen;
  };

  test("every POST, without options", async () => {
    expect(await statuses([{ do: "status", status: 500 }], 3)).toEqual([500, 500, 500]);
  });

  test("the POST with that number", async () => {
    expect(await statuses([{ post: 2, do: "status", status: 500 }], 3)).toEqual([202, 500, 202]);
  });

  test("multiples of every", async () => {
    expect(await statuses([{ every: 2, do: "status", status: 500 }], 5)).toEqual([202, 500, 202, 500, 202]);
  });

  test("no more often than times", async () => {
    expect(await statuses([{ times: 2, do: "status", status: 500 }], 4)).toEqual([500, 500, 202, 202]);
  });

  test("the first fault that matches, and the next when it is used up", async () => {
    const faults: Fault[] = [
      { times: 1, do: "status", status: 500 },
      { every: 2, do: "status", status: 502 },
      { do: "status", status: 503 },
    ];
    expect(await statuses(faults, 4)).toEqual([500, 502, 503, 502]);
  });

  test("all options must match", async () => {
    expect(await statuses([{ post: 2, bytesOver: 3, do: "status", status: 500 }], 3, "[1]")).toEqual([202, 202, 202]);
    expect(await statuses([{ post: 2, bytesOver: 2, do: "status", status: 500 }], 3, "[1]")).toEqual([202, 500, 202]);
  });

  test("bodies over a number of bytes", async () => {
    const sandbox = await startSandbox();
    sandbox.setFaults([{ bytesOver: 6, do: "status", status: 413 }]);
    expect(await statusOf(post(sandbox, '["é"]'))).toBe(202);
    expect(await statusOf(post(sandbox, '["éa"]'))).toBe(413);
    expect(sandbox.posts()).toMatchObject([{ bytes: 6 }, { bytes: 7 }]);
  });

  test("bodies that contain a text, however they are cut", async () => {
    const sandbox = await startSandbox();
    sandbox.setFaults([{ contains: '"b-2"', do: "status", status: 503 }]);
    expect(await statusOf(post(sandbox, ["b-1", "b-22"]))).toBe(202);
    expect(await statusOf(post(sandbox, ["b-1", "b-2"]))).toBe(503);
    const wire = await Wire.open(sandbox);
    const text = requestText('["b-2"]');
    wire.socket.write(text.slice(0, -4));
    await eventually(() => expect(sandbox.posts()).toHaveLength(3));
    wire.socket.write(text.slice(-4));
    await wire.has("HTTP/1.1 503");
  });

  test("beacons", async () => {
    const sandbox = await startSandbox();
    sandbox.setFaults([{ do: "status", status: 500 }]);
    expect(await statusOf(post(sandbox, '{"entries":[1],"token":"k"}', { path: "/api/events/beacon" }))).toBe(500);
  });
});

describe("faults over HTTP", () => {
  test("a list replaces the one before, and GET shows how often each fault has happened", async () => {
    const sandbox = await startSandbox();
    expect((await setFaults(sandbox, [{ do: "hang" }])).status).toBe(204);
    const list = [
      { post: 1, do: "status", status: 503, headers: { "retry-after": "1" }, take: false },
      { post: 2, do: "reset", take: true },
      { post: 3, do: "delay", ms: 500 },
      { bytesOver: 8000, do: "status", status: 413 },
    ];
    expect((await setFaults(sandbox, list)).status).toBe(204);
    expect(await statusOf(post(sandbox, [EVENT]))).toBe(503);
    const shown = await (await fetch(`${sandbox.url}/_faults`)).json();
    expect(shown).toEqual(list.map((fault, index) => ({ ...fault, fired: index === 0 ? 1 : 0 })));
    expect(sandbox.faults()).toEqual(shown);
  });

  test.each([
    ["{", "the list of faults is not JSON"],
    ["{}", "expected a JSON array of faults, got {}"],
    ["[1]", "fault 1: expected an object, got 1"],
    ['[{"do":"hang"},{}]', 'fault 2: "do" is missing, expected one of status, reset,'],
    ['[{"do":"explode"}]', 'fault 1: "do" is "explode", expected one of status, reset,'],
    ['[{"do":"toString"}]', 'fault 1: "do" is "toString", expected one of status, reset,'],
    ['[{"do":"status"}]', '"status" needs "status", a whole number from 200 to 599'],
    ['[{"do":"delay"}]', '"delay" needs "ms"'],
    ['[{"do":"status","status":"503"}]', '"status" is "503", expected a whole number from 200 to 599'],
    ['[{"do":"reset","status":500}]', '"reset" has no option "status", only when, post,'],
    ['[{"do":"reset","post":0}]', '"post" is 0, expected a whole number from 1'],
    ['[{"do":"reset","times":1.5}]', '"times" is 1.5'],
    ['[{"do":"reset","take":"yes"}]', '"take" is "yes", expected true or false'],
    ['[{"do":"reset","when":"later"}]', '"when" is "later", expected "headers" or "body"'],
    ['[{"do":"reset","when":"headers","take":true}]', '"take" cannot be true'],
    ['[{"do":"reset","when":"headers","bytesOver":1}]', '"bytesOver" needs the body read'],
    [
      '[{"do":"status","status":500,"headers":{"retry-after":1}}]',
      '"headers" is {"retry-after":1}, expected an object',
    ],
    ['[{"do":"status","status":500,"headers":{"a b":"1"}}]', '"headers" is'],
    ['[{"do":"status","status":500,"headers":{"a":"1\\r\\nb: 2"}}]', '"headers" is'],
    ['[{"do":"status","status":500,"headers":{"Content-Length":"9"}}]', 'without "content-length"'],
    ['[{"do":"redirect","location":"\\n"}]', '"location" is'],
    ['[{"do":"reset","contains":""}]', '"contains" is "", expected a string that is not empty'],
    ['[{"do":"reset","when":"headers","contains":"x"}]', '"contains" needs the body read'],
    ['[{"do":"status","status":429,"retryAfterDate":-1}]', '"retryAfterDate" is -1'],
    ['[{"do":"reset","retryAfterDate":1}]', '"reset" has no option "retryAfterDate"'],
  ])("%s is 400 and changes nothing", async (list, message) => {
    const sandbox = await startSandbox();
    sandbox.setFaults([{ do: "status", status: 500 }]);
    const response = await setFaults(sandbox, list);
    expect(response.status).toBe(400);
    const text = await response.text();
    expect(text).toContain(message);
    expect(text.trimEnd()).not.toContain("\n");
    expect(sandbox.faults()).toMatchObject([{ do: "status", status: 500 }]);
  });

  test("setFaults throws the same message", async () => {
    const sandbox = await startSandbox();
    expect(() => sandbox.setFaults([{ do: "explode" } as unknown as Fault])).toThrow('fault 1: "do" is "explode"');
  });
});

describe("DELETE /_state", () => {
  test("clears the ledger, the POSTs and their count, and the faults", async () => {
    const sandbox = await startSandbox();
    await setFaults(sandbox, [{ post: 2, do: "status", status: 500 }]);
    await statusOf(post(sandbox, [EVENT]));
    expect((await fetch(`${sandbox.url}/_state`, { method: "DELETE" })).status).toBe(204);
    expect(await linesOf(sandbox, "/_ledger")).toEqual([]);
    expect(await linesOf(sandbox, "/_posts")).toEqual([]);
    expect(sandbox.faults()).toEqual([]);
    expect(await statusOf(post(sandbox, [EVENT]))).toBe(202);
    expect(await statusOf(post(sandbox, [EVENT]))).toBe(202);
    expect(sandbox.posts().map((record) => record.post)).toEqual([1, 2]);
  });

  test("a POST that was under way leaves no trace in the new state", async () => {
    const sandbox = await startSandbox();
    const wire = await Wire.open(sandbox);
    wire.socket.write(requestText("[1,", { "content-length": "5" }));
    await eventually(() => expect(sandbox.posts()).toHaveLength(1));
    sandbox.reset();
    wire.socket.write("2]");
    await wire.has("HTTP/1.1 202");
    expect(sandbox.posts()).toEqual([]);
    expect(sandbox.ledger()).toEqual([]);
  });
});
