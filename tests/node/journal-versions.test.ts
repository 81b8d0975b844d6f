import { createHash } from "node:crypto";
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { listUnknown, Outbox, type Receipt, resolveUnknown, resumeImport, type Store, send } from "split-events";
import { directoryStore } from "split-events/stores/directory";
import { memoryStore } from "split-events/stores/memory";
import { expect, test } from "vitest";
import { frameOf, HEADER_BYTES, LOG_VERSION } from "../../pkg/src/stores/directory/frame.js";
import { Folder } from "../support/folder.js";

/** Journals of real runs: of commits that wrote version 1, and of the version that is written now. */
const VERSIONS = ["f94be8d", "9525459", "version-2"];
const apiKey = "a-key-for-tests";
const encode = (text: string) => new TextEncoder().encode(text);
const path = (version: string, name: string) =>
  fileURLToPath(new URL(`../data/journals/${version}/${name}`, import.meta.url));

type Shown = string | { hex: string };

/** The store that a version has left, as it is kept: a value is text or hexadecimal digits, `{{3x}}` is `xxx`. */
function left(version: string, name: string): Store {
  const store = memoryStore();
  const entries = JSON.parse(readFileSync(path(version, `${name}.json`), "utf8")) as Record<string, Shown>;
  const unfolded = (text: string, letter: string) =>
    text.replace(/\{\{(\d+)x\}\}/g, (_, length) => letter.repeat(Number(length)));
  for (const [key, shown] of Object.entries(entries)) {
    const isText = typeof shown === "string";
    store.put(key, isText ? encode(unfolded(shown, "x")) : Buffer.from(unfolded(shown.hex, "78"), "hex"));
  }
  return store;
}

/** A service that takes all, and the keys of the events that it was sent. */
function service() {
  const keys: string[] = [];
  const fetch = async (_: unknown, init?: { body?: unknown }) => {
    const body = init?.body;
    const text = typeof body === "string" ? body : new TextDecoder().decode(body as Uint8Array);
    for (const { key } of JSON.parse(text)) keys.push(key);
    return new Response(null, { status: 202 });
  };
  return { keys, fetch: fetch as typeof globalThis.fetch };
}

const sums = ({ accepted, refused, unknown, unsent }: Receipt) => ({ accepted, refused, unknown, unsent });
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, at) => `k${from + at}`);

test.each(VERSIONS)(
  "an import of %s that keeps bodies goes on, and each event of doubt as it is decided",
  async (version) => {
    const journal = left(version, "bodies");
    const { keys, fetch } = service();
    const ids = (await listUnknown(journal)).map(({ id }) => id);
    expect(ids).toEqual([expect.stringMatching(/-3$/), expect.stringMatching(/-6$/)]);
    const first = await resumeImport(journal, { apiKey, fetch });
    expect(sums(first)).toEqual({ accepted: 5, refused: 4, unknown: 4, unsent: 0 });
    expect(keys).toEqual([]);
    await resolveUnknown(journal, "all", "resend");
    expect(sums(await resumeImport(journal, { apiKey, fetch }))).toEqual({
      accepted: 9,
      refused: 4,
      unknown: 0,
      unsent: 0,
    });
    expect(keys).toEqual([...range(4, 6), ...range(10, 12)]);
  },
);

test.each(VERSIONS)("an import of %s goes on as it was decided", async (version) => {
  const { keys, fetch } = service();
  const receipt = await resumeImport(left(version, "decided"), { apiKey, fetch });
  expect(sums(receipt)).toEqual({ accepted: 6, refused: 0, unknown: 2, unsent: 0 });
  expect(keys).toEqual(range(2, 4));
});

test.each(VERSIONS)(
  "an import of %s without bodies finds its source the same, and its ledger knows the rest",
  async (version) => {
    const [journal, ledger] = [left(version, "source"), left(version, "ledger")];
    const line = (n: number) =>
      `{"eventTypeId":"page","trafficTypeName":"user","key":"k${n}","timestamp":${1764241200000 + n}}\n`;
    const source = [0, 1, 2, 3, 3, 3, 4, 5, 6, 7, 8, 9].map(line).join("");
    const { keys, fetch } = service();
    await resolveUnknown(journal, "all", "resend");
    const options = { apiKey, ledger, ledgerDays: 1e6, fetch };
    const receipt = await resumeImport(journal, { ...options, source });
    expect(sums(receipt)).toEqual({ accepted: 8, refused: 0, unknown: 0, unsent: 4 });
    expect(keys).toEqual(range(6, 10));
    const endpoint = "https://events.example/bulk";
    expect(sums(await send(source, { ...options, endpoint }))).toEqual({
      accepted: 0,
      refused: 0,
      unknown: 0,
      unsent: 12,
    });
  },
);

