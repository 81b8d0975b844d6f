import { type ListOptions, Outbox, type OutboxOptions, type Outcome } from "split-events";
import { directoryStore } from "split-events/stores/directory";
import { memoryStore } from "split-events/stores/memory";
import { expect, test } from "vitest";
import { events } from "../support/events.js";
import { Folder } from "../support/folder.js";
import { keysIn, startSandbox } from "../support/sandbox.js";

const apiKey = "a-key-for-tests";

function batch(id: string, from: number, count: number) {
  const body = new TextEncoder().encode(JSON.stringify(events(from + count).slice(from)));
  return { id, events: count, body };
}

async function start(options: Partial<OutboxOptions> = {}) {
  const sandbox = await startSandbox();
  const store = memoryStore();
  const all = { apiKey, endpoint: sandbox.endpoint, ...options };
  return { sandbox, store, options: all, outbox: await Outbox.open(store, all) };
}

async function keysOf(store: ReturnType<typeof memoryStore>): Promise<string[]> {
  const keys = [];
  for await (const [key] of store.entries()) keys.push(key);
  return keys;
}

test("an accepted batch leaves the store and is reported", async () => {
  const settled: Outcome[] = [];
  const { sandbox, store, outbox } = await start({ onSettled: (outcome) => settled.push(outcome) });
  expect(outbox.add(batch("one", 0, 3))).toBe(true);
  expect(outbox.add(batch("one", 0, 3))).toBe(false);
  expect(outbox.add(batch("two", 3, 2))).toBe(true);
  const delivered = await outbox.deliver();
  expect(delivered).toEqual({ settled });
  expect(settled.map(({ id, events, state }) => [id, events, state])).toEqual([
    ["one", 3, "accepted"],
    ["two", 2, "accepted"],
  ]);
  expect(keysIn(sandbox)).toEqual(events(5).map(({ key }) => key));
  expect(await keysOf(store)).toEqual(["import"]);
  expect(outbox.counts().accepted).toEqual({ batches: 2, events: 5 });
});

test("heldBytes is the size of all bodies that are held, also after a restart", async () => {
  const { sandbox, store, outbox, options } = await start({ concurrency: 1 });
  const [one, two, three] = [batch("one", 0, 3), batch("two", 3, 2), batch("three", 5, 4)];
  expect(outbox.heldBytes).toBe(0);
  for (const added of [one, two, three, one]) outbox.add(added);
  expect(outbox.heldBytes).toBe(one.body.length + two.body.length + three.body.length);
  expect(outbox.resolve("three", "drop")).toBe(true);
  sandbox.setFaults([{ do: "status", status: 400, take: false, post: 2 }]);
  await outbox.deliver();
  expect(outbox.heldBytes).toBe(two.body.length);
  await outbox.close();
  const next = await Outbox.open(store, options);
  expect(next.heldBytes).toBe(two.body.length);
  next.resolve("two", "accepted");
  expect(next.heldBytes).toBe(0);
});

test("resume ends a pause for the call that waits, and for the next process", async () => {
  const { sandbox, store, outbox, options } = await start();
  const pause = { do: "status", status: 503, headers: { "Retry-After": "3000" }, times: 1 } as const;
  sandbox.setFaults([pause]);
  outbox.add(batch("one", 0, 3));
  const delivered = outbox.deliver({ patienceMs: 3_600_000 });
  await expect.poll(() => outbox.pausedMs).toBeGreaterThan(2_000_000);
  expect(outbox.resume()).toEqual({ batches: 0, events: 0 });
  expect((await delivered).settled.map(({ id, state }) => [id, state])).toEqual([["one", "accepted"]]);

  sandbox.setFaults([pause]);
  outbox.add(batch("two", 3, 2));
  expect((await outbox.deliver()).pausedMs).toBeGreaterThan(2_000_000);
  outbox.endPause();
  await outbox.sync();
  const next = await Outbox.open(store, options);
  expect((await next.deliver()).settled.map(({ id, state }) => [id, state])).toEqual([["two", "accepted"]]);
});

