import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import * as whole from "split-events";
import * as checks from "split-events/check";
import * as clients from "split-events/client";
import { beforeAll, describe, expect, test } from "vitest";
import { event, events, ndjson } from "../support/events.js";

const NOW = Date.UTC(2026, 10, 20);
const CLEAN = { eventTypeId: "page_load", trafficTypeName: "user", key: "ada", timestamp: NOW - 60_000, value: 1 };

/** Events of every verdict. */
const EVENTS: readonly object[] = [
  CLEAN,
  { ...CLEAN, properties: { plan: "pro", seats: 3, trial: false, none: null } },
  { ...CLEAN, key: "jürgen \u{1f600}", value: -0.5e-3 },
  { ...CLEAN, timestamp: Math.floor(CLEAN.timestamp / 1000) },
  { ...CLEAN, timestamp: "2026-11-19T10:00:00+01:00" },
  { ...CLEAN, trafficTypeName: " User " },
  { ...CLEAN, key: 12345678901234567890n.toString() },
  { ...CLEAN, key: 42, value: "3" },
  { ...CLEAN, key: "null" },
  { ...CLEAN, extra: true, properties: { nested: { deep: [1, "two"] } } },
  { ...CLEAN, eventTypeId: "page load" },
  { ...CLEAN, key: "" },
  { ...CLEAN, value: "much", properties: "none" },
  { ...CLEAN, timestamp: NOW - 100 * 24 * 60 * 60 * 1000 },
  { trafficTypeName: "user" },
  { events: [CLEAN] },
];

/** Inputs that every part with a check reads, by what they are. */
const INPUTS: Record<string, Uint8Array | object[]> = {
  array: bytes(JSON.stringify(many())),
  ndjson: bytes(ndjson(many())),
  pretty: bytes(JSON.stringify(many(), null, 2)),
  "with a byte order mark": bytes(`\ufeff${JSON.stringify(EVENTS)}`),
  "cut off": bytes(JSON.stringify(EVENTS).slice(0, -20)),
  "side by side": bytes(`${JSON.stringify(CLEAN)}${JSON.stringify(CLEAN)},\n${JSON.stringify(CLEAN)}`),
  objects: many() as object[],
};

const worker: typeof checks & { setEntry(entry: { runtime: "node" }): void } = await import(
  new URL("../../pkg/dist/worker/shared/api.js", import.meta.url).href
);

beforeAll(async () => {
  worker.setEntry({ runtime: "node" });
  const module = new URL("../../pkg/dist/worker/wasm/split_events_bg.wasm", import.meta.url);
  await worker.init(readFileSync(module));
});

describe.each(Object.keys(INPUTS))("of the input %s", (name) => {
  test.each([
    ["split-events/check", checks],
    ["the Worker's part", worker],
  ])("%s has the verdicts, issues and bodies of the whole", (_, part) => {
    expect(outcome(part, INPUTS[name] as Uint8Array)).toEqual(outcome(whole, INPUTS[name] as Uint8Array));
  });
});

test("split-events/client has the verdicts and issues of the whole, and queues the same bodies", async () => {
  const [own, others] = await Promise.all([clients, whole].map(tracked));
  expect(own).toEqual(others);
});

test("all parts throw the same classes of errors", () => {
  for (const part of [checks, clients, worker]) {
    expect(part.ConfigError).toBe(whole.ConfigError);
    expect(part.ModuleError).toBe(whole.ModuleError);
  }
  expect(checks.InputError).toBe(whole.InputError);
  expect(clients.StoreError).toBe(whole.StoreError);
});

test.each([
  ["knownKeys", ["ada"]],
  ["preset", "segment"],
  ["map", { user_id: "key" }],
  ["set", { trafficTypeName: "user" }],
  ["mapping", {}],
  ["separator", ";"],
  ["sheet", "Sheet1"],
])("split-events/check says that the option %s is taken by split-events", async (name, value) => {
  const error = `the option ${name} is taken by split-events, not by split-events/check: import from "split-events"`;
  await expect(checks.check("[]", { [name]: value })).rejects.toThrow(new checks.ConfigError("part_lacks", error));
});

