import { type EventEmitter, once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { Agent, request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { createSandbox } from "split-events-sandbox";
import { validator } from "../bundle.ts";
import { median } from "../median.ts";
import { cpu, processes } from "./cpu.ts";

const USAGE = "usage: npm run bench:worker -- [--rounds N] [--requests N] [--flood N] [--buffer queue|outbox] [--hold]";
const EVENTS = 500;
const CLIENTS = 50;
/** The time in which the last answers are settled. */
const SETTLE_MS = 500;
/** About the number of requests that the outboxes hold before they are full and refuse more. */
const HELD_REQUESTS = 2_000;
/** The number of requests in a round in which nothing else runs. */
const TIMES = 200;
/** The number of rounds before the measurement, in which an isolate compiles what is used often. */
const WARM = 4;
const FLOOD_AT_ONCE = 500;
const FLOOD_EVENT = 20;
const KEY = "bench-client";
const ADMIN_KEY = "bench-admin";
const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

Object.assign(process.env, {
  CLOUDFLARE_CF_FETCH_ENABLED: "false",
  WRANGLER_SEND_METRICS: "false",
  WRANGLER_SEND_ERROR_REPORTS: "false",
  WRANGLER_HIDE_BANNER: "true",
});
const { unstable_startWorker } = await import("wrangler");

const { values } = (() => {
  try {
    return parseArgs({
      options: {
        rounds: { type: "string", default: "30" },
        requests: { type: "string" },
        flood: { type: "string", default: "100000" },
        buffer: { type: "string", default: "queue" },
        hold: { type: "boolean", default: false },
      },
    });
  } catch {
    console.error(USAGE);
    process.exit(2);
  }
})();
const [rounds, flood] = [Number(values.rounds), Number(values.flood)];
const requests = Number(values.requests ?? (values.hold ? 50 : 150));
if (values.hold && (WARM + rounds) * requests > HELD_REQUESTS) {
  console.error(
    `with --hold the outboxes have room for ${HELD_REQUESTS} requests, with ${WARM} more rounds than requested`,
  );
  process.exit(2);
}

interface Stage {
  name: string;
  url: URL;
  pids: Set<number>;
  /** The CPU time of a request in milliseconds, by round. */
  cpu: number[];
  /** The time of each request, in milliseconds. */
  latencies: number[];
  dispose(): Promise<void>;
}

/** The error of workerd if one request awaits something that belongs to another. */
const CROSSED = /different request|different Durable Object|another request/i;
let crossed = 0;

const agent = new Agent({ keepAlive: true, maxSockets: 500 });
const sandbox = await createSandbox();

async function start(name: string, entrypoint?: string): Promise<Stage> {
  const before = processes("workerd");
  const vars = {
    BUFFER: values.buffer,
    SPLIT_API_KEY: "bench-service",
    ADMIN_KEY,
    CLIENT_KEY_BENCH: KEY,
    UPSTREAM: `${sandbox.url}/api/events/bulk`,
    // nothing leaves the outboxes, so that only the time up to the answer is measured
    ...(values.hold && { RATE: "0.001" }),
  };
  const started = await unstable_startWorker({
    config: here("../../worker/template/wrangler.jsonc"),
    ...(entrypoint !== undefined && { entrypoint: here(entrypoint) }),
    build: { alias: { "ajv-standalone": here("../dist/worker/valid.js") } },
    bindings: Object.fromEntries(
      Object.entries(vars).map(([name, value]) => [name, { type: "plain_text" as const, value }]),
    ),
    dev: {
      server: { hostname: "127.0.0.1", port: 0 },
      inspector: false,
      watch: false,
      persist: false,
      logLevel: "none",
      structuredLogsHandler: ({ message }: { message: string }) => {
        if (CROSSED.test(message)) crossed += 1;
      },
    },
  });
  const url = await direct(started);
  const pids = new Set([...processes("workerd")].filter((pid) => !before.has(pid)));
  return { name, url, pids, cpu: [], latencies: [], dispose: () => started.dispose() };
}

/** Returns the address of workerd itself, behind wrangler's proxy. */
async function direct(started: Awaited<ReturnType<typeof unstable_startWorker>>): Promise<URL> {
  await started.url;
  type Reloaded = { proxyData: { userWorkerUrl: { hostname: string; port: string } } };
  const reloaded = once(started.raw as unknown as EventEmitter, "reloadComplete") as Promise<[Reloaded]>;
  await started.patchConfig({});
  const [{ proxyData }] = await reloaded;
  return new URL(`http://${proxyData.userWorkerUrl.hostname}:${proxyData.userWorkerUrl.port}`);
}

/** The time of clean events is today, since old ones get a warning. */
const began = Date.now() - 3_600_000;
let number = 0;

/** Makes a body unlike all others, since equal bodies would be repeats. */
function body(events: number): Buffer {
  number += 1;
  const at = began + number;
  return Buffer.from(
    JSON.stringify(
      Array.from({ length: events }, (_, i) => ({
        eventTypeId: i % 3 === 0 ? "page_load" : "page_latency",
        trafficTypeName: "user",
        key: `user-${(i * 7919) % 1_000_003}`,
        timestamp: at + i * 10,
        value: ((i * 31) % 10_000) / 100,
        properties: { page: `/products/${i % 977}`, loggedIn: i % 2 === 0 },
      })),
    ),
  );
}

function post(url: URL, body: Buffer, path = "/api/events/bulk"): Promise<{ status: number; text: string }> {
  const headers = { authorization: `Bearer ${KEY}`, "content-type": "application/json" };
  return new Promise((resolve, reject) => {
    const asked = request(new URL(path, url), { agent, method: "POST", headers }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (piece: string) => {
        text += piece;
      });
      response.once("end", () => resolve({ status: response.statusCode ?? 0, text }));
    });
    asked.once("error", reject);
    asked.end(body);
  });
}

