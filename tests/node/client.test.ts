import { execFile } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Store } from "split-events";
import {
  type ClientReceipt,
  createClient,
  listUnknown,
  type Outcome,
  resolveUnknown,
  type Tracked,
} from "split-events";
import { memoryStore } from "split-events/stores/memory";
import { expect, onTestFinished, test, vi } from "vitest";
import { startClient, sums } from "../support/client.js";
import { events } from "../support/events.js";
import { keysIn, startSandbox } from "../support/sandbox.js";

const apiKey = "a-key-for-tests";

function addUp({ events, accepted, refused, unknown, unsent }: ClientReceipt) {
  expect(accepted + refused + unknown + unsent).toBe(events);
}

test("track returns a verdict at once, and flush sends the events", async () => {
  const { sandbox, client } = await startClient();
  const [clean, seconds, bad] = events(3) as [object, object, object];
  expect(client.track(clean)).toEqual({ verdict: "clean", issues: [] });
  const repaired = client.track({ ...seconds, timestamp: Math.floor(Date.now() / 1000) });
  expect(repaired).toMatchObject({ verdict: "repaired", issues: [{ code: "timestamp_seconds" }] });
  expect(client.track({ ...bad, key: "" })).toMatchObject({ verdict: "refused", issues: [{ code: "key_empty" }] });
  const circular: Record<string, unknown> = {};
  circular.self = circular;
  const { verdict, issues } = client.track(circular);
  expect([verdict, issues.map(({ code }) => code)]).toEqual(["refused", ["not_serializable"]]);
  expect(issues[0]?.got).toMatch(/circular/i);
  expect(client.queued).toBe(2);
  const receipt = await client.flush();
  expect(sums(receipt)).toEqual({ events: 4, accepted: 2, refused: 2, unknown: 0, unsent: 0, queued: 0 });
  expect(receipt.refusedBy).toEqual({ check: 2, service: 0 });
  expect(receipt.report.issueCounts).toMatchObject({ timestamp_seconds: 1, key_empty: 1 });
  expect(keysIn(sandbox)).toHaveLength(2);
  expect(await client.flush()).toEqual(receipt);
  expect(client.receipt()).toEqual(receipt);
});

test("a full batch is sent without flush, and the rest after flushIntervalMs", async () => {
  const { sandbox, client } = await startClient({ maxEvents: 10, flushIntervalMs: 2_000 });
  for (const event of events(25)) client.track(event);
  await vi.waitFor(() => expect(sandbox.ledger()).toHaveLength(20));
  await vi.waitFor(() => expect(sandbox.ledger()).toHaveLength(25), 5_000);
  expect(sums(await client.flush())).toMatchObject({ events: 25, accepted: 25 });
});

test("if the queue is full an event is rejected with a reason, and not counted", async () => {
  const { client } = await startClient({ maxQueueEvents: 3 });
  const verdicts = events(5).map((event) => client.track(event));
  expect(verdicts.map(({ verdict }) => verdict)).toEqual(["clean", "clean", "clean", "rejected", "rejected"]);
  expect(verdicts[3]?.reason).toBe("overflow");
  expect(sums(await client.flush())).toMatchObject({ events: 3, accepted: 3 });
  expect(client.track(events(1)[0] as object).verdict).toBe("clean");
});

test.each([
  ["dropNewest", 3, 2],
  ["dropOldest", 2, 4],
] as const)("%s tells what it drops as unsent", async (onOverflow, accepted, unsent) => {
  const { sandbox, client } = await startClient({ maxQueueEvents: 3, maxEvents: 2, onOverflow });
  sandbox.setFaults([{ do: "status", status: 503, times: 1 }]);
  const tracked = events(accepted + unsent).map((event) => client.track(event));
  const told = tracked.reduce((sum, { dropped = 0, verdict }) => sum + dropped + (verdict === "rejected" ? 1 : 0), 0);
  const receipt = await client.flush();
  addUp(receipt);
  expect(receipt.unsent).toBe(told);
  expect(sums(receipt)).toMatchObject({ accepted, unsent, refused: 0, unknown: 0 });
  expect(sandbox.ledger()).toHaveLength(accepted);
});

test("the queue has a limit of bytes too", async () => {
  const { client } = await startClient({ maxQueueBytes: 1_000 });
  const verdicts = events(40).map((event) => client.track(event).verdict);
  expect(verdicts.filter((verdict) => verdict === "clean").length).toBeLessThan(12);
  expect(verdicts.at(-1)).toBe("rejected");
});

