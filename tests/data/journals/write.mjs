// Writes journals and ledgers as one build of the package writes them:
//
//     node tests/data/journals/write.mjs FOLDER_OF_A_BUILT_PACKAGE/dist FOLDER_TO_WRITE
//
// Each is the real store of a real run, as it is at one moment. `tests/node/journal-versions.test.ts` and
// `delivery/tests/journal_versions.rs` read them.
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [dist, out] = process.argv.slice(2, 4).map((path) => resolve(path));
const asPage = process.argv[4] === "as-page";
const handlers = {};
if (asPage) {
  Object.assign(globalThis, {
    addEventListener: (name, handler) => void (handlers[name] = handler),
    removeEventListener() {},
    document: { visibilityState: "visible", addEventListener() {}, removeEventListener() {} },
  });
}
const load = (file) => import(pathToFileURL(join(dist, file)).href);
const { send, Sources, Outbox, ...api } = await load(asPage ? "browser.js" : "node.js");
const { memoryStore } = await load("stores/memory.js");
const { directoryStore } = await load("stores/directory.js");
const resolveUnknown = api.resolveUnknown ?? api.resolve;
const listUnknown = api.listUnknown ?? api.unknown;
const resumeImport = api.resumeImport ?? api.resume;

const endpoint = "https://events.example/bulk";
const apiKey = "a-key-for-tests";
mkdirSync(out, { recursive: true });

const event = (n) => ({ eventTypeId: "page", trafficTypeName: "user", key: `k${n}`, timestamp: 1764241200000 + n });
const ndjson = (count) => Array.from({ length: count }, (_, n) => `${JSON.stringify(event(n))}\n`).join("");

/** A value as text, of which a long run of one letter is written as `{{9000x}}`, or as hexadecimal digits. */
function shown(value) {
  const text = new TextDecoder().decode(value);
  const isText = Buffer.from(text).equals(Buffer.from(value)) && ![...text].some((c) => c < " " && c !== "\n");
  const long = /x{1000,}/g;
  if (isText) return text.replace(long, ({ length }) => `{{${length}x}}`);
  const hex = Buffer.from(value).toString("hex");
  return { hex: hex.replace(/(78){1000,}/g, ({ length }) => `{{${length / 2}x}}`) };
}

async function keep(name, store) {
  const entries = {};
  for await (const [key, value] of store.entries()) entries[key] = shown(value);
  writeFileSync(join(out, `${name}.json`), `${JSON.stringify(entries, null, 1)}\n`);
}

/** Answers by the first key of a body: with a status, by failing, or `hang`: when the store is to be kept. */
function service(answers, hang) {
  return async (_, { body }) => {
    const text = typeof body === "string" ? body : new TextDecoder().decode(body);
    const keys = JSON.parse(text).map(({ key }) => key);
    const answer = (answers[keys.join()] ?? answers[keys[0]] ?? [202]).shift() ?? 202;
    if (answer === "hang") {
      await hang();
      return new Response(null, { status: 202 });
    }
    if (answer === "broken") throw Object.assign(new TypeError("fetch failed"), { cause: { code: "ECONNRESET" } });
    return new Response(null, { status: answer, headers: answer === 429 ? { "retry-after": "1" } : {} });
  };
}

const common = { apiKey, endpoint, concurrency: 1, maxEvents: 2, retry: { attempts: 3, baseMs: 1, capMs: 5 } };

/** With bodies, broken off: each state that a part can have, and a pause. */
async function bodies() {
  const journal = memoryStore();
  const answers = { k2: [400], k4: ["broken"], "k6,k7": [413], k7: [413], k8: [429, 202], k10: ["hang"] };
  const input = new Sources([
    { name: "may.ndjson", input: ndjson(4) },
    { name: "june.ndjson", input: `{"broken":1}\n${ndjson(14).split("\n").slice(4).join("\n")}` },
  ]);
  const fetch = service(answers, () => keep("bodies", journal));
  await send(input, { ...common, journal, journalSource: { files: ["may.ndjson", "june.ndjson"] }, fetch });
}

/** With bodies, read to its end, and decided in each of three ways. */
async function decided() {
  const journal = memoryStore();
  const fetch = service({ k0: [202], k2: ["broken"], k4: ["broken"], k6: ["broken"] });
  await send(ndjson(8), { ...common, journal, fetch });
  const ids = (await listUnknown(journal)).map(({ id }) => id);
  for (const [at, as] of ["resend", "drop", "accepted"].entries()) await resolveUnknown(journal, ids[at], as);
  await keep("decided", journal);
}

