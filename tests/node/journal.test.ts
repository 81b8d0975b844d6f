import {
  type Attempted,
  Batcher,
  type ClientOptions,
  Control,
  check,
  createClient,
  InputError,
  listUnknown,
  type Receipt,
  resolveUnknown,
  resumeImport,
  Sources,
  type Store,
  send,
} from "split-events";
import { memoryStore } from "split-events/stores/memory";
import { expect, test } from "vitest";
import { events, ndjson, parseNdjson } from "../support/events.js";
import { keysIn, startSandbox } from "../support/sandbox.js";

const apiKey = "a-key-for-tests";
const retry = { attempts: 3, baseMs: 1, capMs: 5 };

function sums({ accepted, refused, unknown, unsent }: Receipt) {
  return { accepted, refused, unknown, unsent };
}

test("a batch that was not taken is sent again, and every event is in the ledger once", async () => {
  const sandbox = await startSandbox();
  sandbox.setFaults([{ do: "status", status: 503, times: 2 }]);
  const attempts: Attempted[] = [];
  const receipt = await send(events(40), {
    ...{ apiKey, endpoint: sandbox.endpoint, retry, maxEvents: 10, onAttempt: (attempt) => attempts.push(attempt) },
  });
  expect(sums(receipt)).toEqual({ accepted: 40, refused: 0, unknown: 0, unsent: 0 });
  expect(receipt.batches[0]?.attempts.map((attempt) => "status" in attempt && attempt.status)).toEqual([503, 503, 202]);
  expect(attempts).toHaveLength(6);
  expect(new Set(keysIn(sandbox)).size).toBe(40);
  expect(keysIn(sandbox)).toHaveLength(40);
});

test("a finished journal sends nothing again, and has the same receipt", async () => {
  const sandbox = await startSandbox();
  const journal = memoryStore();
  const receipt = await send(events(25), { apiKey, endpoint: sandbox.endpoint, maxEvents: 10, journal });
  const again = await resumeImport(journal, { apiKey, endpoint: sandbox.endpoint });
  expect(again).toEqual(receipt);
  expect(sandbox.posts()).toHaveLength(3);
  await expect(send(events(1), { apiKey, endpoint: sandbox.endpoint, journal })).rejects.toMatchObject({
    code: "journal_used",
  });
});

test("a resumed import goes to the same endpoint, and must be given it if it had a query", async () => {
  const sandbox = await startSandbox();
  const fetch = async () => new Response(null, { status: 401 });
  const journal = memoryStore();
  await send(events(20), { apiKey, endpoint: sandbox.endpoint, maxEvents: 10, journal, fetch });
  expect(sums(await resumeImport(journal, { apiKey }))).toEqual({ accepted: 20, refused: 0, unknown: 0, unsent: 0 });
  expect(keysIn(sandbox)).toHaveLength(20);

  const withQuery = memoryStore();
  await send(events(20), { apiKey, endpoint: `${sandbox.endpoint}?token=hunter2`, journal: withQuery, fetch });
  await expect(resumeImport(withQuery, { apiKey })).rejects.toMatchObject({ code: "endpoint_missing" });
  const receipt = await resumeImport(withQuery, { apiKey, endpoint: sandbox.endpoint });
  expect(sums(receipt)).toEqual({ accepted: 20, refused: 0, unknown: 0, unsent: 0 });
});

test("a wrong address costs one request, and its batch is sent to the right address later", async () => {
  const sandbox = await startSandbox();
  const journal = memoryStore();
  const wrong = `${sandbox.url}/api/wrong`;
  const first = await send(events(40), { apiKey, endpoint: wrong, maxEvents: 10, journal });
  expect(sums(first)).toEqual({ accepted: 0, refused: 10, unknown: 0, unsent: 30 });
  expect(first.stopped).toMatchObject({ reason: "not_found" });
  expect(first.stopped?.message).toMatch(/answered 404.*Is this the address of the service\?$/);
  const second = await resumeImport(journal, { apiKey, endpoint: sandbox.endpoint });
  expect(sums(second)).toEqual({ accepted: 40, refused: 0, unknown: 0, unsent: 0 });
  expect(keysIn(sandbox)).toHaveLength(40);
});

