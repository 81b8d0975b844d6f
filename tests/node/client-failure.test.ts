import { setTimeout as sleep } from "node:timers/promises";
import {
  type Client,
  type ClientOptions,
  type ClientReceipt,
  createClient,
  KnownKeys,
  type Outcome,
  type Tracked,
} from "split-events";
import { failModule } from "split-events/internal/debug";
import { memoryStore } from "split-events/stores/memory";
import type { Sandbox } from "split-events-sandbox";
import { expect, onTestFinished, test, vi } from "vitest";
import { startClient, sums } from "../support/client.js";
import { event, events } from "../support/events.js";
import { fail, failLater } from "../support/fail.js";
import { keysIn, startSandbox } from "../support/sandbox.js";

const apiKey = "a-key-for-tests";

/** Tracks 35 events: ten were accepted, ten are in flight, and the rest is queued. Returns the flush, which goes on. */
async function withTenInFlight(client: Client, sandbox: Sandbox) {
  for (const each of events(10)) client.track(each);
  await client.flush();
  sandbox.setFaults([{ do: "hang", post: 2, take: false }]);
  for (const each of events(25)) client.track({ ...each, key: `second-${each.key}` });
  const flushing = client.flush();
  await vi.waitFor(() => expect(sandbox.posts()).toHaveLength(2));
  return { flushing };
}

test("what is queued goes on, though there is no journal, and the report counts each event once", async () => {
  const { sandbox, client } = await startClient();
  for (const each of events(300)) client.track(each);
  client.track({ ...event(1), key: "" });
  client.track({ ...event(1000), timestamp: Math.floor(Date.now() / 1000) });
  fail();
  expect(client.queued).toBe(301);
  for (const each of events(3)) client.track({ ...each, key: `later-${each.key}` });
  await failLater();
  const receipt = await client.flush();
  expect(sums(receipt)).toEqual({ events: 305, accepted: 304, refused: 1, unknown: 0, unsent: 0, queued: 0 });
  expect(receipt.report).toMatchObject({ events: 305, clean: 303, repaired: 1, refused: 1 });
  expect(receipt.report.issueCounts).toMatchObject({ key_empty: 1, timestamp_seconds: 1 });
  expect(receipt.report.issues.map(({ code, index }) => [code, index])).toEqual([
    ["key_empty", 300],
    ["timestamp_seconds", 301],
  ]);
  expect(receipt.report.keys).toMatchObject({ other: 304 });
  expect(new Set(keysIn(sandbox)).size).toBe(304);
  expect(client.receipt()).toEqual(receipt);
  expect(sums(await client.close())).toEqual(sums(receipt));
});

test("what was in flight is unknown, and what had ended stays so", async () => {
  const ended: [Outcome, Uint8Array | undefined][] = [];
  const onSettled = (outcome: Outcome, body?: Uint8Array) => void ended.push([outcome, body]);
  const { sandbox, client } = await startClient({ maxEvents: 10, concurrency: 1, onSettled });
  const { flushing } = await withTenInFlight(client, sandbox);
  fail();
  const receipt = await flushing;
  expect(sums(receipt)).toEqual({ events: 35, accepted: 25, refused: 0, unknown: 10, unsent: 0, queued: 0 });
  expect(ended.map(([{ state, events, reason }]) => [state, events, reason])).toEqual([
    ["accepted", 10, undefined],
    ["unknown", 10, "module_failed"],
    ["accepted", 10, undefined],
    ["accepted", 5, undefined],
  ]);
  const body = JSON.parse(new TextDecoder().decode(ended[1]?.[1]));
  expect(body).toEqual(
    events(10).map((each) => ({ ...each, key: `second-${each.key}`, timestamp: expect.any(Number) })),
  );
  expect(receipt.batches).toHaveLength(4);
  expect(new Set(keysIn(sandbox)).size).toBe(keysIn(sandbox).length);
});

test("a batch that the service did not take is sent by the next module", async () => {
  const { sandbox, client } = await startClient({ retry: { baseMs: 60_000 } });
  sandbox.setFaults([{ do: "status", status: 503, times: 1 }]);
  for (const each of events(5)) client.track(each);
  const flushing = client.flush({ patienceMs: 100_000 });
  await vi.waitFor(() => expect(sandbox.posts()).toHaveLength(1));
  await sleep(50);
  fail();
  expect(sums(await flushing)).toEqual({ events: 5, accepted: 5, refused: 0, unknown: 0, unsent: 0, queued: 0 });
});

/** Lets the module fail by each event with this text as its value. */
function failBy(value: string) {
  const number = new Proxy(Number, {
    apply: (target, self, [given]) => {
      if (given === value) throw new RangeError("as a full stack would");
      return Reflect.apply(target, self, [given]);
    },
  });
  vi.stubGlobal("Number", number);
  onTestFinished(() => void vi.unstubAllGlobals());
}

