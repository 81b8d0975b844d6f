import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { type ClientOptions, type ClientReceipt, createClient, type Outcome } from "split-events";
import { memoryStore } from "split-events/stores/memory";
import type { Sandbox } from "split-events-sandbox";
import { expect, onTestFinished, test, vi } from "vitest";
import { events } from "../support/events.js";
import { startSandbox } from "../support/sandbox.js";

const apiKey = "a-key-for-tests";

const keysIn = (sandbox: Sandbox) => sandbox.ledger().map(({ event }) => (event as { key: string }).key);

const sums = ({ events, accepted, refused, unknown, unsent, queued }: ClientReceipt) => ({
  ...{ events, accepted, refused, unknown, unsent, queued },
});

function addUp({ events, accepted, refused, unknown, unsent }: ClientReceipt) {
  expect(accepted + refused + unknown + unsent).toBe(events);
}

async function start(options: Partial<ClientOptions> = {}) {
  const sandbox = await startSandbox();
  const all = { apiKey, endpoint: sandbox.endpoint, flushIntervalMs: 1_000_000, ...options };
  const client = createClient(all);
  onTestFinished(() => client.close({ deadlineMs: 1 }).then(undefined, () => {}));
  return { sandbox, client, options: all };
}

test("an event is judged at once, and what may be sent is sent by flush", async () => {
  const { sandbox, client } = await start();
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
  expect(sums(await client.flush()).events).toBe(0);
});

test("a full batch is sent without a flush, and what is left after the interval", async () => {
  const { sandbox, client } = await start({ maxEvents: 10, flushIntervalMs: 2_000 });
  for (const event of events(25)) client.track(event);
  await vi.waitFor(() => expect(sandbox.ledger()).toHaveLength(20));
  await vi.waitFor(() => expect(sandbox.ledger()).toHaveLength(25), 5_000);
  expect(sums(await client.flush())).toMatchObject({ events: 25, accepted: 25 });
});

test("without room an event is rejected with a word, and counted nowhere", async () => {
  const { client } = await start({ maxQueueEvents: 3 });
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
  const { sandbox, client } = await start({ maxQueueEvents: 3, maxEvents: 2, onOverflow });
  sandbox.setFaults([{ do: "status", status: 503, times: 1 }]);
  const tracked = events(accepted + unsent).map((event) => client.track(event));
  const told = tracked.reduce((sum, { dropped = 0, verdict }) => sum + dropped + (verdict === "rejected" ? 1 : 0), 0);
  const receipt = await client.flush();
  addUp(receipt);
  expect(receipt.unsent).toBe(told);
  expect(sums(receipt)).toMatchObject({ accepted, unsent, refused: 0, unknown: 0 });
  expect(sandbox.ledger()).toHaveLength(accepted);
});

test("the bytes of the queue are bounded, too", async () => {
  const { client } = await start({ maxQueueBytes: 1_000 });
  const verdicts = events(40).map((event) => client.track(event).verdict);
  expect(verdicts.filter((verdict) => verdict === "clean").length).toBeLessThan(12);
  expect(verdicts.at(-1)).toBe("rejected");
});

test("flush tries again what was not taken, and what it leaves stays queued", async () => {
  const { sandbox, client } = await start({ retry: { attempts: 2, baseMs: 1 } });
  sandbox.setFaults([{ do: "status", status: 503, times: 3 }]);
  for (const event of events(5)) client.track(event);
  expect(sums(await client.flush())).toMatchObject({ events: 0, queued: 5 });
  const receipt = await client.flush();
  expect(sums(receipt)).toMatchObject({ accepted: 5, queued: 0 });
  expect(sandbox.ledger()).toHaveLength(5);
});