test("a value that is not a store is refused in one line, and options that are null count as not given", async () => {
  for (const name of ["journal", "ledger"]) {
    await expect(send(events(1), { apiKey, [name]: "june" })).rejects.toMatchObject({
      code: "invalid_option",
      message: `${name} must be a store such as memoryStore(), not "june": open it by directoryStore()`,
    });
  }
  await expect(resumeImport(5 as unknown as Store, { apiKey })).rejects.toThrow("journal must be a store such as");
  const none = null as unknown as undefined;
  expect((await check(events(1), none)).clean).toBe(1);
  expect(new Batcher(none).push(events(1))).toEqual([]);
  expect(() => createClient(none as unknown as ClientOptions)).toThrow("apiKey is missing");
});

for (const journalBodies of [true, false]) {
  const kept = journalBodies ? "from the bodies that the journal keeps" : "from the source again";
  test(`a stopped import is resumed ${kept}, and its receipt covers all of it`, async () => {
    const sandbox = await startSandbox();
    const journal = memoryStore();
    const input = ndjson(events(40).map((event, at) => (at === 7 ? { ...event, key: "" } : event)));
    const stop = new AbortController();
    const options = { apiKey, endpoint: sandbox.endpoint, maxEvents: 10, concurrency: 1, journal, journalBodies };
    const onAttempt = () => stop.abort();
    const first = await send(input, { ...options, signal: stop.signal, onAttempt });
    expect(sums(first)).toEqual({ accepted: 10, refused: 1, unknown: 0, unsent: 29 });
    const source = journalBodies ? {} : { source: input };
    const second = await resumeImport(journal, { apiKey, endpoint: sandbox.endpoint, ...source });
    expect(sums(second)).toEqual({ accepted: 39, refused: 1, unknown: 0, unsent: 0 });
    expect(second.events).toBe(40);
    expect(second.issueCounts).toMatchObject({ key_empty: 1 });
    expect(new Set(keysIn(sandbox)).size).toBe(39);
    expect(keysIn(sandbox)).toHaveLength(39);
  });
}

test("a source that cannot be read on, since the journal keeps bodies, is refused and not ignored", async () => {
  const sandbox = await startSandbox();
  const journal = memoryStore();
  const stop = new AbortController();
  const options = { apiKey, endpoint: sandbox.endpoint, maxEvents: 10, concurrency: 1, journal };
  await send(events(40), { ...options, signal: stop.signal, onAttempt: () => stop.abort() });
  const resumed = resumeImport(journal, { apiKey, endpoint: sandbox.endpoint, source: events(40) });
  await expect(resumed).rejects.toMatchObject({ name: "ConfigError", code: "source_unused" });
  expect(sums(await resumeImport(journal, { apiKey, endpoint: sandbox.endpoint }))).toMatchObject({ accepted: 40 });
});

test("a batch that was refused for a wrong key is sent once the key is right", async () => {
  const sandbox = await startSandbox();
  sandbox.setFaults([{ do: "status", status: 401, times: 1 }]);
  const journal = memoryStore();
  const wrong = await send(events(12), { apiKey, endpoint: sandbox.endpoint, maxEvents: 5, journal });
  expect(sums(wrong)).toEqual({ accepted: 0, refused: 5, unknown: 0, unsent: 7 });
  const right = await resumeImport(journal, { apiKey: "another-key", endpoint: sandbox.endpoint });
  expect(sums(right)).toEqual({ accepted: 12, refused: 0, unknown: 0, unsent: 0 });
});

test("a source that has changed is refused before anything is sent", async () => {
  const sandbox = await startSandbox();
  const journal = memoryStore();
  const input = ndjson(events(40));
  const stop = new AbortController();
  const options = { apiKey, endpoint: sandbox.endpoint, maxEvents: 10, concurrency: 1, journal, journalBodies: false };
  await send(input, { ...options, signal: stop.signal, onAttempt: () => stop.abort() });
  const changed = resumeImport(journal, {
    apiKey,
    endpoint: sandbox.endpoint,
    source: input.replace("user-3", "user-x"),
  });
  await expect(changed).rejects.toThrow(InputError);
  await expect(changed).rejects.toMatchObject({ code: "source_changed" });
  expect(sandbox.posts()).toHaveLength(1);
});

