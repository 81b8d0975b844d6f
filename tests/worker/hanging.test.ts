import { createHash } from "node:crypto";
import { expect, onTestFinished, test } from "vitest";
import { event } from "../support/events.js";
import { Service } from "./service.js";
import { type Options, Worker } from "./support.js";

/** A service that does not answer events with the key `hangs` until it is told to, and has no time for those with `busy`. */
async function start(vars: Options["vars"] = {}) {
  let answer = (): void => {};
  const held = new Promise<void>((resolve) => {
    answer = resolve;
  });
  const service = await Service.start(async ({ keys }) => {
    if (keys.includes("hangs")) await held;
    return keys.includes("busy") ? { status: 429, headers: { "retry-after": "3600" } } : { status: 202 };
  });
  const worker = await Worker.start({ upstream: service.upstream, vars: { SHARDS: 1, ...vars } });
  onTestFinished(() => worker.dispose());
  const post = async (key: string) => expect((await worker.post([event(0, { key })])).status).toBe(202);
  return { service, worker, post, answer };
}

test("while one request hangs, new batches of its shard are sent at once", async () => {
  const { service, worker, post, answer } = await start();
  await post("before");
  await expect.poll(() => service.accepted).toEqual(["before"]);
  await post("hangs");
  await expect.poll(() => service.posts).toHaveLength(2);
  const later = Array.from({ length: 12 }, (_, number) => `later ${number}`);
  for (const key of later) {
    await post(key);
    await expect.poll(() => service.accepted, { timeout: 1_000 }).toContain(key);
  }
  expect(await worker.admin.counts()).toMatchObject({ planned: { events: 0 }, dispatching: { events: 1 }, taken: 14 });
  answer();
  await worker.admin.settled(14);
  expect(service.posts.map(({ keys }) => keys[0])).toEqual(["before", "hangs", ...later]);
});

test("the rate is kept while a request hangs, and new batches are sent within it", async () => {
  const { service, worker, post, answer } = await start({ RATE: 5 });
  await post("before");
  await expect.poll(() => service.accepted).toEqual(["before"]);
  await post("hangs");
  await expect.poll(() => service.posts).toHaveLength(2);
  const from = Date.now();
  await Promise.all(Array.from({ length: 20 }, (_, number) => post(`later ${number}`)));
  await expect.poll(() => service.accepted, { timeout: 10_000 }).toHaveLength(21);
  // the bucket has five at most when they come
  expect(Date.now() - from).toBeGreaterThan(((20 - 5 - 1) / 5) * 1000);
  answer();
  await worker.admin.settled(22);
});

test("a first request that hangs is sent alone, and new batches are sent after it", async () => {
  const { service, worker, post, answer } = await start();
  await post("hangs");
  await expect.poll(() => service.posts).toHaveLength(1);
  for (const key of ["second", "third"]) await post(key);
  expect(await worker.admin.counts()).toMatchObject({ planned: { events: 2 }, dispatching: { events: 1 } });
  expect(service.posts).toHaveLength(1);
  answer();
  await worker.admin.settled(3);
  expect([...service.accepted].sort()).toEqual(["hangs", "second", "third"]);
});

test("a pause that the service asks for while another request hangs holds every shard back at once", async () => {
  const { service, worker, post, answer } = await start();
  await post("before");
  await post("hangs");
  await expect.poll(() => service.posts).toHaveLength(2);
  await post("busy");
  const counts = () => worker.admin.json<{ pausedMs: number; pauseReason?: string }>("GET", "/admin/counts");
  await expect.poll(async () => (await counts()).pausedMs, { timeout: 2_000 }).toBeGreaterThan(3_500_000);
  expect(await counts()).toMatchObject({ pauseReason: "answered 429" });
  expect(service.accepted).toEqual(["before"]);
  answer();
  await expect.poll(() => service.accepted).toEqual(["before", "hangs"]);
  expect((await counts()).pausedMs).toBeGreaterThan(3_500_000);
});

test("a shard with a request that hangs goes on when a pause ends, by time or by resume", async () => {
  const { service, worker, answer } = await start({ SHARDS: 2 });
  let number = 0;
  const post = async (shard: number, key: string) => {
    // an outbox is chosen by a digest of client and Idempotency-Key
    for (;;) {
      number += 1;
      const name = createHash("sha256")
        .update(JSON.stringify(["web", `${number}`]))
        .digest("hex");
      if (Number.parseInt(name.slice(0, 8), 16) % 2 === shard) break;
    }
    expect((await worker.post([event(0, { key })], { "idempotency-key": `${number}` })).status).toBe(202);
  };
  for (const shard of [0, 1]) await post(shard, `before ${shard}`);
  await expect.poll(() => service.accepted).toHaveLength(2);
  await post(0, "hangs");
  await expect.poll(() => service.posts).toHaveLength(3);
  const plain = service.answer;
  const paused = async () => (await worker.admin.json<{ pausedMs: number }>("GET", "/admin/counts")).pausedMs;
  for (const [seconds, key] of [
    ["1", "first"],
    ["3600", "second"],
  ] as const) {
    service.answer = (asked) =>
      asked.keys.includes(`busy ${key}`) ? { status: 429, headers: { "retry-after": seconds } } : plain(asked);
    await post(1, `busy ${key}`);
    await expect.poll(paused, { timeout: 2_000 }).toBeGreaterThan(0);
    await post(0, key);
    expect(service.accepted).not.toContain(key);
    service.answer = plain;
    if (seconds === "3600") await worker.admin.json("POST", "/admin/resume");
    await expect.poll(() => service.accepted, { timeout: 4_000 }).toEqual(expect.arrayContaining([key, `busy ${key}`]));
  }
  expect(service.accepted).not.toContain("hangs");
  answer();
  await worker.admin.settled(7);
});

test("with a rate of one, a shard with a request that hangs takes no request from another", async () => {
  const { service, worker, post, answer } = await start({ SHARDS: 2, RATE: 1 });
  await post("hangs");
  await expect.poll(() => service.posts).toHaveLength(1);
  const hanging = (
    await worker.admin.json<{ shards: { shard: number; dispatching: { events: number } }[] }>("GET", "/admin/counts")
  ).shards;
  const sick = hanging.find(({ dispatching }) => dispatching.events > 0)?.shard;
  const others: string[] = [];
  for (let number = 0; others.length < 3; number += 1) {
    const key = `other ${number}`;
    const { json } = await worker.post([event(0, { key })]);
    if (Number.parseInt(json.request.slice(1, 9), 16) % 2 !== sick) others.push(key);
  }
  await expect.poll(() => service.accepted, { timeout: 10_000 }).toEqual(expect.arrayContaining(others));
  answer();
});