test("a planned batch can be dropped or sent first, and resolveAll works in slices", async () => {
  const { sandbox, outbox } = await start();
  const ids = Array.from({ length: 5 }, (_, number) => `b${number}`);
  for (const id of ids) outbox.add(batch(id, 0, 1));
  expect(outbox.entry("b1")).toMatchObject({ id: "b1", events: 1, state: "planned" });
  expect(outbox.entry("none")).toBe(undefined);
  expect([outbox.resolve("b1", "drop"), outbox.resolve("b1", "drop"), outbox.resolve("b2", "accepted")]).toEqual([
    true,
    false,
    false,
  ]);
  expect(outbox.resolve("b4", "send")).toBe(true);
  const { settled } = await outbox.deliver();
  expect(settled.map(({ id }) => id)).toEqual(expect.arrayContaining(["b0", "b2", "b3"]));
  expect(settled[0]?.id).toBe("b4");
  expect(sandbox.ledger()).toHaveLength(4);

  for (const id of ids) outbox.add(batch(id, 0, 2));
  const first = outbox.resolveAll("planned", "drop", { limit: 3 });
  expect(first).toMatchObject({ batches: 3, events: 6 });
  expect(outbox.resolveAll("planned", "drop", { after: first.next ?? 0 })).toMatchObject({ batches: 2, events: 4 });
  expect(outbox.counts().planned).toEqual({ batches: 0, events: 0 });
});

test("a list goes on behind the last entry seen, even if that entry is gone", async () => {
  const { outbox } = await start();
  for (const id of ["a", "b", "c"]) outbox.add(batch(id, 0, 1));
  const ids = (options: ListOptions) => outbox.list("planned", options).map(({ id }) => id);
  const [first, second] = outbox.list("planned");
  const behind = { number: second?.number ?? 0, from: second?.from ?? 0 };
  expect(behind.number).toBeGreaterThan(first?.number ?? 0);
  expect([ids({ after: "b" }), ids({ behind })]).toEqual([["c"], ["c"]]);
  outbox.resolve("b", "drop");
  expect(ids({ behind })).toEqual(["c"]);
  expect(() => ids({ after: "b" })).toThrow(expect.objectContaining({ name: "ConfigError", code: "not_held" }));
  expect(() => ids({ after: "a", behind })).toThrow(expect.objectContaining({ code: "invalid_option" }));
});

test("a pause that is longer than patienceMs ends the call, and the next process keeps it", async () => {
  const { sandbox, store, outbox, options } = await start();
  sandbox.setFaults([{ do: "status", status: 429, headers: { "Retry-After": "20" }, times: 1 }]);
  outbox.add(batch("one", 0, 3));
  const { settled, waitMs, pausedMs } = await outbox.deliver();
  expect(settled).toEqual([]);
  expect(waitMs).toBeGreaterThan(15_000);
  expect(pausedMs).toBeGreaterThan(15_000);
  const next = await Outbox.open(store, options);
  expect((await next.deliver()).waitMs).toBeGreaterThan(15_000);
  expect(sandbox.posts()).toHaveLength(1);
  expect(next.counts().planned).toEqual({ batches: 1, events: 3 });
});

test("deliver waits for a pause that is shorter than patienceMs", async () => {
  const { sandbox, outbox } = await start({ retry: { baseMs: 5 } });
  sandbox.setFaults([{ do: "status", status: 503, times: 3 }]);
  outbox.add(batch("one", 0, 3));
  const { settled, waitMs } = await outbox.deliver({ patienceMs: 1_000 });
  expect(settled[0]).toMatchObject({ state: "accepted" });
  expect(settled[0]?.attempts).toHaveLength(4);
  expect(waitMs).toBeUndefined();
});