test("unknown batches are listed, and the user decides", async () => {
  const sandbox = await startSandbox();
  sandbox.setFaults([
    { do: "reset", take: true, post: 2 },
    { do: "status", status: 500, take: false, post: 3 },
    { do: "status", status: 500, take: true, post: 5 },
  ]);
  const journal = memoryStore();
  const options = { apiKey, endpoint: sandbox.endpoint, maxEvents: 10, concurrency: 1 };
  const receipt = await send(events(50), { ...options, journal });
  expect(sums(receipt)).toEqual({ accepted: 20, refused: 0, unknown: 30, unsent: 0 });
  const open = await listUnknown(journal);
  expect(open.map(({ events }) => events)).toEqual([10, 10, 10]);
  const [first, second, third] = open.map(({ id }) => id) as [string, string, string];
  await resolveUnknown(journal, first, "accepted");
  await resolveUnknown(journal, second, "resend");
  await resolveUnknown(journal, third, "drop");
  expect((await listUnknown(journal)).map(({ decided }) => decided)).toEqual(["accepted", "resend", "drop"]);
  await expect(resolveUnknown(journal, first, "drop")).rejects.toMatchObject({
    code: "not_unknown",
    message: expect.stringContaining("is already resolved as accepted"),
  });
  const after = await resumeImport(journal, { apiKey, endpoint: sandbox.endpoint });
  expect(sums(after)).toEqual({ accepted: 40, refused: 0, unknown: 10, unsent: 0 });
  expect(keysIn(sandbox)).toHaveLength(50);
  expect(new Set(keysIn(sandbox)).size).toBe(50);
});

/** Makes an import of 5 batches with 10 events. The second, third and fifth are unknown; the third was not taken. */
async function withUnknown(journalBodies: boolean) {
  const sandbox = await startSandbox();
  sandbox.setFaults([
    { do: "reset", take: true, post: 2 },
    { do: "status", status: 500, take: false, post: 3 },
    { do: "status", status: 500, take: true, post: 5 },
  ]);
  const journal = memoryStore();
  const options = { apiKey, endpoint: sandbox.endpoint, maxEvents: 10, concurrency: 1 };
  const source = ndjson(events(50));
  await send(source, { ...options, journal, journalBodies });
  const ids = (await listUnknown(journal)).map(({ id }) => id) as [string, string, string];
  const more = journalBodies ? {} : { source };
  return {
    sandbox,
    journal,
    ids,
    resumed: () => resumeImport(journal, { apiKey, endpoint: sandbox.endpoint, ...more }),
  };
}

for (const journalBodies of [true, false]) {
  const kept = journalBodies ? "with bodies" : "without bodies";
  test(`a decision can be taken back until the import is resumed, ${kept}, and then another one counts`, async () => {
    const { sandbox, journal, ids, resumed } = await withUnknown(journalBodies);
    const before = await listUnknown(journal);
    expect(await resolveUnknown(journal, ids, "accepted")).toEqual(ids);
    expect(await resolveUnknown(journal, "all", "accepted")).toEqual([]);
    expect(await resolveUnknown(journal, "all", "unknown")).toEqual(ids);
    // unknown again, with its reason
    expect(await listUnknown(journal)).toEqual(before);
    await resolveUnknown(journal, "all", "drop");
    await resolveUnknown(journal, [ids[0], ids[1]], "unknown");
    await resolveUnknown(journal, ids[0], "accepted");
    await resolveUnknown(journal, ids[1], "resend");
    expect(sums(await resumed())).toEqual({ accepted: 40, refused: 0, unknown: 10, unsent: 0 });
    expect(keysIn(sandbox)).toHaveLength(50);
    expect(await listUnknown(journal)).toEqual([]);
    // now resume has acted on the decisions
    for (const [id, message] of [
      [ids[0], "was resolved as accepted, and that is final"],
      [ids[1], "is accepted and not unknown"],
      [ids[2], "was resolved as drop, and that is final"],
    ] as const) {
      await expect(resolveUnknown(journal, id, "unknown")).rejects.toThrow(message);
    }
  });
}

