import { availableParallelism, loadavg } from "node:os";
import { resolve } from "node:path";
import { cases as everyCase } from "./cases/cases.ts";
import { type Compared, compareWithPeers } from "./compared.ts";
import type { Result, Size } from "./measure.ts";
import { measure } from "./measure.ts";
import { type Options, options, USAGE } from "./options.ts";
import { compare, type Pair } from "./pairs.ts";
import type { Runtime, RuntimeName } from "./runtimes/runtime.ts";
import { barred, markdown, pairs, plain, type Rows, results } from "./table.ts";

const SIZE: Size = { bytes: 19_000_000, rounds: 11 };
const QUICK: Size = { bytes: 4_000_000, rounds: 3 };
/** Of tables and of records of other systems, since their peers are slow. */
const BARRED: Size = { bytes: 8_000_000, rounds: 9 };
const BARRED_QUICK: Size = { bytes: 2_000_000, rounds: 3 };
const PAIRS = 21;

/** Imported on demand, since only the browser needs Chromium, and only workerd needs wrangler. */
const open: Record<RuntimeName, () => Promise<Runtime>> = {
  node: async () => (await import("./runtimes/node.ts")).node(),
  workerd: async () => (await import("./runtimes/workerd.ts")).workerd(),
  browser: async () => (await import("./runtimes/browser.ts")).browser(),
};

function warnOfOthers(): void {
  const [load = 0] = loadavg();
  const cores = availableParallelism();
  if (load < cores / 2) return;
  console.error(
    `load ${load.toFixed(1)} on ${cores} cores: others are running, so that the times are too long and uneven`,
  );
}

/** Runs a large case unmeasured: an allocator is faster once the process has freed a large input. */
async function warmUp({ quick }: Options, name: RuntimeName, runtime: Runtime): Promise<void> {
  const [large] = everyCase;
  if (large) await measure(large, name, runtime, { ...(quick ? QUICK : SIZE), rounds: 1 });
}

async function bench(wanted: Options): Promise<void> {
  const { cases, runtimes, quick, output } = wanted;
  const all: Result[] = [];
  const withBars: Compared[] = [];
  for (const name of runtimes) {
    const runtime = await open[name]();
    const measured: Result[] = [];
    const compared: Compared[] = [];
    try {
      await warmUp(wanted, name, runtime);
      for (const one of cases) {
        process.stderr.write(`${runtime.title}: ${one.name}\n`);
        if (one.bars) {
          compared.push(await compareWithPeers(one, one.bars, runtime, quick ? BARRED_QUICK : BARRED));
        } else measured.push(await measure(one, name, runtime, quick ? QUICK : SIZE));
      }
    } finally {
      await runtime.close();
    }
    all.push(...measured);
    withBars.push(...compared);
    if (measured.length > 0) print(runtime.title, results(measured), output);
    if (compared.length > 0) print(`${runtime.title}, CPU time`, barred(compared), output);
  }
  if (output === "json") console.log(JSON.stringify({ cases: all, bars: withBars }));
}

/** Tells whether every case is within the limit. */
async function againstPackage({ cases, quick, output, limit, package: folder }: Options): Promise<boolean> {
  const { baselineEntry } = await import("../scripts/lib/baseline.mjs");
  const entry = folder === undefined ? baselineEntry() : resolve(folder, "dist/node.js");
  const { node } = await import("./runtimes/node.ts");
  const [ours, baseline] = [await node(), await node(entry)];
  const size = quick ? QUICK : { ...SIZE, rounds: PAIRS };
  const all: Pair[] = [];
  const [first] = cases;
  if (first) await compare(first, ours, baseline, { ...size, rounds: 1 });
  for (const one of cases) {
    process.stderr.write(`${ours.title}: ${one.name}\n`);
    all.push(await compare(one, ours, baseline, size));
  }
  print(ours.title, pairs(all), output);
  if (output === "json") console.log(JSON.stringify({ limit, cases: all }));
  const over = all.filter(({ ratio }) => !(ratio <= limit));
  for (const { case: name, ratio } of over) {
    console.error(`${name} takes ${ratio.toFixed(3)} times as long as the baseline; ${limit} is allowed`);
  }
  return over.length === 0;
}

function print(title: string, rows: Rows, output: Options["output"]): void {
  if (output === "table") console.log(`\n${title}\n${plain(rows)}`);
  if (output === "markdown") console.log(`\n${title}\n\n${markdown(rows)}`);
}

try {
  const wanted = options(process.argv.slice(2));
  if (wanted) warnOfOthers();
  if (wanted?.baseline) process.exitCode = (await againstPackage(wanted)) ? 0 : 1;
  else if (wanted) await bench(wanted);
  else console.log(USAGE);
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exit(1);
}