test.each(VERSIONS)("a finished import of %s says again how it ended", async (version) => {
  const { keys, fetch } = service();
  const receipt = await resumeImport(left(version, "finished"), { apiKey, fetch });
  expect(receipt).toMatchObject({ events: 2, accepted: 2, complete: true, hookErrors: 0 });
  expect(keys).toEqual([]);
});

test.each(VERSIONS)("an outbox of %s delivers what it held", async (version) => {
  const { keys, fetch } = service();
  const store = left(version, "outbox");
  const outbox = await Outbox.open(store, { apiKey, fetch });
  const idsOf = (state: "unknown" | "refused") => outbox.list(state).map(({ id }) => id);
  expect([idsOf("unknown"), idsOf("refused")]).toEqual([["batch 2", "batch 6"], ["batch 4"]]);
  await outbox.deliver();
  expect(keys).toEqual(range(8, 10));
  outbox.resolve("batch 6", "resend");
  await outbox.deliver();
  expect(keys).toEqual([...range(8, 10), ...range(6, 8)]);
  await outbox.close();
  await expect(resumeImport(store, { apiKey })).rejects.toThrow("this is the journal of a client or an Outbox");
});

test.each(VERSIONS.slice(1))(
  "a client's batches of %s are sent, also from pieces and of a page left early",
  async (version) => {
    const { keys, fetch } = service();
    const outbox = await Outbox.open(left(version, "client"), { apiKey, fetch });
    await outbox.deliver();
    expect(keys).toEqual([...range(0, 4), ...range(8, 10)]);
    await outbox.close();
  },
);

test("a journal or ledger of a newer version is refused in a line that says so, and what to do", async () => {
  const newer = encode('{"version":3,"batches":[]}');
  const line =
    /^the journal was written by a newer split-events: "(batch\/000000000001|import)" is of version 3, and this one reads up to 2\. Use the split-events that wrote it, or a newer one$/;
  for (const key of ["batch/000000000001", "import"]) {
    const journal = left("version-2", "bodies");
    journal.put(key, newer);
    for (const read of [listUnknown(journal), resumeImport(journal, { apiKey }), Outbox.open(journal, { apiKey })]) {
      await expect(read).rejects.toMatchObject({ code: "journal_unreadable", message: expect.stringMatching(line) });
    }
  }
  const damaged = left("version-2", "bodies");
  damaged.put("import", encode('{"version":2,'));
  await expect(listUnknown(damaged)).rejects.toMatchObject({
    code: "journal_unreadable",
    message: 'the journal holds "import", which is no entry of a journal, or is damaged: give another journal',
  });
  const ledger = memoryStore();
  const entry = new DataView(new ArrayBuffer(48));
  entry.setUint32(28, 3, true);
  ledger.put("b85748d27912abba/1:0-1", new Uint8Array(entry.buffer));
  await expect(send("[]", { apiKey, ledger })).rejects.toMatchObject({
    code: "ledger_unreadable",
    message: expect.stringMatching(
      /^the ledger was written by a newer split-events: ".*" is of version 3, and this one/,
    ),
  });
});

test.each(VERSIONS)("the log of a directory of %s is read", async (version) => {
  const folder = new Folder();
  copyFileSync(path(version, "store.log"), folder.file("store.log"));
  const store = await directoryStore(folder.path);
  const found: [string, string][] = [];
  for await (const [key, value] of store.entries()) found.push([key, new TextDecoder().decode(value)]);
  expect(found).toEqual([
    ["a", "third"],
    ["c", ""],
  ]);
  await store.close();
});

test("a log is written byte for byte as this version wrote it before", () => {
  expect(LOG_VERSION, "a new version needs a log of its own in tests/data/journals").toBe(1);
  const log = readFileSync(path("version-2", "store.log"));
  const salt = log.subarray(16, 24);
  const first = frameOf(
    salt,
    HEADER_BYTES,
    new Map([
      ["a", encode("first")],
      ["b", encode("second")],
    ]),
  ).frame;
  const changes = new Map([
    ["a", encode("third")],
    ["b", undefined],
    ["c", encode("")],
  ]);
  const second = frameOf(salt, HEADER_BYTES + first.length, changes).frame;
  expect(Buffer.concat([log.subarray(0, HEADER_BYTES), first, second])).toEqual(log);
});

test("a log of a newer version is refused in a line that says so, and stays as it is", async () => {
  const folder = new Folder();
  const log = readFileSync(path("version-2", "store.log"));
  log.writeUInt32LE(2, 12);
  createHash("sha256").update(log.subarray(0, 24)).digest().copy(log, 24, 0, 8);
  writeFileSync(folder.file("store.log"), log);
  await expect(directoryStore(folder.path)).rejects.toMatchObject({
    code: "store_failed",
    message: `${join(folder.path, "store.log")} was written by a newer split-events: it is of version 2, and this one reads up to 1. Use the split-events that wrote it, or a newer one`,
  });
  expect(readFileSync(folder.file("store.log"))).toEqual(log);
});