/** Without bodies, broken off, with a ledger that has duplicates, also among one import's own events. */
async function source() {
  const [journal, ledger] = [memoryStore(), memoryStore()];
  const lines = ndjson(10).split("\n");
  const twice = `${lines[3]}\n${lines[3]}\n`;
  await send(ndjson(2), { ...common, apiKey: "another-key", ledger, fetch: service({}) });
  await send(twice, { ...common, ledger, fetch: service({}) });
  const input = `${lines.slice(0, 4).join("\n")}\n${twice}${lines.slice(4).join("\n")}`;
  const fetch = service({ k4: [202], k6: ["hang"] }, async () => {
    await keep("source", journal);
    await keep("ledger", ledger);
  });
  await send(input, { ...common, maxEvents: 4, journal, journalBodies: false, ledger, fetch });
}

/** Finished. */
async function finished() {
  const journal = memoryStore();
  await send(ndjson(2), { ...common, journal, fetch: service({}) });
  await keep("finished", journal);
}

/** Gone on at another address: what the ledger has of it may be anywhere. */
async function moved() {
  const [journal, ledger] = [memoryStore(), memoryStore()];
  await send(ndjson(4), { ...common, journal, ledger, fetch: service({ k0: [202], k2: ["broken"] }) });
  for (const { id } of await listUnknown(journal)) await resolveUnknown(journal, id, "resend");
  await resumeImport(journal, { apiKey, endpoint: "https://other.example/bulk", ledger, fetch: service({}) });
  await keep("moved-ledger", ledger);
}

/** An outbox, broken off. */
async function outbox() {
  const store = memoryStore();
  const answers = { k0: [202], k2: ["broken"], k4: [400], k6: ["hang"] };
  const { maxEvents, ...options } = common;
  const fetch = service(answers, () => keep("outbox", store));
  const held = await Outbox.open(store, { ...options, fetch });
  for (const n of [0, 2, 4, 6, 8]) {
    const body = new TextEncoder().encode(JSON.stringify([event(n), event(n + 1)]));
    held.add({ id: `batch ${n}`, events: 2, body });
  }
  await held.deliver();
}

/** A page's client: a body in pieces, a draft, and what was tracked before the journal was read. */
async function client() {
  const { createClient, init } = api;
  await init(readFileSync(join(dist, "wasm/split_events_bg.wasm")));
  const store = Object.assign(memoryStore(), { leave() {} });
  const options = { apiKey, endpoint, journal: store, fetch: () => new Promise(() => {}), flushIntervalMs: 3_600_000 };
  const filling = createClient(options);
  await filling.ready?.();
  const large = "x".repeat(9_000);
  for (let n = 0; n < 4; n++) filling.track({ ...event(n), properties: { large: `${n}${large}` } });
  await new Promise((resolve) => setTimeout(resolve, 300));
  handlers.beforeunload?.();
  // another page, left before it has read the journal
  const held = Object.assign(memoryStore(), { leave() {} });
  const late = createClient({ ...options, journal: held });
  for (let n = 8; n < 10; n++) late.track(event(n));
  handlers.pagehide();
  for await (const [key, value] of held.entries()) if (key.startsWith("early/")) store.put(key, value);
  await keep("client", store);
}

/** The log of a directory: one key set twice, and one removed. */
async function log() {
  const folder = mkdtempSync(join(tmpdir(), "split-events-log-"));
  const store = await directoryStore(folder);
  const bytes = (text) => new TextEncoder().encode(text);
  store.put("a", bytes("first"));
  store.put("b", bytes("second"));
  await store.sync();
  store.put("a", bytes("third"));
  store.delete("b");
  store.put("c", bytes(""));
  await store.sync();
  await store.close();
  copyFileSync(join(folder, "store.log"), join(out, "store.log"));
  rmSync(folder, { recursive: true });
}

if (asPage) {
  await client();
} else {
  for (const run of [bodies, decided, source, finished, moved, outbox, log]) await run();
  // the first clients kept neither pieces nor drafts
  if (api.listUnknown) execFileSync(process.execPath, [...process.argv.slice(1, 4), "as-page"], { stdio: "inherit" });
}
process.exit();