/** Waits until the service has everything, to measure the work after an answer too. Asking the Worker would cost. */
async function drained(events: number): Promise<void> {
  while (sandbox.posts().reduce((sum, { taken, events }) => sum + (taken ? (events ?? 0) : 0), 0) < events) {
    await sleep(50);
  }
  await sleep(SETTLE_MS);
}

/**
 * Sends each request to the next of the three Workers, so that other load on the machine, which changes from second to
 * second, affects all of them equally.
 */
async function round(warm: boolean): Promise<void> {
  const bodies = Array.from({ length: requests * stages.length }, () => body(EVENTS));
  const before = stages.map(({ pids }) => cpu(pids));
  await Promise.all(
    Array.from({ length: CLIENTS }, async () => {
      for (let one = bodies.pop(); one; one = bodies.pop()) {
        const stage = stages[bodies.length % stages.length] as Stage;
        const from = performance.now();
        const { status, text } = await post(stage.url, one);
        if (!warm) stage.latencies.push(performance.now() - from);
        if (status !== 202) throw new Error(`${stage.name} answered ${status}: ${text}`);
      }
    }),
  );
  if (values.hold) await sleep(SETTLE_MS);
  else await drained(requests * stages.length * EVENTS);
  sandbox.reset();
  if (warm) return;
  for (const [at, stage] of stages.entries()) stage.cpu.push((cpu(stage.pids) - (before[at] as number)) / requests);
}

function p99(latencies: number[]): number {
  return latencies.toSorted((a, b) => a - b)[Math.floor(latencies.length * 0.99)] ?? 0;
}

function tell(): void {
  console.log(
    `${rounds} rounds of ${requests} requests of ${EVENTS} events from ${CLIENTS} clients, BUFFER ${values.buffer}${values.hold ? ", held" : ""}`,
  );
  for (const { name, cpu, latencies } of stages) {
    console.log(
      `${name.padEnd(18)} ${median(cpu).toFixed(2)} ms of CPU a request, p99 ${p99(latencies).toFixed(0)} ms`,
    );
  }
  const above = ({ cpu }: Stage) => median(cpu.map((ms, at) => ms - (pass.cpu[at] as number)));
  const [js, own] = [above(plain), above(ours)];
  console.log(
    `above the pass-through: plain JavaScript ${js.toFixed(2)} ms, split-events ${own.toFixed(2)} ms: ${(own / js).toFixed(2)} of it`,
  );
}

/** Measures the way from a body to batches while nothing else runs, by round. */
async function onTheirOwn(): Promise<number[][]> {
  const times = stages.map((): number[] => []);
  const one = body(EVENTS);
  for (let at = -WARM; at < rounds; at += 1) {
    for (const [which, { name }] of stages.entries()) {
      const before = cpu(alone.pids);
      const { status, text } = await post(alone.url, one, `/?times=${TIMES}&way=${encodeURIComponent(name)}`);
      if (status !== 200 || Number(text) !== one.length * TIMES) throw new Error(`${name} gave ${status}: ${text}`);
      if (at >= 0) times[which]?.push((cpu(alone.pids) - before) / TIMES);
    }
  }
  return times;
}

function tellAlone(times: number[][]): void {
  const [base = 0, js = 0, own = 0] = times.map(median);
  console.log(
    `on their own, from a body of 500 events to batches: pass-through ${base.toFixed(3)} ms, plain JavaScript ${js.toFixed(3)} ms, split-events ${own.toFixed(3)} ms: ${((own - base) / (js - base)).toFixed(2)} of it`,
  );
}

/** Sends hundreds of small requests at once to one isolate. One in FLOOD_EVENT has an event that is kept. */
async function floodOf(stage: Stage): Promise<string> {
  const statuses = new Map<string, number>();
  let left = flood;
  let sent = 0;
  const from = performance.now();
  await Promise.all(
    Array.from({ length: FLOOD_AT_ONCE }, async () => {
      while (left-- > 0) {
        const events = left % FLOOD_EVENT === 0 ? 1 : 0;
        sent += events;
        const { status } = await post(stage.url, body(events));
        statuses.set(`${status}`, (statuses.get(`${status}`) ?? 0) + 1);
      }
    }),
  );
  const seconds = (performance.now() - from) / 1000;
  await drained(sent);
  const answers = JSON.stringify(Object.fromEntries(statuses));
  return `answered ${answers} in ${seconds.toFixed(0)} s, ${sent} events arrived, ${crossed} errors of a different request`;
}

mkdirSync(here("../dist/worker"), { recursive: true });
writeFileSync(here("../dist/worker/valid.js"), validator());
const pass = await start("pass-through", "entries/pass-through.ts");
const plain = await start("plain JavaScript", "entries/plain.ts");
const ours = await start("split-events");
const stages = [pass, plain, ours];
const alone = await start("alone", "entries/alone.ts");
try {
  for (let at = rounds > 0 ? -WARM : 0; at < rounds; at += 1) await round(at < 0);
  if (rounds > 0) tell();
  if (rounds > 0) tellAlone(await onTheirOwn());
  if (flood > 0) console.log(`${flood} requests, ${FLOOD_AT_ONCE} at once: ${await floodOf(ours)}`);
} finally {
  for (const stage of [...stages, alone]) await stage.dispose();
  await sandbox.close();
  agent.destroy();
}