test("split-events/client takes no known keys", () => {
  const options = { apiKey: "a-key", knownKeys: ["ada"] };
  expect(() => clients.createClient(options)).toThrow(
    'the option knownKeys is taken by split-events, not by split-events/client: import from "split-events"',
  );
});

const NO_JSON =
  'the input is neither JSON nor NDJSON: tables, and files of other kinds, are read by split-events, not by split-events/check: import from "split-events"';

test("split-events/check reads no tables", async () => {
  const table = "key,eventTypeId,trafficTypeName,timestamp\nada,buy,user,1\n";
  await expect(checks.check(table)).rejects.toThrow(NO_JSON);
  await expect(checks.check(table, { format: "csv" })).rejects.toThrow("format csv is read by split-events, not by");
  const batcher = new checks.Batcher();
  expect(() => [batcher.push(table), batcher.finish()]).toThrow(NO_JSON);
});

test("split-events/check reads gzip by the runtime's own means", async () => {
  const packed = gzipSync(ndjson(events(3)));
  expect(await checks.check(packed)).toMatchObject({ events: 3, clean: 3 });
  expect(await checks.check(new Blob([packed]).stream())).toMatchObject({ events: 3 });
  await expect(checks.check(packed.subarray(0, -20))).rejects.toMatchObject({ cause: { code: "gzip_corrupt" } });
  const failing = new ReadableStream({
    start: (stream) => stream.enqueue(packed.subarray(0, 30)),
    pull: () => Promise.reject(new Error("the disk is gone")),
  });
  await expect(checks.check(failing)).rejects.toThrow("the disk is gone");
});

test("split-events/check suggests the option that was probably meant", async () => {
  await expect(checks.check("[]", { normaliseNames: true } as object)).rejects.toThrow("did you mean normalizeNames?");
});

test("split-events/check reads text, blobs and streams", async () => {
  const text = ndjson(events(3));
  for (const input of [
    text,
    new Blob([text]),
    new Response(text),
    new Blob([text]).stream(),
    [event(1), event(2), event(3)],
  ]) {
    expect(await checks.check(input)).toMatchObject({ events: 3, clean: 3 });
  }
});

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** Enough events for several chunks and bodies. */
function many(): object[] {
  return Array.from({ length: 60 }, (_, round) =>
    EVENTS.map((each) => ({ ...each, round: undefined, ...(round % 7 === 0 && { value: round }) })),
  ).flat();
}

/** Returns a digest of the bodies, and the report. */
function outcome({ Batcher }: Pick<typeof checks, "Batcher">, input: Uint8Array | object[]): unknown {
  const batcher = new Batcher({ now: NOW, maxEvents: 100, keepRefused: true });
  const digest = createHash("sha256");
  const chunks = input instanceof Uint8Array ? cut(input, 1_000) : [input];
  const batches = [...chunks.flatMap((chunk) => batcher.push(chunk)), ...batcher.finish()];
  for (const { body, events } of batches) digest.update(body).update(String(events));
  digest.update(batcher.takeRefused());
  return { digest: digest.digest("hex"), report: batcher.report };
}

function cut(data: Uint8Array, length: number): Uint8Array[] {
  return Array.from({ length: Math.ceil(data.length / length) }, (_, at) => data.slice(at * length, (at + 1) * length));
}

/** Tracks all events, and returns what the client said of each, and the bodies that it posted. */
async function tracked({ createClient }: Pick<typeof clients, "createClient">): Promise<unknown> {
  const bodies: string[] = [];
  const client = createClient({
    ...{ apiKey: "a-key", now: NOW, maxEvents: 5, onRefused: () => {} },
    fetch: async (_, init) => {
      bodies.push(new TextDecoder().decode((init as { body: Uint8Array }).body));
      return new Response("", { status: 202 });
    },
  });
  const said = EVENTS.map((each) => client.track(each));
  const { accepted, refused, report } = await client.close();
  return { said, bodies, accepted, refused, report };
}