test("a decision to resend can be taken back if the resumed import was stopped before it sent the batch", async () => {
  const { sandbox, journal, ids } = await withUnknown(true);
  await resolveUnknown(journal, ids[1], "resend");
  const stop = AbortSignal.abort();
  const stopped = await resumeImport(journal, { apiKey, endpoint: sandbox.endpoint, signal: stop });
  expect(sums(stopped)).toEqual({ accepted: 20, refused: 0, unknown: 20, unsent: 10 });
  expect((await listUnknown(journal)).map(({ decided }) => decided)).toEqual([undefined, "resend", undefined]);
  await resolveUnknown(journal, ids[1], "unknown");
  const resumed = await resumeImport(journal, { apiKey, endpoint: sandbox.endpoint });
  expect(sums(resumed)).toEqual({ accepted: 20, refused: 0, unknown: 30, unsent: 0 });
  expect(sandbox.posts()).toHaveLength(5);
});

test("an id that cannot be decided is an error that says why, and then none of the ids is decided", async () => {
  const { journal, ids } = await withUnknown(true);
  const [first] = ids;
  const run = first.slice(0, first.indexOf("-"));
  for (const [id, as, message] of [
    [`${run}-1`, "drop", "is accepted and not unknown: the service has taken it"],
    [`${run}-9`, "drop", "the journal has no batch"],
    ["x", "unknown", "the journal has no batch"],
    [first, "unknown", "is unknown and not resolved"],
  ] as const) {
    await expect(resolveUnknown(journal, [ids[1], id], as)).rejects.toThrow(as === "unknown" ? "unknown" : message);
    await expect(resolveUnknown(journal, id, as)).rejects.toThrow(message);
  }
  expect((await listUnknown(journal)).map(({ decided }) => decided)).toEqual([undefined, undefined, undefined]);
  await expect(resolveUnknown(journal, ids, "lost" as "drop")).rejects.toMatchObject({ code: "invalid_option" });
});

test("the error says if a batch was sent in parts, refused, or not sent", async () => {
  const sandbox = await startSandbox();
  sandbox.setFaults([
    { do: "status", status: 413, bytesOver: 600, take: false },
    { do: "status", status: 400, contains: "user-12", take: false },
    { do: "reset", take: true },
  ]);
  const journal = memoryStore();
  await send(events(60), { apiKey, endpoint: sandbox.endpoint, maxEvents: 10, concurrency: 1, journal });
  const listed = await listUnknown(journal);
  const part = listed.find(({ id }) => id.includes(":"))?.id as string;
  const whole = part.slice(0, part.indexOf(":"));
  await expect(resolveUnknown(journal, whole, "drop")).rejects.toThrow("was sent in parts");
  await resolveUnknown(journal, part, "drop");
  const last = `${whole.slice(0, whole.indexOf("-"))}-6`;
  await expect(resolveUnknown(journal, last, "drop")).rejects.toThrow(/is unsent and not unknown: it is sent when/);
});

test("equal events in a later import are unsent as duplicates, but not within one import", async () => {
  const sandbox = await startSandbox();
  const ledger = memoryStore();
  const same = events(30);
  const options = { apiKey, endpoint: sandbox.endpoint, maxEvents: 7, ledger };
  const twice = [...same, ...same.slice(0, 5)];
  expect(sums(await send(twice, options))).toEqual({ accepted: 35, refused: 0, unknown: 0, unsent: 0 });
  const again = await send(twice, options);
  expect(sums(again)).toEqual({ accepted: 0, refused: 0, unknown: 0, unsent: 35 });
  expect(again.duplicates).toBe(35);
  expect(again.batches.every(({ reason }) => reason === "duplicate")).toBe(true);
  const more = await send([...same, ...events(33).slice(30)], options);
  expect(sums(more)).toEqual({ accepted: 3, refused: 0, unknown: 0, unsent: 30 });
  expect(sandbox.ledger()).toHaveLength(38);
});