test("flush sends again what was not taken, and what it leaves stays queued", async () => {
  const { sandbox, client } = await startClient({ retry: { attempts: 2, baseMs: 1 } });
  sandbox.setFaults([{ do: "status", status: 503, times: 3 }]);
  for (const event of events(5)) client.track(event);
  expect(sums(await client.flush())).toMatchObject({ events: 0, queued: 5 });
  const receipt = await client.flush();
  expect(sums(receipt)).toMatchObject({ accepted: 5, queued: 0 });
  expect(sandbox.ledger()).toHaveLength(5);
});

test("an unknown batch is reported once, with its body, and not sent again", async () => {
  const settled: [Outcome, Uint8Array | undefined][] = [];
  const { sandbox, client } = await startClient({ onSettled: (outcome, body) => settled.push([outcome, body]) });
  sandbox.setFaults([{ do: "reset", take: true, post: 1 }]);
  for (const event of events(5)) client.track(event);
  expect(sums(await client.flush())).toMatchObject({ events: 5, unknown: 5, queued: 0 });
  expect(settled[0]?.[0]).toMatchObject({ state: "unknown", events: 5 });
  expect(JSON.parse(new TextDecoder().decode(settled[0]?.[1]))).toHaveLength(5);
  expect(sums(await client.flush())).toMatchObject({ events: 5, unknown: 5 });
  expect(settled).toHaveLength(1);
  expect(sandbox.ledger()).toHaveLength(5);
});

test("close sends what is queued, and later events are rejected", async () => {
  const { sandbox, client } = await startClient();
  for (const event of events(5)) client.track(event);
  const closing = client.close();
  expect(client.track(events(1)[0] as object)).toEqual({ verdict: "rejected", issues: [], reason: "closed" });
  expect(sums(await closing)).toMatchObject({ events: 5, accepted: 5 });
  expect(client.close()).toBe(closing);
  expect(client.receipt()).toEqual(await closing);
  expect(sandbox.ledger()).toHaveLength(5);
});

test("close ends at its deadline: what is in flight is unknown, the rest unsent", async () => {
  const { sandbox, client } = await startClient({ maxEvents: 5, concurrency: 1 });
  sandbox.setFaults([{ do: "hang", post: 1 }]);
  for (const event of events(20)) client.track(event);
  const receipt = await client.close({ deadlineMs: 300 });
  expect(sums(receipt)).toEqual({ events: 20, accepted: 0, refused: 0, unknown: 5, unsent: 15, queued: 0 });
  expect(receipt.batches.filter(({ reason }) => reason === "closed")).toHaveLength(3);
});

test("close goes on after a refusal", async () => {
  const { sandbox, client } = await startClient({ maxEvents: 5, concurrency: 1 });
  sandbox.setFaults([{ do: "status", status: 400, take: false, post: 1 }]);
  for (const event of events(20)) client.track(event);
  expect(sums(await client.close())).toMatchObject({ accepted: 15, refused: 5, unsent: 0 });
});

test("with a journal the next client sends what the last one left", async () => {
  const journal = memoryStore();
  const never = { attempts: 2, baseMs: 1_000_000, capMs: 1_000_000 };
  const { sandbox, client, options } = await startClient({ journal, retry: never });
  sandbox.setFaults([{ do: "status", status: 408, times: 1 }]);
  for (const event of events(5)) client.track(event);
  expect(sums(await client.close({ deadlineMs: 200 }))).toMatchObject({ events: 5, unsent: 5 });
  const next = createClient({ ...options, journal });
  await vi.waitFor(() => expect(sandbox.ledger()).toHaveLength(5), 5_000);
  expect(sums(await next.close())).toMatchObject({ accepted: 5 });
  const keys = [];
  for await (const [key] of journal.entries()) keys.push(key);
  expect(keys.filter((key) => /^(batch|body)/.test(key))).toEqual([]);
});

test("a journal that cannot be read is reported by flush, track and the receipt, and tracked events are kept", async () => {
  const journal = memoryStore();
  await journal.close();
  const { client } = await startClient({ journal });
  const [event] = events(1) as [object];
  expect(client.track(event).verdict).toBe("clean");
  await expect(client.flush()).rejects.toMatchObject({ code: "store_closed" });
  expect(client.queued).toBe(1);
  expect(client.track(event)).toEqual({ verdict: "rejected", issues: [], reason: "journal_failed" });
  expect(client.receipt()).toMatchObject({ queued: 1, storeError: { code: "store_closed" } });
});

test("a journal that fails later is reported as soon as an event is to be stored", async () => {
  const journal = memoryStore();
  const { client } = await startClient({ journal });
  const [event] = events(1) as [object];
  client.track(event);
  await client.flush();
  await journal.close();
  await vi.waitFor(() => expect(client.track(event).reason).toBe("journal_failed"), 2_000);
  await expect(client.flush()).rejects.toMatchObject({ code: "store_closed" });
});