test("what is unknown is told once, with its body, and not sent again", async () => {
  const settled: [Outcome, Uint8Array | undefined][] = [];
  const { sandbox, client } = await start({ onSettled: (outcome, body) => settled.push([outcome, body]) });
  sandbox.setFaults([{ do: "reset", take: true, post: 1 }]);
  for (const event of events(5)) client.track(event);
  expect(sums(await client.flush())).toMatchObject({ events: 5, unknown: 5, queued: 0 });
  expect(settled[0]?.[0]).toMatchObject({ state: "unknown", events: 5 });
  expect(JSON.parse(new TextDecoder().decode(settled[0]?.[1]))).toHaveLength(5);
  expect(sums(await client.flush()).events).toBe(0);
  expect(sandbox.ledger()).toHaveLength(5);
});

test("close sends what is queued, and nothing is taken after it", async () => {
  const { sandbox, client } = await start();
  for (const event of events(5)) client.track(event);
  const closing = client.close();
  expect(client.track(events(1)[0] as object)).toEqual({ verdict: "rejected", issues: [], reason: "closed" });
  expect(sums(await closing)).toMatchObject({ events: 5, accepted: 5 });
  await expect(client.close()).rejects.toMatchObject({ code: "client_closed" });
  expect(sandbox.ledger()).toHaveLength(5);
});

test("close ends at its deadline, cuts what hangs as unknown, and tells the rest as unsent", async () => {
  const { sandbox, client } = await start({ maxEvents: 5, concurrency: 1 });
  sandbox.setFaults([{ do: "hang", post: 1 }]);
  for (const event of events(20)) client.track(event);
  const receipt = await client.close({ deadlineMs: 300 });
  expect(sums(receipt)).toEqual({ events: 20, accepted: 0, refused: 0, unknown: 5, unsent: 15, queued: 0 });
  expect(receipt.batches.filter(({ reason }) => reason === "closed")).toHaveLength(3);
});

test("a refusal does not end a shutdown", async () => {
  const { sandbox, client } = await start({ maxEvents: 5, concurrency: 1 });
  sandbox.setFaults([{ do: "status", status: 400, take: false, post: 1 }]);
  for (const event of events(20)) client.track(event);
  expect(sums(await client.close())).toMatchObject({ accepted: 15, refused: 5, unsent: 0 });
});

test("with a journal the next client sends what the last one left", async () => {
  const journal = memoryStore();
  const never = { attempts: 2, baseMs: 1_000_000, capMs: 1_000_000 };
  const { sandbox, client, options } = await start({ journal, retry: never });
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

test("a journal that cannot be read is thrown by flush, and events are kept meanwhile", async () => {
  const journal = memoryStore();
  await journal.close();
  const { client } = await start({ journal });
  expect(client.track(events(1)[0] as object).verdict).toBe("clean");
  await expect(client.flush()).rejects.toMatchObject({ code: "store_closed" });
  expect(client.queued).toBe(1);
});

test("a journal that fails does not keep a shutdown from its receipt", async () => {
  const journal = memoryStore();
  const { sandbox, client } = await start({ journal });
  for (const event of events(5)) client.track(event);
  await journal.close();
  const receipt = await client.close();
  expect(receipt).toMatchObject({ events: 5, unsent: 5, storeError: { code: "store_closed" } });
  expect(sandbox.posts()).toHaveLength(0);
});

test("a wrong option is told when the client is made", () => {
  const wrong = { maxQueueEvents: 0, onOverflow: "drop", flushIntervalMs: -1, apiKey: "" };
  for (const [name, value] of Object.entries(wrong)) {
    expect(() => createClient({ apiKey, [name]: value }), name).toThrow(name);
  }
});

test("a client that is not closed keeps no process alive", async () => {
  const script = `import { createClient } from "split-events";
    const client = createClient({ apiKey: "k", endpoint: "http://127.0.0.1:9/" });
    client.track({ eventTypeId: "a", trafficTypeName: "user", key: "k", timestamp: Date.now() });`;
  const cwd = fileURLToPath(new URL("../..", import.meta.url));
  await promisify(execFile)(process.execPath, ["--input-type=module", "-e", script], { cwd, timeout: 4_000 });
});
