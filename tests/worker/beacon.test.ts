import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { gzipSync } from "node:zlib";
import { describe, expect, onTestFinished, test } from "vitest";
import { membersOf, textIn } from "../../worker/src/receive/members.js";
import { events } from "../support/events.js";
import { KEY, SERVICE_KEY, useWorker, Worker } from "./support.js";

const given = useWorker({ vars: { SHARDS: 1 } });
const taken = () => given.worker.admin.counts().then(({ taken }) => taken);
const MAX = 65_536;

const encoder = new TextEncoder();
const found = (text: string) => {
  const bytes = encoder.encode(text);
  return membersOf(bytes)?.map(({ name, from, to }) => [name, new TextDecoder().decode(bytes.subarray(from, to))]);
};

describe("finds the members of an object by its bytes", () => {
  test.each<[string, string[][]]>([
    ["{}", []],
    [" \n{ } ", []],
    ["\ufeff{}", []],
    ['{"a":1}', [["a", "1"]]],
    [
      '{ "a" : -1.5e3 , "b":null,"c":true }',
      [
        ["a", "-1.5e3"],
        ["b", "null"],
        ["c", "true"],
      ],
    ],
    [
      '{"a":"}","b":[{"token":"\\"]"}],"token":"k\\"\\\\"}',
      [
        ["a", '"}"'],
        ["b", '[{"token":"\\"]"}]'],
        ["token", '"k\\"\\\\"'],
      ],
    ],
    ['{"tok\\u0065n":"k"}', [["token", '"k"']]],
    [
      '{"a":[1 2 x],"b":{"deep":[[[{}]]]}}',
      [
        ["a", "[1 2 x]"],
        ["b", '{"deep":[[[{}]]]}'],
      ],
    ],
    ['{"schön":"ü"}', [["schön", '"ü"']]],
    [
      '{"__proto__":{},"constructor":1}',
      [
        ["__proto__", "{}"],
        ["constructor", "1"],
      ],
    ],
  ])("%s", (text, members) => expect(found(text)).toEqual(members));

  test.each([
    "",
    "null",
    "[]",
    '"a"',
    "{",
    '{"a"',
    '{"a":',
    '{"a":}',
    '{"a":1',
    '{"a":1,}',
    '{,"a":1}',
    '{"a":1 "b":2}',
    '{"a":"',
    '{"a":"\\"}',
    '{"a":[}',
    '{"a":[}]}',
    '{"a":{]}',
    '{"a":[}{]}',
    '{"a":[1}',
    "{a:1}",
    '{"a":1}x',
    '{"a":1}}',
    '{"a":tru}',
    '{"a":1]',
    '{"a":01}',
    "{'a':1}",
  ])("not in %s", (text) => expect(found(text)).toBeUndefined());

  test("every cut beacon is damaged, and is read within its bytes", () => {
    const text = JSON.stringify({ entries: events(2), token: 'k"\\', sdk: "x" });
    for (let length = 0; length < text.length; length += 1) expect(found(text.slice(0, length))).toBeUndefined();
    expect(found(text)).toEqual(Object.entries(JSON.parse(text)).map(([name, value]) => [name, JSON.stringify(value)]));
  });

  test("64 KB of brackets are read in no time", () => {
    const from = performance.now();
    for (const one of ["[", '{"a":', '"\\', "[]"]) found(`{"a":${one.repeat(MAX / one.length)}`);
    expect(performance.now() - from).toBeLessThan(500);
    expect(textIn(encoder.encode('"a'), 0, 2)).toBeUndefined();
  });
});

const beacon = (body: BodyInit, headers: Record<string, string> = {}, path = "/api/events/beacon") =>
  given.worker.ask({ path, headers: { "content-type": "text/plain;charset=UTF-8", ...headers }, body });

test("the entries of a beacon are taken as they are, whatever their numbers, names and order", async () => {
  const before = await taken();
  const entry = `{"timestamp":${Date.now()},"key":"as-it-stands","value":1.10,"properties":{"big":12345678901234567890,"__proto__":"x","e":1e2},"trafficTypeName":"user","eventTypeId":"a\\u0062"}`;
  expect((await beacon(`{"sdk":"x","token":"${KEY}","entries":[${entry}]}`)).status).toBe(202);
  expect(
    (await beacon(`\n{ "entries" : [ ${entry.replace("as-it", "as-this")} ] , "token" : "${KEY}" }\n`)).status,
  ).toBe(202);
  await given.worker.admin.settled(before + 2);
  const [first, second] = given.sandbox.ledger().map(({ raw }) => raw);
  expect(first).toBe(entry);
  expect(second).toBe(entry.replace("as-it", "as-this"));
});

