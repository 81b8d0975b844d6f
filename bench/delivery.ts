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
/** The number of the way without stores. */
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

/** A way to deliver all events. */
interface Way {
  name: string;
  deliver(): Promise<void>;
  /** Cleans up, after the clock has stopped. */
  clear?(): Promise<void>;
}

async function ours(input: () => Parameters<typeof send>[0], options: Partial<SendOptions>): Promise<void> {
  const receipt = await send(input(), { apiKey: "a-key-for-the-bench", endpoint, ...options });
  if (receipt.accepted !== EVENTS) throw new Error(`accepted ${receipt.accepted}: ${JSON.stringify(receipt.stopped)}`);
}

/** Returns a way with stores, which are opened before the clock starts and cleared after it stops. */
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

const plain = ways.findIndex(({ name }) => name === all[PLAIN]?.name);

/** Returns a figure of a way, with its ratios to those of the SDK and of a send without stores. */
function compared(figure: (at: number) => number) {
  return ways.map((_, at) => ({
    ms: figure(at),
    timesSdk: figure(at) / figure(0),
    timesPlain: figure(at) / figure(plain),
  }));
}

const medians = compared((at) => median(times[at] as number[]));
const best = compared((at) => Math.min(...(times[at] as number[])));
const cpu = compared((at) => Math.min(...(cpus[at] as number[])));
const rows = ways.map(({ name }, at) => ({ way: name, median: medians[at], best: best[at], cpu: cpu[at] }));
if (values.json) console.log(JSON.stringify({ events: EVENTS, rounds: ROUNDS, rows }));
else {
  const size = `${EVENTS.toLocaleString("en")} events (${(bytes.length / 1e6).toFixed(1)} MB)`;
  console.log(`${size} in batches of 500, ${ROUNDS} interleaved rounds; in ms, and times SDK and times no store`);
  console.log(`${"".padEnd(30)}${"median".padEnd(22)}${"best".padEnd(22)}least cpu of the sender`);
  for (const row of rows) {
    const figures = [row.median, row.best, row.cpu].map((figure) => {
      const { ms = 0, timesSdk = 0, timesPlain = 0 } = figure ?? {};
      return `${ms.toFixed(0).padStart(6)}${timesSdk.toFixed(2).padStart(7)}${timesPlain.toFixed(2).padStart(7)}  `;
    });
    console.log(row.way.padEnd(28) + figures.join(""));
  }
}
