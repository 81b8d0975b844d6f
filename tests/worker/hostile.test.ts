import { once } from "node:events";
import { request as httpRequest } from "node:http";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { event, events } from "../support/events.js";
import { account } from "./account.js";
import { least } from "./length.js";
import { ask, KEY, useWorker } from "./support.js";

const given = useWorker({ vars: { MAX_BODY_BYTES: 5_000_000, BODY_SECONDS: 2, SHARDS: 2 } });
const authorization = `Bearer ${KEY}`;

const taken = () => given.worker.admin.counts().then(({ taken }) => taken);

/** A POST whose body is written as it is told; the status, however the upload ends. */
function upload(headers: Record<string, string | number>, write: (send: (bytes: Buffer) => boolean) => Promise<void>) {
  return new Promise<number>((resolve, reject) => {
    const request = httpRequest(new URL("/api/events/bulk", given.worker.url), { method: "POST", headers });
    let answered = false;
    request.once("response", (response) => {
      answered = true;
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    request.on("error", (error) => answered || reject(error));
    write((bytes) => !answered && !request.destroyed && request.write(bytes)).then(() => request.end(), reject);
  });
}

test("a body of 100 MB is answered 413, said before or not, and nothing of it is taken", {
  timeout: 60_000,
}, async () => {
  const before = await taken();
  const piece = Buffer.from(`${JSON.stringify(events(5_000)).slice(1, -1)},`);
  const count = Math.ceil(100_000_000 / piece.length);
  expect(await upload({ authorization, "content-length": 100_000_000 }, async (send) => void send(piece))).toBe(413);
  const status = await upload({ authorization }, async (send) => {
    send(Buffer.from("["));
    for (let at = 0; at < count; at += 1) {
      if (!send(piece)) await new Promise((resolve) => setTimeout(resolve, 5));
    }
  });
  expect(status).toBe(413);
  expect(await taken()).toBe(before);
});

test("a body that trickles is answered 408 when its time is over", async () => {
  const from = performance.now();
  const status = await upload({ authorization }, async (send) => {
    while (send(Buffer.from(" ")) || performance.now() - from < 3_000)
      await new Promise((resolve) => setTimeout(resolve, 50));
  });
  expect(status).toBe(408);
  expect(performance.now() - from).toBeLessThan(10_000);
});

test("a gzip bomb is answered 413 after no more than the limit was opened", async () => {
  const bomb = gzipSync(Buffer.alloc(200_000_000, " "));
  const headers = { authorization, "content-encoding": "gzip" };
  expect((await given.worker.ask({ headers, body: bomb })).status).toBe(413);
  expect((await given.worker.post(events(3))).status).toBe(202);
});

test("names such as __proto__ are names", async () => {
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

test("many wrong keys find nothing, and the right one is served meanwhile", async () => {
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

test("thousands of requests of one byte are each refused, and the next one with events is taken", async () => {
  const COUNT = least(2_000, 10_000);
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
  const request = httpRequest(new URL("/api/events/bulk", given.worker.url), {
    method: "POST",
    headers: { authorization },
  });
  request.on("error", () => {});
  request.write(JSON.stringify(events(2_000)).slice(0, -1));
  await new Promise((resolve) => setTimeout(resolve, 300));
  request.destroy();
  await once(request, "close");
  expect((await given.worker.post(events(4))).status).toBe(202);
  await given.worker.admin.settled(before + 4);
  expect(await taken()).toBe(before + 4);
});