test("a paused send posts nothing until it is resumed", async () => {
  const sandbox = await startSandbox();
  const control = new Control();
  const options = { apiKey, endpoint: sandbox.endpoint, maxEvents: 5, concurrency: 1, control };
  let posts = 0;
  const onAttempt = () => {
    posts += 1;
    if (posts !== 2) return;
    control.pause();
    setTimeout(() => {
      postsWhilePaused = sandbox.posts().length;
      control.resume();
    }, 50);
  };
  let postsWhilePaused: number | undefined;
  const receipt = await send(events(30), { ...options, onAttempt });
  expect(receipt.accepted).toBe(30);
  expect(posts).toBe(6);
  expect(postsWhilePaused).toBe(2);
});

test("a ledger that lags behind its journal after a crash learns on resume what may have been taken", async () => {
  const sandbox = await startSandbox();
  sandbox.setFaults([{ post: 2, do: "hang", take: false }]);
  const [journal, crashed, ledger] = [memoryStore(), memoryStore(), memoryStore()];
  const options = { apiKey, endpoint: sandbox.endpoint, concurrency: 1 };
  const cut = new AbortController();
  const all = events(30);
  const sending = send(all, { ...options, maxEvents: 10, journal, ledger: memoryStore(), cutSignal: cut.signal });
  await expect.poll(() => sandbox.posts().length).toBe(2);
  for await (const [key, value] of journal.entries()) crashed.put(key, value);
  cut.abort();
  await sending;
  const resumed = await resumeImport(crashed, { ...options, ledger });
  expect(sums(resumed)).toEqual({ accepted: 20, refused: 0, unknown: 10, unsent: 0 });
  expect(await send(all.slice(10, 20), { ...options, ledger })).toMatchObject({ duplicates: 10 });
});

for (const journalBodies of [true, false]) {
  test(`events that another import delivered meanwhile are held back on resume, with bodies: ${journalBodies}`, async () => {
    const sandbox = await startSandbox();
    sandbox.setFaults([{ do: "status", status: 503, take: false, post: 2, times: 1 }]);
    const stop = new AbortController();
    const onAttempt = ({ attempt }: Attempted) => "status" in attempt && attempt.status === 503 && stop.abort();
    const options = { apiKey, endpoint: sandbox.endpoint, maxEvents: 10, concurrency: 1, ledger: memoryStore() };
    const [journal, source] = [memoryStore(), events(40)];
    const first = await send(source, { ...options, journal, journalBodies, signal: stop.signal, onAttempt });
    expect(sums(first)).toEqual({ accepted: 10, refused: 0, unknown: 0, unsent: 30 });
    const between = await send(source.slice(0, 35), { ...options, maxEvents: 100 });
    expect(between).toMatchObject({ accepted: 25, unsent: 10, duplicates: 10 });
    const lines: Uint8Array[] = [];
    const last = await resumeImport(journal, {
      ...{ apiKey, endpoint: sandbox.endpoint, ledger: options.ledger },
      ...(!journalBodies && { source }),
      onUndelivered: (_, some) => void lines.push(some),
    });
    expect(last).toMatchObject({ events: 40, accepted: 15, unsent: 25, duplicates: 25 });
    expect(parseNdjson(Buffer.concat(lines).toString())).toHaveLength(25);
    expect([keysIn(sandbox).length, new Set(keysIn(sandbox)).size]).toEqual([40, 40]);
    const again = await resumeImport(journal, { apiKey, endpoint: sandbox.endpoint, ledger: options.ledger });
    expect(again).toMatchObject({ events: 40, accepted: 15, unsent: 25, duplicates: 25 });
    expect(keysIn(sandbox)).toHaveLength(40);
  });
}

test("a store with other content is refused as ledger, and not changed", async () => {
  const journal = memoryStore();
  const sandbox = await startSandbox();
  const options = { apiKey, endpoint: sandbox.endpoint };
  await send(events(1), { ...options, journal });
  await expect(send(events(1), { ...options, ledger: journal })).rejects.toMatchObject({ code: "ledger_unreadable" });
  expect(await listUnknown(journal)).toEqual([]);
  expect(sandbox.posts()).toHaveLength(1);
});

