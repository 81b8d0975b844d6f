import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { type SendOptions, type Store, send } from "split-events";
import { directoryStore } from "split-events/stores/directory";
import { memoryStore } from "split-events/stores/memory";
import { startSdk, type Tracked } from "./delivery/sdk.ts";
import { Server } from "./delivery/server.ts";
import { median } from "./median.ts";

const { values } = parseArgs({
  options: {
    events: { type: "string" },
    rounds: { type: "string" },
    way: { type: "string", multiple: true },
    json: { type: "boolean" },
  },
});
const EVENTS = Number(values.events ?? 100_000);
const ROUNDS = Number(values.rounds ?? 9);
const CHUNK = 64 * 1024;
/** Among all ways, the one without stores. */
const PLAIN = 2;

const server = await Server.start();
const endpoint = `${server.url}/api/events/bulk`;
const home = fileURLToPath(new URL("dist", import.meta.url));
mkdirSync(home, { recursive: true });
const folder = mkdtempSync(join(home, "delivery-"));

const events: Tracked[] = Array.from({ length: EVENTS }, (_, at) => ({
  eventTypeId: "checkout.completed",
  trafficTypeName: "user",
  key: `user~${at}`,
  timestamp: Date.now() - at,
  value: at % 1000,
  properties: { country: "DE", plan: at % 2 ? "free" : "pro", items: at % 7, first: at % 3 === 0 },
}));
const bytes = new TextEncoder().encode(events.map((event) => `${JSON.stringify(event)}\n`).join(""));

async function* chunks(): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += CHUNK) yield bytes.subarray(at, at + CHUNK);
}

/** A way to deliver all events; resolves when all were answered. */
interface Way {
  name: string;
  deliver(): Promise<void>;
  /** After the clock has stopped. */
  clear?(): Promise<void>;
}

async function ours(input: () => Parameters<typeof send>[0], options: Partial<SendOptions>): Promise<void> {
  const receipt = await send(input(), { apiKey: "a-key-for-the-bench", endpoint, ...options });
  if (receipt.accepted !== EVENTS) throw new Error(`accepted ${receipt.accepted}: ${JSON.stringify(receipt.stopped)}`);
}

/** With stores that are opened before and cleared after the clock. */
function stored(name: string, make: (at: number) => Promise<Partial<SendOptions>>): Way & { open(): Promise<void> } {
  let [at, options] = [0, {} as Partial<SendOptions>];
  return {
    name,
    async open() {
      at += 1;
      options = await make(at);
    },
    deliver: () => ours(chunks, options),
    async clear() {
      await options.journal?.close();
      await options.ledger?.close();
    },
  };
}

const onDisk =
  (name: string) =>
  (at: number): Promise<Store> =>
    directoryStore(join(folder, `${name}-${at}`));
const [journals, bodies, ledgers, both] = [onDisk("journal"), onDisk("bodies"), onDisk("ledger"), onDisk("both")];
const bothLedger = onDisk("both-ledger");

const sdk = await startSdk(server.url);
const all: (Way & { open?(): Promise<void> })[] = [
  {
    name: "official SDK, track()",
    async deliver() {
      await sdk.track(events);
      await server.answered(EVENTS);
    },
  },
  { name: "send, objects", deliver: () => ours(() => events, {}) },
  { name: "send, NDJSON", deliver: () => ours(chunks, {}) },
  stored("journal in memory", async () => ({ journal: memoryStore(), journalBodies: false })),
  stored("journal in memory, with bodies", async () => ({ journal: memoryStore() })),
  stored("ledger in memory", async () => ({ ledger: memoryStore() })),
  stored("journal on disk", async (at) => ({ journal: await journals(at), journalBodies: false })),
  stored("journal on disk, with bodies", async (at) => ({ journal: await bodies(at) })),
  stored("ledger on disk", async (at) => ({ ledger: await ledgers(at) })),
  stored("journal and ledger on disk", async (at) => ({
    journal: await both(at),
    journalBodies: false,
    ledger: await bothLedger(at),
  })),
];

const wanted = values.way ?? [""];
const ways = all.filter(({ name }, at) => at === 0 || at === PLAIN || wanted.some((way) => name.includes(way)));

const times = ways.map((): number[] => []);
const cpus = ways.map((): number[] => []);
try {
  for (let round = -2; round < ROUNDS; round += 1) {
    for (let turn = 0; turn < ways.length; turn += 1) {
      const at = (turn + round + ways.length * 2) % ways.length;
      const way = ways[at] as (typeof ways)[number];
      await way.open?.();
      globalThis.gc?.();
      await wait(20);
      const [started, cpu] = [performance.now(), process.cpuUsage()];
      await way.deliver();
      const took = performance.now() - started;
      const { user, system } = process.cpuUsage(cpu);
      await way.clear?.();
      const arrived = await server.count();
      if (arrived !== EVENTS) throw new Error(`${way.name}: ${arrived} of ${EVENTS} events arrived`);
      if (round < 0) continue;
      times[at]?.push(took);
      cpus[at]?.push((user + system) / 1000);
    }
  }
} finally {
  await sdk.stop();
  server.stop();
  rmSync(folder, { recursive: true, force: true });
}

/** Medians of ratios within a round: other load on the machine meets both. */
const ratio = (of: number[][], at: number, base: number) =>
  median((of[at] as number[]).map((time, round) => time / (of[base]?.[round] as number)));
const plain = ways.findIndex(({ name }) => name === all[PLAIN]?.name);
const rows = ways.map(({ name }, at) => ({
  way: name,
  ms: median(times[at] as number[]),
  eventsPerSecond: Math.round((EVENTS / median(times[at] as number[])) * 1000),
  timesSdk: ratio(times, at, 0),
  timesPlain: ratio(times, at, plain),
  cpuMs: median(cpus[at] as number[]),
  cpuTimesSdk: ratio(cpus, at, 0),
  cpuTimesPlain: ratio(cpus, at, plain),
}));
if (values.json) console.log(JSON.stringify({ events: EVENTS, rounds: ROUNDS, rows }));
else {
  console.log(
    `${EVENTS.toLocaleString("en")} events (${(bytes.length / 1e6).toFixed(1)} MB), batches of 500, medians of ${ROUNDS} interleaved rounds`,
  );
  console.log(`${"".padEnd(32)}      ms   events/s   to SDK  to no store   cpu ms   to SDK  to no store`);
  for (const row of rows) {
    const wall = [
      row.ms.toFixed(0),
      row.eventsPerSecond.toLocaleString("en"),
      row.timesSdk.toFixed(2),
      row.timesPlain.toFixed(2),
    ];
    const cpu = [row.cpuMs.toFixed(0), row.cpuTimesSdk.toFixed(2), row.cpuTimesPlain.toFixed(2)];
    const widths = [8, 11, 9, 13, 9, 9, 13];
    console.log(row.way.padEnd(32) + [...wall, ...cpu].map((text, at) => text.padStart(widths[at] as number)).join(""));
  }
}
