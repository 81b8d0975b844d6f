import { request as httpRequest } from "node:http";
import { connect } from "node:net";
import { gzipSync } from "node:zlib";
import { beforeAll, expect, test } from "vitest";
import { event, events } from "../support/events.js";
import { account } from "./account.js";
import { least } from "./length.js";
import { ask, KEY, useWorker } from "./support.js";

const BODY_SECONDS = 3;
const LIMIT = 5_000_000;
/** The bytes that the Worker reads of a body at once. */
const READ_AT_ONCE = 65_536;

const given = useWorker({ vars: { MAX_BODY_BYTES: LIMIT, BODY_SECONDS, SHARDS: 2 } });
const authorization = `Bearer ${KEY}`;

let direct: URL;
beforeAll(async () => {
  direct = await given.worker.direct();
});

const taken = () => given.worker.admin.counts().then(({ taken }) => taken);

/** Writes a POST byte for byte until it is answered. Returns its status, or that the connection was closed. */
async function upload(header: string, pieces: Iterable<Buffer>, pauseMs = 0): Promise<number | "closed"> {
  const socket = connect(Number(direct.port), direct.hostname);
  let said = "";
  socket.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  const closed = new Promise((resolve) => socket.once("close", resolve).once("error", resolve));
  const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
  socket.write(
    `POST /api/events/bulk HTTP/1.1\r\nhost: localhost\r\nauthorization: ${authorization}\r\n${header}\r\n\r\n`,
  );
  for (const piece of pieces) {
    if (said !== "" || socket.destroyed) break;
    if (!socket.write(piece)) await Promise.race([new Promise((resolve) => socket.once("drain", resolve)), closed]);
    if (pauseMs > 0) await pause(pauseMs);
  }
  for (const until = Date.now() + 20_000; said === "" && !socket.destroyed && Date.now() < until; ) await pause(20);
  const status = Number(/^HTTP\/1.1 (\d+)/.exec(said)?.[1]);
  const gone = said === "" && socket.destroyed;
  socket.destroy();
  return gone ? "closed" : status;
}

const chunked = (bytes: Buffer) =>
  Buffer.from(`${bytes.length.toString(16)}\r\n${bytes.toString("latin1")}\r\n`, "latin1");

function* repeated(piece: Buffer, bytes: number): Generator<Buffer> {
  for (let left = bytes; left > 0; left -= piece.length) yield piece.subarray(0, left);
}

/** Less than the 64 KB of a body that workerd still reads after its answer; beyond that it cuts the connection. */
const piece = Buffer.from(`${JSON.stringify(events(100)).slice(1, -1)},`);

/** An array of events in chunks, without Content-Length and without its end. */
function* unsaid(bytes: number) {
  yield chunked(Buffer.from("["));
  const chunk = chunked(piece);
  for (let written = 0; written < bytes; written += piece.length) yield chunk;
}

test("a body over the limit is answered 413, by its Content-Length or once it passes the limit", async () => {
  const before = await taken();
  expect(await upload("content-length: 100000000", repeated(piece, 100_000_000))).toBe(413);
  expect(await upload("transfer-encoding: chunked", unsaid(LIMIT + READ_AT_ONCE))).toBe(413);
  expect(await taken()).toBe(before);
});

test("a client that sends 100 MB without reading is answered 413 or cut off, and no event of it is taken", async () => {
  const before = await taken();
  expect(await upload("transfer-encoding: chunked", unsaid(100_000_000))).toBeOneOf([413, "closed"]);
  expect((await given.worker.post([])).status).toBe(202);
  expect(await taken()).toBe(before);
});

test("a body that trickles is answered 408 after BODY_SECONDS", async () => {
  const from = performance.now();
  expect(await upload("content-length: 1000", repeated(Buffer.from(" "), 1_000), 50)).toBe(408);
  expect(performance.now() - from).toBeGreaterThan(BODY_SECONDS * 1000 - 100);
});

test("a gzip bomb is answered 413 before more than the limit is decompressed", async () => {
  const bomb = gzipSync(Buffer.alloc(200_000_000, " "));
  const headers = { authorization, "content-encoding": "gzip" };
  expect((await given.worker.ask({ headers, body: bomb })).status).toBe(413);
  expect((await given.worker.post([])).status).toBe(202);
});

test("names such as __proto__ are ordinary names", async () => {
  const before = await taken();
  const text = `[{"eventTypeId":"a","trafficTypeName":"user","key":"proto","timestamp":${Date.now()},"value":1,
    "properties":{"__proto__":1,"constructor":"x","toString":true}},{"__proto__":{"key":"x"}},{"constructor":1}]`;
  const { status, json } = await given.worker.post(text);
  expect([status, json.events, json.refused]).toEqual([202, 3, 2]);
  await given.worker.admin.settled(before + 3);
  const [only, ...more] = given.sandbox.ledger();
  expect(more).toEqual([]);
  expect(only?.raw).toContain('"__proto__":1,"constructor":"x"');
  const beacon = { path: "/api/events/beacon", headers: { "content-type": "text/plain" } };
  expect((await given.worker.ask({ ...beacon, body: `{"__proto__":{"token":"${KEY}"},"entries":[]}` })).status).toBe(
    401,
  );
  expect((await given.worker.ask({ ...beacon, body: "null" })).status).toBe(401);
  expect((await given.worker.ask({ path: "/admin/__proto__", method: "GET" })).status).toBe(401);
});

test("many wrong keys are refused, and the right one is served meanwhile", async () => {
  const wrong = Array.from({ length: 300 }, (_, number) =>
    given.worker.ask({
      headers: { authorization: `Bearer ${KEY.slice(0, number % KEY.length)}x${number}` },
      body: "[]",
    }),
  );
  const right = given.worker.post(events(2));
  expect(new Set((await Promise.all(wrong)).map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
  expect((await right).status).toBe(202);
});

test("many requests of one byte are each refused, and the next one with events is taken", async () => {
  const COUNT = least(300, 10_000);
  const statuses = new Map<number, number>();
  const one = async () => {
    const { status } = await ask(given.worker.url, { headers: { authorization }, body: "[" });
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
  };
  let left = COUNT;
  await Promise.all(
    Array.from({ length: 50 }, async () => {
      while (left-- > 0) await one();
    }),
  );
  expect([...statuses]).toEqual([[400, COUNT]]);
  const before = await taken();
  const sent = [event(0, { key: "after all that" })];
  expect((await given.worker.post(sent)).status).toBe(202);
  await given.worker.admin.settled(before + 1);
  await account(["after all that"], given.sandbox, given.worker.admin);
});

test("a body that breaks off is taken as a whole or not at all", async () => {
  const before = await taken();
  const request = httpRequest(new URL("/api/events/bulk", direct), {
    method: "POST",
    headers: { authorization },
  });
  const closed = new Promise((resolve) => request.on("error", resolve).once("close", resolve));
  request.write(JSON.stringify(events(2_000)).slice(0, -1));
  await new Promise((resolve) => setTimeout(resolve, 300));
  request.destroy();
  await closed;
  expect((await given.worker.post(events(4))).status).toBe(202);
  await given.worker.admin.settled(before + 4);
  expect(await taken()).toBe(before + 4);
});