test("an event by which the module fails is rejected, and keeps no other from being sent", async () => {
  const { sandbox, client } = await startClient();
  failBy("13.");
  const told: Tracked[] = [];
  for (let round = 0; round < 3; round += 1) {
    for (const value of [1, "13.", "14."]) told.push(client.track(event(told.length, { value })));
  }
  expect(told.map(({ verdict }) => verdict)).toEqual(Array(3).fill(["clean", "rejected", "repaired"]).flat());
  expect(told[1]).toEqual({ verdict: "rejected", issues: [], reason: "module_failed" });
  const receipt = await client.close();
  expect(sums(receipt)).toEqual({ events: 6, accepted: 6, refused: 0, unknown: 0, unsent: 0, queued: 0 });
  expect(keysIn(sandbox).sort()).toEqual(["user-0", "user-2", "user-3", "user-5", "user-6", "user-8"]);
});

/** Lets the module fail the next time that it tells a receipt. */
function failAtReceipt() {
  const restore = () => void Reflect.deleteProperty(Object.prototype, "refusedBy");
  Object.defineProperty(Object.prototype, "refusedBy", {
    configurable: true,
    set: () => {
      restore();
      fail();
    },
  });
  onTestFinished(restore);
}

test("an event that the client has taken is not rejected if the module fails behind it", async () => {
  const { sandbox, client } = await startClient({ maxEvents: 1, maxQueueEvents: 2, onOverflow: "dropOldest" });
  client.track(event(0));
  client.track(event(1));
  failAtReceipt();
  // the client saves its receipt, since an event is dropped
  expect(client.track(event(2))).toMatchObject({ verdict: "clean", dropped: 1 });
  const { events, accepted } = await client.close();
  expect([events, accepted, sandbox.ledger().length]).toEqual([3, 3, 3]);
});

test("every event is counted although a hook lets the next module fail while that takes over", async () => {
  let fails = 1;
  const onSettled = () => {
    if (fails-- > 0) fail();
  };
  const { sandbox, client } = await startClient({ maxEvents: 2, concurrency: 1, onSettled });
  sandbox.setFaults([{ do: "hang", post: 1, take: false }]);
  client.track({ ...event(0), key: "" });
  for (const each of events(6)) client.track(each);
  const flushing = client.flush();
  await vi.waitFor(() => expect(sandbox.posts()).toHaveLength(1));
  fail();
  const receipt = await flushing;
  expect(sums(receipt)).toEqual({ events: 7, accepted: 4, refused: 1, unknown: 2, unsent: 0, queued: 0 });
  expect(receipt.report).toMatchObject({ events: 7, clean: 6, refused: 1 });
});

test("an event by which the next module fails as well is unsent", async () => {
  const { sandbox, client } = await startClient();
  for (const value of [1, "15.", 2]) client.track(event(1, { value }));
  failBy("15.");
  fail();
  const receipt = await client.close();
  expect(sums(receipt)).toEqual({ events: 3, accepted: 2, refused: 0, unknown: 0, unsent: 1, queued: 0 });
  expect(sandbox.ledger()).toHaveLength(2);
});

test.each([false, true])(
  "what a closed client left unsent it does not send later, with a journal: %s",
  async (hasJournal) => {
    const { sandbox, client } = await startClient(hasJournal ? { journal: memoryStore() } : {});
    sandbox.setFaults([{ do: "status", status: 429, headers: { "retry-after": "1" }, post: 1 }]);
    client.track(event(0));
    await client.flush({ patienceMs: 0 });
    const closed = await client.close({ deadlineMs: 1 });
    expect(sums(closed)).toEqual({ events: 1, accepted: 0, refused: 0, unknown: 0, unsent: 1, queued: 0 });
    vi.spyOn(performance, "now").mockReturnValue(performance.now() + 2_000);
    onTestFinished(() => void vi.restoreAllMocks());
    expect(await client.flush()).toEqual(closed);
    fail();
    expect(await client.flush()).toEqual(closed);
    expect(sandbox.posts()).toHaveLength(1);
  },
);

test("with a journal the next module goes on with it, and with what was not stored yet", async () => {
  const journal = memoryStore();
  const { sandbox, client } = await startClient({ journal, maxEvents: 10, concurrency: 1 });
  const { flushing } = await withTenInFlight(client, sandbox);
  client.track(event(1000));
  fail();
  client.track(event(1001));
  const receipt = await flushing;
  expect(sums(receipt)).toEqual({ events: 37, accepted: 27, refused: 0, unknown: 10, unsent: 0, queued: 0 });
  expect(new Set(keysIn(sandbox)).size).toBe(27);
  fail();
  expect(sums(await client.close())).toEqual(sums(receipt));
});