test("the receipt says that an input was not read to its end, and names the file of each event", async () => {
  const sandbox = await startSandbox();
  sandbox.setFaults([{ post: 2, do: "hang" }]);
  const [journal, crashed] = [memoryStore(), memoryStore()];
  const options = { apiKey, endpoint: sandbox.endpoint, concurrency: 1 };
  const stop = new AbortController();
  async function* endless() {
    yield new TextEncoder().encode(ndjson(events(30)));
    await new Promise((resolve) => stop.signal.addEventListener("abort", resolve));
  }
  const source = new Sources([{ name: "pipe", input: endless() }]);
  const sending = send(source, { ...options, maxEvents: 10, journal, signal: stop.signal, cutSignal: stop.signal });
  await expect.poll(() => sandbox.posts().length).toBe(2);
  for await (const [key, value] of journal.entries()) crashed.put(key, value);
  stop.abort();
  await sending;
  const lines: string[] = [];
  const onUndelivered = (_: string, bytes: Uint8Array) => void lines.push(new TextDecoder().decode(bytes));
  const resumed = await resumeImport(crashed, { ...options, onUndelivered });
  expect(resumed).toMatchObject({ unknown: 10, unsent: 0, complete: false });
  expect(parseNdjson<{ file: string }>(lines.join("")).map(({ file }) => file)).toEqual(Array(10).fill("pipe"));
  expect(await resumeImport(crashed, options)).toEqual(resumed);
});

test("a user's own store needs only entries, put, delete, sync and close", async () => {
  const sandbox = await startSandbox();
  const kept = memoryStore();
  const { entries, put, delete: remove, sync, close } = kept;
  const journal = { entries, put, delete: remove, sync, close };
  const options = { apiKey, endpoint: sandbox.endpoint };
  const receipt = await send(events(5), { ...options, journal });
  expect(await resumeImport(journal, options)).toEqual(receipt);
  expect(receipt.accepted).toBe(5);
});

test("one client or import at a time uses a store as its journal, and not as its ledger too", async () => {
  const sandbox = await startSandbox();
  const options = { apiKey, endpoint: sandbox.endpoint };
  const journal = memoryStore();
  const client = createClient({ ...options, journal });
  const locked = expect.objectContaining({ name: "StoreError", code: "store_locked" });
  expect(() => createClient({ ...options, journal })).toThrow(locked);
  await client.close();
  await createClient({ ...options, journal }).close();
  await expect(send(events(1), { ...options, journal })).rejects.toMatchObject({
    message: expect.stringContaining("the journal of a client or an Outbox"),
  });
  const both = memoryStore();
  await expect(send(events(1), { ...options, journal: both, ledger: both })).rejects.toMatchObject({
    ...{ name: "ConfigError", message: expect.stringContaining("two stores") },
  });
  expect(sandbox.posts()).toHaveLength(0);
  for (const store of ["journal", "ledger"]) {
    const twice = [1, 2].map(() => send(events(1), { ...options, [store]: both }));
    const [first, second] = await Promise.allSettled(twice);
    expect([first?.status, second?.status]).toEqual(["fulfilled", "rejected"]);
    for await (const [key] of both.entries()) both.delete(key);
  }
  expect(sandbox.posts()).toHaveLength(2);
});

test("a client with the journal of an import reports it when it flushes or tracks", async () => {
  const sandbox = await startSandbox();
  const options = { apiKey, endpoint: sandbox.endpoint };
  const journal = memoryStore();
  await send(events(1), { ...options, journal });
  const client = createClient({ ...options, journal, onRefused: () => {} });
  await expect(client.flush()).rejects.toMatchObject({ name: "StoreError", code: "store_failed" });
  expect(client.track(events(1)[0] as object)).toMatchObject({ verdict: "rejected", reason: "journal_failed" });
  expect(client.receipt().storeError?.message).toContain("a store of its own");
});

test("a value that is not an id is refused", async () => {
  for (const ids of [null, undefined, 5, [5]]) {
    await expect(resolveUnknown(memoryStore(), ids as unknown as string, "drop")).rejects.toMatchObject({
      ...{ name: "ConfigError", code: "invalid_option" },
    });
  }
});

test("statuses that are not a plain object with own entries are refused", async () => {
  for (const statuses of [new Map([[503, "unknown"]]), Object.create({ 503: "unknown" }), new Date()]) {
    await expect(send(events(1), { apiKey, statuses })).rejects.toMatchObject({ code: "invalid_option" });
  }
});
