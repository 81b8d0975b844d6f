import { setTimeout as sleep } from "node:timers/promises";
import {
  Batcher,
  check,
  gunzip,
  KnownKeys,
  listUnknown,
  ModuleError,
  Outbox,
  type Receipt,
  resumeImport,
  send,
  submit,
} from "split-events";
import { failModule } from "split-events/internal/debug";
import { memoryStore } from "split-events/stores/memory";
import { expect, onTestFinished, test, vi } from "vitest";
import { event, events, ndjson } from "../support/events.js";
import { fail, failLater } from "../support/fail.js";
import { startSandbox } from "../support/sandbox.js";

const apiKey = "a-key-for-tests";

/** Returns what a promise rejects with, which must be a `ModuleError`. */
async function failureOf(promise: Promise<unknown>): Promise<ModuleError> {
  const error = await promise.then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(error).toBeInstanceOf(ModuleError);
  return error as ModuleError;
}

function addUp({ events, accepted, refused, unknown, unsent }: Receipt) {
  expect(accepted + refused + unknown + unsent).toBe(events);
}

test("a call that fails says so, and the next call works with another instance of the same compiled module", async () => {
  await check("");
  const compile = vi.spyOn(WebAssembly, "compile");
  const { Module } = WebAssembly;
  let made = 0;
  WebAssembly.Module = new Proxy(Module, {
    construct: (target, values) => {
      made += 1;
      return Reflect.construct(target, values);
    },
  });
  onTestFinished(() => {
    vi.restoreAllMocks();
    WebAssembly.Module = Module;
  });
  let thrown: unknown;
  try {
    failModule();
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toBeInstanceOf(ModuleError);
  expect(thrown).toMatchObject({
    name: "ModuleError",
    code: "module_failed",
    cause: expect.any(WebAssembly.RuntimeError),
  });
  expect((thrown as ModuleError).message).toMatch(/^the module failed \(.+\) and starts anew with the next call/);
  expect(await check(events(3))).toMatchObject({ events: 3, clean: 3 });
  await failLater();
  expect(await check(events(3))).toMatchObject({ events: 3, clean: 3 });
  expect([compile.mock.calls.length, made]).toEqual([0, 0]);
});

test("a full stack is such a failure, too", async () => {
  const batcher = new Batcher();
  const deep = (): unknown => {
    try {
      return deep();
    } catch {
      return batcher.push(events(1)); // there may be room for this call and none for the module's own
    }
  };
  let thrown: unknown;
  try {
    deep();
  } catch (error) {
    thrown = error;
  }
  if (thrown !== undefined) expect(["RangeError", "ModuleError"]).toContain((thrown as Error).name);
  expect(await check(events(3))).toMatchObject({ events: 3 });
});

test("what belongs to a module that failed says so, and freeing it does nothing", async () => {
  const batcher = new Batcher();
  const freed = new Batcher();
  const keys = KnownKeys.of(["user-1"]);
  const outbox = await Outbox.open(memoryStore(), { apiKey });
  fail();
  const message = (name: string) => `this ${name} belonged to a module that failed: make another one`;
  expect(() => batcher.push(events(1))).toThrow(message("Batcher"));
  expect(() => batcher.report).toThrow(message("Batcher"));
  expect(() => batcher.reset()).toThrow(ModuleError);
  expect(() => keys.size).toThrow(message("KnownKeys"));
  await failureOf(check(events(1), { knownKeys: keys }));
  const remedy = "this Outbox belonged to a module that failed: open its store again, which tells what is unknown";
  expect(() => outbox.add({ id: "a", events: 1, body: new Uint8Array() })).toThrow(remedy);
  expect(() => outbox.counts()).toThrow(remedy);
  expect(outbox.failure?.message).toBe(remedy);
  await failureOf(outbox.deliver());
  await failureOf(outbox.close());
  // another instance runs meanwhile, whose memory they must not touch
  const report = check(events(5));
  freed.free();
  batcher.free();
  keys.free();
  expect((await report).events).toBe(5);
  expect(() => freed.push(events(1))).toThrow(ModuleError);
});

test("whatever waits for the module ends when it fails", async () => {
  const sandbox = await startSandbox();
  const { endpoint } = sandbox;
  sandbox.setFaults([{ do: "hang" }]);
  const outbox = await Outbox.open(memoryStore(), { apiKey, endpoint });
  const [batch] = new Batcher().push(events(1)).concat(new Batcher({ maxEvents: 1 }).push(events(2)));
  if (!batch) throw new Error("there must be a batch");
  outbox.add(batch);
  async function* endless() {
    yield ndjson(events(1));
    await sleep(1_000_000, undefined, { ref: false });
  }
  const waiting = [
    outbox.deliver(),
    submit(batch, { apiKey, endpoint }),
    send(events(10), { apiKey, endpoint }),
    send(endless(), { apiKey, endpoint }),
  ];
  await vi.waitFor(() => expect(sandbox.posts()).toHaveLength(3));
  fail();
  for (const promise of waiting) await failureOf(promise);
  // an input that comes later finds out by itself
  const zipped = new Response(ndjson(events(2))).body?.pipeThrough(new CompressionStream("gzip")) as ReadableStream;
  const unzipped = gunzip(zipped);
  const first = unzipped.next();
  fail();
  await first.catch(() => {});
  expect(await check(events(1))).toMatchObject({ events: 1 });
});

test("a send without a journal tells what became of its events", async () => {
  const sandbox = await startSandbox();
  const { endpoint } = sandbox;
  sandbox.setFaults([{ do: "hang", post: 3, take: true }]);
  const refused = { ...events(1)[0], key: "" };
  const sending = send([refused, ...events(50)], { apiKey, endpoint, maxEvents: 10, concurrency: 1 });
  const failing = failureOf(sending);
  await vi.waitFor(() => expect(sandbox.posts()).toHaveLength(3));
  await failLater();
  const { receipt, message, cause } = await failing;
  expect(message).toContain("the receipt of this error says what became of the events");
  expect(cause).toBeInstanceOf(WebAssembly.RuntimeError);
  if (!receipt) throw new Error("the error must have a receipt");
  addUp(receipt);
  expect(receipt).toMatchObject({ accepted: 20, unknown: 10, complete: false, refusedBy: { check: 1, service: 0 } });
  expect(receipt.batches.map(({ state, events }) => [state, events])).toEqual([
    ["accepted", 10],
    ["accepted", 10],
  ]);
  expect(receipt.issues).toHaveLength(1);
});

test.each([true, false])("a send with a journal is resumed, with bodies: %s", async (journalBodies) => {
  const sandbox = await startSandbox();
  const { endpoint } = sandbox;
  const journal = memoryStore();
  sandbox.setFaults([{ do: "hang", post: 3, take: false }]);
  const source = ndjson(events(50));
  const options = { apiKey, endpoint, maxEvents: 10, concurrency: 1, journal, journalBodies };
  const sending = send(source, options);
  await vi.waitFor(() => expect(sandbox.posts()).toHaveLength(3));
  fail();
  expect((await failureOf(sending)).message).toContain("resume the import by its journal");
  const unknown = await listUnknown(journal);
  expect(unknown.map(({ events }) => events)).toEqual([10]);
  const receipt = await resumeImport(journal, { apiKey, endpoint, ...(!journalBodies && { source }) });
  // a journal with bodies is of an input that cannot be read again
  const accepted = journalBodies ? 30 : 40;
  expect(receipt).toMatchObject({ events: accepted + 10, accepted, unknown: 10, unsent: 0 });
  const keys = sandbox.ledger().map(({ event }) => (event as { key: string }).key);
  expect(keys).toHaveLength(accepted);
  expect(new Set(keys).size).toBe(accepted);
});

test("an outbox is opened again, and knows what was in flight as unknown", async () => {
  const sandbox = await startSandbox();
  const { endpoint } = sandbox;
  const store = memoryStore();
  const outbox = await Outbox.open(store, { apiKey, endpoint, concurrency: 1 });
  const bodies = events(3).map((event, at) => ({ id: `batch-${at}`, events: 1, body: encoded([event]) }));
  for (const batch of bodies) outbox.add(batch);
  sandbox.setFaults([{ do: "hang", post: 2, take: false }]);
  const delivering = outbox.deliver();
  await vi.waitFor(() => expect(sandbox.posts()).toHaveLength(2));
  fail();
  await failureOf(delivering);
  const again = await Outbox.open(store, { apiKey, endpoint });
  expect(again.counts()).toMatchObject({ planned: { batches: 1 }, unknown: { batches: 1 } });
  await again.deliver();
  expect(again.counts()).toMatchObject({ planned: { batches: 0 }, unknown: { batches: 1 } });
  expect(sandbox.ledger()).toHaveLength(2);
});

test("what a hook's own call breaks ends the delivery that called the hook", async () => {
  const sandbox = await startSandbox();
  const { endpoint } = sandbox;
  const sending = send(events(50), { apiKey, endpoint, maxEvents: 10, concurrency: 1, onAttempt: () => fail() });
  const { receipt } = await failureOf(sending);
  expect(receipt).toMatchObject({ accepted: 0, unknown: 10 });
  expect(sandbox.posts()).toHaveLength(1);
});

test("an outbox that is opened again after each failure sends each batch once, whenever the module fails", async () => {
  const sandbox = await startSandbox();
  const { endpoint } = sandbox;
  const options = { apiKey, endpoint, concurrency: 2, timeoutMs: 200, retry: { baseMs: 1, capMs: 5 } };
  for (let seed = 0; seed < 20; seed += 1) {
    sandbox.reset();
    const post = 1 + (seed % 4);
    sandbox.setFaults([
      { do: "status", status: 503, post },
      { do: "hang", post: post + 2, take: seed % 2 === 0 },
      { do: "delay", ms: 10, every: 3 },
    ]);
    const store = memoryStore();
    let outbox = await Outbox.open(store, options);
    for (let step = 0; step < 20; step += 1) {
      try {
        if (step < 12)
          outbox.add({ id: `${seed}-${step}`, events: 1, body: encoded([event(step, { key: `${seed}-${step}` })]) });
        if (step % 3 === 0) await outbox.sync();
        if (step % 4 === 1) outbox.deliver().catch(() => {});
        if (step % 5 === seed % 5) await sleep(seed % 7);
        if (step % 6 === seed % 6) fail();
        outbox.counts();
      } catch (error) {
        expect(error).toBeInstanceOf(ModuleError);
        outbox = await Outbox.open(store, options);
      }
    }
    sandbox.setFaults([]);
    while ((await outbox.deliver({ patienceMs: 1_000 })).waitMs !== undefined) await sleep(5);
    const { planned, dispatching, unknown, refused } = outbox.counts();
    expect([planned.batches, dispatching.batches, refused.batches]).toEqual([0, 0, 0]);
    // a request of the seed before may still arrive
    const keys = sandbox.ledger().map(({ event }) => (event as { key: string }).key);
    const taken = keys.filter((key) => key.startsWith(`${seed}-`));
    expect(new Set(taken).size, `seed ${seed}`).toBe(taken.length);
    expect(taken.length + unknown.events, `seed ${seed}`).toBeGreaterThan(0);
    await outbox.close();
  }
});

function encoded(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value));
}

test.each([undefined, null, 200, {}])(
  "a fetch that resolves to %s leaves its own batch unknown, and the module alive",
  async (answer) => {
    const fetch = (async () => answer) as unknown as typeof globalThis.fetch;
    const receipt = await send([event(1)], { apiKey, fetch });
    expect(receipt).toMatchObject({ unknown: 1, batches: [{ state: "unknown", reason: "connection_lost" }] });
    expect(receipt.batches[0]?.message).toContain("the option fetch resolved to no Response");
  },
);