/** Bytes of an entry before the body or piece that it keeps; see docs/JOURNAL.md. */
const PIECE_HEAD = 12;

/** Returns what `track` stored, by the syncs that made it durable. */
async function storedBy(journal: Store, act: () => Promise<void>) {
  const writes: number[] = [];
  const sync = journal.sync;
  journal.sync = () => {
    writes.push(Date.now());
    return sync.call(journal);
  };
  await act();
  let events = 0;
  for await (const [key, value] of journal.entries()) {
    if (key.startsWith("body/")) events += JSON.parse(new TextDecoder().decode(value.subarray(PIECE_HEAD))).length;
  }
  return { writes, events };
}

test("an event is stored at once, in a burst every 250 ms at most, and sent in full batches", async () => {
  const journal = memoryStore();
  const { sandbox, client, options } = await startClient({ journal });
  await client.flush();
  const began = Date.now();
  const { writes, events: stored } = await storedBy(journal, async () => {
    for (const event of events(60)) {
      client.track(event);
      await sleep(10);
    }
    await sleep(300);
  });
  expect(stored).toBe(60);
  expect((writes[0] as number) - began).toBeLessThan(100);
  expect(writes.length).toBeLessThanOrEqual(2 + (Date.now() - began) / 250);
  expect(sandbox.posts()).toHaveLength(0);
  // as after a crash: the first client is not closed
  const next = createClient({ ...options, journal: await copyOf(journal) });
  await next.flush();
  expect(sums(await next.close())).toMatchObject({ events: 60, accepted: 60 });
  expect(sandbox.posts()).toHaveLength(1);
});

async function copyOf(journal: Store): Promise<Store> {
  const copy = memoryStore();
  for await (const [key, value] of journal.entries()) copy.put(key, value);
  return copy;
}

test("what was in flight when a process died is listed and decided in its journal, or reported by the next client", async () => {
  const journal = memoryStore();
  const { sandbox, client, options } = await startClient({ journal, maxEvents: 5 });
  sandbox.setFaults([{ do: "hang", take: false }]);
  for (const event of events(5)) client.track(event);
  client.flush().catch(() => {});
  await vi.waitFor(() => expect(sandbox.posts()).toHaveLength(1));
  const [resent, dropped, taken, told] = await Promise.all(Array.from({ length: 4 }, () => copyOf(journal)));
  sandbox.setFaults([]);
  const after = async (store: Store, word?: "resend" | "drop" | "accepted") => {
    const [unknown, ...others] = await listUnknown(store);
    expect(unknown).toMatchObject({ events: 5, reason: "crashed" });
    expect(others).toEqual([]);
    if (word) await resolveUnknown(store, unknown?.id ?? "", word);
    const next = createClient({ ...options, journal: store });
    await next.flush();
    const receipt = await next.close();
    expect(await listUnknown(store)).toEqual([]);
    return sums(receipt);
  };
  const none = { events: 0, accepted: 0, refused: 0, unknown: 0, unsent: 0, queued: 0 };
  expect(await after(resent as Store, "resend")).toEqual({ ...none, events: 5, accepted: 5 });
  expect(await after(dropped as Store, "drop")).toEqual(none);
  expect(await after(taken as Store, "accepted")).toEqual(none);
  expect(await after(told as Store)).toEqual({ ...none, events: 5, unknown: 5 });
  expect(sandbox.ledger()).toHaveLength(5);
});

test("an event without a timestamp gets the current time; a given timestamp is checked", async () => {
  const { sandbox, client } = await startClient();
  const { timestamp: _, ...untimed } = events(1)[0] as { timestamp: number };
  const before = Date.now();
  expect(client.track(untimed)).toEqual({ verdict: "clean", issues: [] });
  expect(client.track({ ...untimed, timestamp: undefined }).verdict).toBe("clean");
  for (const timestamp of [null, Number.NaN, "soon", {}]) {
    expect(client.track({ ...untimed, timestamp }).verdict, String(timestamp)).toBe("refused");
  }
  expect(await client.flush()).toMatchObject({ accepted: 2, refused: 4 });
  const times = sandbox.ledger().map(({ event }) => (event as { timestamp: number }).timestamp);
  for (const time of times) expect(time - before).toBeLessThan(1_000);
});

test("a missing value is a note in the report, not an issue of the event", async () => {
  const { client } = await startClient();
  const { value: _, ...event } = events(1)[0] as { value: number };
  expect(client.track(event)).toEqual({ verdict: "clean", issues: [] });
  expect(client.receipt().report.issueCounts).toMatchObject({ value_missing: 1 });
});