test("known keys that are strings are read again; KnownKeys are lost with the module, and cost no event", async () => {
  const matches = async (knownKeys: NonNullable<ClientOptions["knownKeys"]>) => {
    const { client } = await startClient({ knownKeys });
    client.track(event(0));
    fail();
    client.track(event(1));
    const { report, accepted } = await client.close();
    expect(accepted).toBe(2);
    return report.keyMatches?.map(({ events, known }) => [events, known]);
  };
  expect(await matches(new Set(["user-0"]))).toEqual([[2, 1]]);
  expect(await matches(KnownKeys.of(["user-0"]))).toEqual(undefined);
});

/** Numbers from 0 to 1, the same for each seed. */
function random(seed: number) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const SEEDS = Number(process.env.FAILURE_SEEDS ?? 200);
const EACH = 25;

test.each(Array.from({ length: Math.ceil(SEEDS / EACH) }, (_, group) => group * EACH))(
  "no event is sent twice or lost whenever the module fails, from seed %s on",
  async (first) => {
    const sandbox = await startSandbox();
    for (let seed = first; seed < Math.min(first + EACH, SEEDS); seed += 1) await schedule(seed, sandbox);
  },
  120_000,
);

async function schedule(seed: number, sandbox: Sandbox & { endpoint: string }) {
  sandbox.reset();
  const draw = random(seed);
  const among = (n: number) => Math.floor(draw() * n);
  const journal = seed % 2 === 1 ? memoryStore() : undefined;
  const options: ClientOptions = {
    ...{ apiKey, endpoint: sandbox.endpoint, flushIntervalMs: 5, onRefused: () => {} },
    ...{ maxEvents: 1 + among(8), concurrency: 1 + among(3), timeoutMs: 200, seed },
    retry: { attempts: 3, baseMs: 1, capMs: 5 },
    ...(journal && { journal }),
    ...(seed % 5 === 0 && {
      maxQueueEvents: 10,
      onOverflow: (["dropOldest", "dropNewest", "reject"] as const)[among(3)],
    }),
  };
  sandbox.setFaults(
    Array.from({ length: 3 }, () => {
      const post = 1 + among(10);
      switch (among(6)) {
        case 0:
          return { do: "status", status: 503, post } as const;
        case 1:
          return { do: "reset", post, take: draw() < 0.5 } as const;
        case 2:
          return { do: "status", status: 400, post } as const;
        case 3:
          return { do: "delay", ms: 10, post } as const;
        case 4:
          return { do: "status", status: 413, post } as const;
        default:
          return { do: "hang", post, take: draw() < 0.5 } as const;
      }
    }),
  );
  const client = createClient(options);
  const where = `seed ${seed}`;
  let counted = 0;
  let key = 0;
  const late: Promise<unknown>[] = [];
  for (let step = 0; step < 40; step += 1) {
    const what = draw();
    if (what < 0.55) {
      const isBad = draw() < 0.1;
      const tracked = client.track({ ...event(0), key: isBad ? "" : `${seed}-${key++}` });
      if (tracked.verdict !== "rejected" || options.onOverflow === "dropNewest") counted += 1;
    } else if (what < 0.65) late.push(client.flush({ patienceMs: 20 }).catch(() => {}));
    else if (what < 0.8) await sleep(among(4));
    else if (what < 0.9) fail();
    else if (what < 0.95) failModule(true);
    else {
      const receipt = client.receipt();
      expect(receipt.accepted + receipt.refused + receipt.unknown + receipt.unsent, where).toBe(receipt.events);
    }
  }
  const receipt = await client.close({ deadlineMs: 400 });
  await Promise.all(late);
  expect(receipt.events, `${where}: ${JSON.stringify(sums(receipt))}`).toBe(counted);
  expect(receipt.accepted + receipt.refused + receipt.unknown + receipt.unsent, where).toBe(receipt.events);
  sandbox.setFaults([]);
  const next = journal && (await closed(createClient({ ...options, journal })));
  const accepted = receipt.accepted + (next?.accepted ?? 0);
  const unknown = receipt.unknown + (next?.unknown ?? 0);
  // a request of the seed before may still arrive
  const keys = keysIn(sandbox).filter((key) => key.startsWith(`${seed}-`));
  expect(new Set(keys).size, where).toBe(keys.length);
  expect(keys.length, where).toBeGreaterThanOrEqual(accepted);
  expect(keys.length, where).toBeLessThanOrEqual(accepted + unknown);
}

/** Closes a client once it has sent what its journal holds. */
async function closed(client: Client): Promise<ClientReceipt> {
  await client.flush();
  return client.close();
}