test("attempts limit one call, and no batch is given up", async () => {
  const { sandbox, outbox } = await start({ retry: { attempts: 2, baseMs: 1, capMs: 1 } });
  sandbox.setFaults([{ do: "status", status: 503, times: 5 }]);
  outbox.add(batch("one", 0, 3));
  for (const posts of [2, 4]) {
    expect((await outbox.deliver({ patienceMs: 1_000 })).settled).toEqual([]);
    expect(sandbox.posts()).toHaveLength(posts);
  }
  expect((await outbox.deliver({ patienceMs: 1_000 })).settled[0]).toMatchObject({ state: "accepted" });
});

test("an unknown or refused batch keeps its body until the user decides", async () => {
  const { sandbox, store, outbox, options } = await start({ concurrency: 1 });
  sandbox.setFaults([
    { do: "reset", take: true, post: 1 },
    { do: "status", status: 400, take: false, post: 2 },
  ]);
  outbox.add(batch("cut", 0, 3));
  const bad = batch("bad", 3, 2);
  outbox.add(bad);
  await outbox.deliver();
  await outbox.close();
  const next = await Outbox.open(store, options);
  expect(next.list("unknown")).toMatchObject([{ id: "cut", events: 3, state: "unknown", reason: "connection_lost" }]);
  expect(next.list("refused")).toMatchObject([{ id: "bad", events: 2, state: "refused", reason: "rejected" }]);
  expect(next.body("bad")).toEqual(bad.body);
  expect(next.resolve("cut", "accepted")).toBe(true);
  expect(next.resolve("bad", "resend")).toBe(true);
  expect(next.resolve("bad", "resend")).toBe(false);
  await next.deliver();
  expect(await keysOf(store)).toEqual(["import"]);
  expect(sandbox.ledger()).toHaveLength(5);
});

test("two calls at once send each batch once, and the second does not wait for the first", async () => {
  const { sandbox, outbox } = await start();
  sandbox.setFaults([{ do: "delay", ms: 300, post: 1 }]);
  outbox.add(batch("one", 0, 3));
  const first = outbox.deliver();
  expect((await outbox.deliver()).settled).toEqual([]);
  expect((await first).settled).toHaveLength(1);
  expect(sandbox.ledger()).toHaveLength(3);
});

test("a batch that is added while a request hangs is sent by the same call, once its claim is durable", async () => {
  const { sandbox, store, outbox } = await start();
  sandbox.setFaults([{ do: "delay", ms: 2_000, post: 2 }]);
  outbox.add(batch("first", 0, 1));
  await outbox.deliver();
  outbox.add(batch("hangs", 1, 1));
  const delivering = outbox.deliver();
  await expect.poll(() => sandbox.posts()).toHaveLength(2);

  let sync = (): void => {};
  const synced = new Promise<void>((resolve) => {
    sync = resolve;
  });
  const syncOfStore = store.sync.bind(store);
  store.sync = async () => {
    await synced;
    await syncOfStore();
  };
  for (const number of [2, 3, 4]) outbox.add(batch(`${number}`, number, 1));
  expect(outbox.counts(), "what is done in one go is written as one").toMatchObject({ dispatching: { batches: 1 } });
  await expect.poll(() => outbox.counts().dispatching.batches).toBe(4);
  expect(sandbox.posts()).toHaveLength(2);
  sync();
  await expect.poll(() => sandbox.posts(), { timeout: 1_000 }).toHaveLength(5);
  await expect.poll(() => outbox.counts()).toMatchObject({ dispatching: { batches: 1 }, accepted: { batches: 4 } });
  expect((await delivering).settled.at(-1)?.id).toBe("hangs");
});