test("onRefused gets each event that is refused or rejected, and may throw", async () => {
  const refused: [object, Tracked][] = [];
  const shown = vi.spyOn(console, "error").mockImplementation(() => {});
  onTestFinished(() => shown.mockRestore());
  const { client } = await startClient({
    maxQueueEvents: 1,
    onRefused: (event, tracked) => {
      refused.push([event, tracked]);
      if (refused.length > 1) throw new Error("of the hook");
    },
  });
  const [good, bad] = events(2) as [object, object];
  const wrong = { ...bad, key: "" };
  expect([wrong, good, good, good].map((event) => client.track(event).verdict)).toEqual([
    ...["refused", "clean", "rejected", "rejected"],
  ]);
  expect(refused[0]?.[0]).toBe(wrong);
  expect(refused.map(([, { verdict, reason }]) => reason ?? verdict)).toEqual(["refused", "overflow", "overflow"]);
  expect(shown).toHaveBeenCalledTimes(1);
});

test("without onRefused the console shows each code once, and no part of the event", async () => {
  const said = vi.spyOn(console, "warn").mockImplementation(() => {});
  onTestFinished(() => said.mockRestore());
  const { endpoint } = await startSandbox();
  const client = createClient({ apiKey, endpoint, maxQueueEvents: 1 });
  const [event] = events(1) as [object];
  for (const key of ["", "", "secret".repeat(100)]) client.track({ ...event, key });
  for (let n = 0; n < 3; n++) client.track(event);
  const lines = said.mock.calls.map(([line]) => String(line));
  expect(lines.map((line) => /: (\w+): /.exec(line)?.[1])).toEqual(["key_empty", "key_too_long", "overflow"]);
  expect(lines.join()).not.toContain("secret");
});

test("await using closes a client", async () => {
  const sandbox = await startSandbox();
  {
    await using client = createClient({ apiKey, endpoint: sandbox.endpoint });
    client.track(events(1)[0] as object);
  }
  expect(sandbox.ledger()).toHaveLength(1);
});

test("close returns a receipt although the journal fails", async () => {
  const journal = memoryStore();
  const { sandbox, client } = await startClient({ journal });
  for (const event of events(5)) client.track(event);
  await journal.close();
  const receipt = await client.close();
  expect(receipt).toMatchObject({ events: 5, unsent: 5, storeError: { code: "store_closed" } });
  expect(sandbox.posts()).toHaveLength(0);
});

test("a wrong option is an error when the client is made", () => {
  const wrong = { maxQueueEvents: 0, onOverflow: "drop", flushIntervalMs: -1, apiKey: "" };
  for (const [name, value] of Object.entries(wrong)) {
    expect(() => createClient({ apiKey, [name]: value }), name).toThrow(name);
  }
});

/** Runs a process that tracks two events and then runs the code given. */
async function inProcess(endpoint: string, then: string, more = "") {
  const script = `import { createClient } from "split-events";
    const client = createClient({ apiKey: "k", endpoint: ${JSON.stringify(endpoint)}, retry: { attempts: 1 } ${more} });
    for (const key of ["a", "b"]) client.track({ eventTypeId: "a", trafficTypeName: "user", key });
    ${then}`;
  const cwd = fileURLToPath(new URL("../..", import.meta.url));
  return promisify(execFile)(process.execPath, ["--input-type=module", "-e", script], { cwd, timeout: 8_000 });
}

test("a process that ends by itself flushes first, with events that are tracked then", async () => {
  const { endpoint, ledger } = await startSandbox();
  const then = `let once = true;
    process.on("beforeExit", () => {
      if (once) client.track({ eventTypeId: "a", trafficTypeName: "user", key: "c" });
      once = false;
    });`;
  expect(await inProcess(endpoint, then)).toEqual({ stdout: "", stderr: "" });
  expect(ledger()).toHaveLength(3);
});

test("a service that does not answer does not keep a process alive, and one line says what is left", async () => {
  const { stderr } = await inProcess("http://127.0.0.1:9/", "");
  expect(stderr).toMatch(/^split-events: 2 events were left unsent: .*close\(\).*\n$/);
});

test("a process that is ended says what is left, unless the journal has it or the client was closed", async () => {
  const { endpoint } = await startSandbox();
  expect((await inProcess(endpoint, "process.exit()")).stderr).toMatch(/2 events/);
  expect((await inProcess(endpoint, "await client.close(); process.exit()")).stderr).toBe("");
  const journal = `, journal: (await import("split-events/stores/memory")).memoryStore()`;
  const stored = "setTimeout(() => process.exit(), 500)";
  expect((await inProcess(endpoint, stored, journal)).stderr).toBe("");
});