test.each<[string, (key: string) => string]>([
  ["no token", () => `{"entries":[]}`],
  ["a token that is no text", (key) => `{"entries":[],"token":["${key}"]}`],
  ["a token that stands twice, the first one right", (key) => `{"token":"${key}","entries":[],"token":"x"}`],
  ["a token that stands twice, the last one right", (key) => `{"token":"x","entries":[],"token":"${key}"}`],
  ["a token that stands twice, once escaped", (key) => `{"token":"${key}","entries":[],"t\\u006fken":"x"}`],
  ["a token within an entry", (key) => `{"entries":[{"token":"${key}"}]}`],
  ["a token within __proto__", (key) => `{"__proto__":{"token":"${key}"},"entries":[]}`],
  ["a beacon without its end", (key) => `{"token":"${key}","entries":[`],
  ["something behind its end", (key) => `{"token":"${key}","entries":[]}]`],
  ["a list", (key) => `["${key}"]`],
  ["nothing", () => ""],
])("%s is answered 401 without a detail, for events and impressions", async (_, body) => {
  const before = await taken();
  for (const path of ["/api/events/beacon", "/api/testImpressions/beacon", "/api/testImpressions/count/beacon"]) {
    const { status, json } = await beacon(body(KEY), {}, path);
    expect(json).toEqual({ type: "about:blank", title: "Unauthorized", status: 401 });
    expect(status).toBe(401);
  }
  expect(await taken()).toBe(before);
});

test("with a known key, entries that are not a list, or occur twice, are answered 400", async () => {
  for (const entries of ['"entries":{}', '"entries":null', '"other":[]', '"entries":[],"entries":[]']) {
    const { status, json } = await beacon(`{${entries},"token":"${KEY}"}`);
    expect([status, json.detail]).toEqual([400, "entries must be one array of events"]);
  }
});

test("a beacon of more than 65,536 bytes, also decompressed, is answered 413 before its key is looked at", async () => {
  const full = (bytes: number, key = KEY) => {
    const rest = `{"entries":[],"token":"${key}","sdk":""}`;
    return rest.replace('"sdk":""', `"sdk":"${"x".repeat(bytes - rest.length)}"`);
  };
  const gzip = { "content-encoding": "gzip" };
  for (const path of ["/api/events/beacon", "/api/testImpressions/beacon"]) {
    const statusOf = async (body: BodyInit, headers = {}) => (await beacon(body, headers, path)).status;
    expect(await statusOf(full(MAX))).toBeOneOf([200, 202]);
    expect(await statusOf(full(MAX + 1))).toBe(413);
    expect(await statusOf(full(MAX + 1, "wrong"))).toBe(413);
    expect(await statusOf(gzipSync(full(MAX)), gzip)).toBe(path.includes("events") ? 202 : 200);
    expect(await statusOf(gzipSync(full(50_000_000, "wrong")), gzip)).toBe(413);
    // in chunks, of no length said before
    const chunks = new Blob([full(MAX + 1_000, "wrong")]).stream();
    expect(await beacon(chunks, {}, path).then(({ status }) => status)).toBe(413);
  }
});

test("impressions are sent with the service key as their token, and every other byte as it came", async () => {
  const bodies: string[] = [];
  const server = createServer(async (request, response) => {
    bodies.push(await text(request));
    response.end();
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const upstream = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/events/bulk`;
  const worker = await Worker.start({ upstream });
  onTestFinished(() => worker.dispose());
  const sent = (key: string) => `{ "entries":[{"f":1.0,"token":"${KEY}"}],"token" : "${key}","sdk":"\\u0078"}`;
  const asked = { path: "/api/testImpressions/beacon", headers: { "content-type": "text/plain" }, body: sent(KEY) };
  expect((await worker.ask(asked)).status).toBe(200);
  expect(bodies).toEqual([sent(SERVICE_KEY)]);
});