test("holdBack lets no request begin; the call goes on when it is lifted, or ends", async () => {
  const { sandbox, outbox } = await start();
  sandbox.setFaults([{ do: "delay", ms: 400, post: 2 }]);
  outbox.add(batch("first", 0, 1));
  await outbox.deliver();
  outbox.add(batch("slow", 1, 1));
  const delivering = outbox.deliver();
  await expect.poll(() => sandbox.posts()).toHaveLength(2);
  outbox.holdBack(true);
  outbox.add(batch("held", 2, 1));
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(sandbox.posts()).toHaveLength(2);
  outbox.holdBack(false);
  expect((await delivering).settled.map(({ id }) => id)).toEqual(["held", "slow"]);

  outbox.holdBack(true);
  outbox.add(batch("left", 3, 1));
  expect(await outbox.deliver()).toEqual({ settled: [], waitMs: 0 });
  expect(outbox.counts()).toMatchObject({ planned: { batches: 1 }, dispatching: { batches: 0 } });
  outbox.holdBack(false);
  expect((await outbox.deliver()).settled.map(({ id }) => id)).toEqual(["left"]);
});

test("the first request goes alone: a batch that is added meanwhile waits for its answer", async () => {
  const { sandbox, outbox } = await start();
  sandbox.setFaults([{ do: "delay", ms: 300, post: 1 }]);
  outbox.add(batch("first", 0, 1));
  const delivering = outbox.deliver();
  await expect.poll(() => sandbox.posts()).toHaveLength(1);
  outbox.add(batch("second", 1, 1));
  expect((await delivering).settled.map(({ id }) => id)).toEqual(["first", "second"]);
  const [first, second] = sandbox.posts();
  expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThan(250);
});

test("a signal lets no further request begin, and what is in flight is awaited", async () => {
  const stop = new AbortController();
  const { sandbox, outbox } = await start({ onAttempt: () => stop.abort() });
  for (let n = 0; n < 5; n += 1) outbox.add(batch(`${n}`, n, 1));
  const { settled, waitMs } = await outbox.deliver({ signal: stop.signal });
  expect(settled).toHaveLength(1);
  expect(waitMs).toBe(0);
  expect(sandbox.posts()).toHaveLength(1);
  expect(outbox.counts()).toMatchObject({ planned: { batches: 4 }, dispatching: { batches: 0 } });
});

test("an outbox in a directory outlives its process", async () => {
  const sandbox = await startSandbox();
  const folder = new Folder().path;
  const options = { apiKey, endpoint: sandbox.endpoint };
  const before = await directoryStore(folder);
  const outbox = await Outbox.open(before, options);
  outbox.add(batch("one", 0, 3));
  await outbox.sync();
  await before.close();
  const after = await directoryStore(folder);
  const next = await Outbox.open(after, options);
  expect((await next.deliver()).settled).toMatchObject([{ id: "one", state: "accepted" }]);
  await next.close();
  await after.close();
});

test("a wrong store, option, id or batch is an error at once", async () => {
  const { store, outbox, options } = await start();
  const other = memoryStore();
  other.put("import", new TextEncoder().encode('{"version":1}'));
  await expect(Outbox.open(other, options)).rejects.toMatchObject({ code: "not_an_outbox" });
  await expect(Outbox.open(store, { ...options, apiKey: "" })).rejects.toMatchObject({ code: "missing_api_key" });
  expect(() => outbox.add({ ...batch("one", 0, 3), id: "\n" })).toThrow(/1 to 200 printable ASCII/);
  expect(() => outbox.add({ ...batch("one", 0, 3), events: 4 })).toThrow(/as many objects as it says/);
  await expect(outbox.deliver({ patienceMs: -1 })).rejects.toMatchObject({ code: "invalid_option" });
});

test("if the store fails deliver rejects, and no batch is sent", async () => {
  const sandbox = await startSandbox();
  const store = memoryStore();
  const outbox = await Outbox.open(store, { apiKey, endpoint: sandbox.endpoint });
  outbox.add(batch("one", 0, 3));
  await store.close();
  await expect(outbox.deliver()).rejects.toMatchObject({ code: "store_closed" });
  expect(sandbox.posts()).toHaveLength(0);
});
