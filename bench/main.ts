import { availableParallelism, loadavg } from "node:os";
import type { Case } from "./cases/cases.ts";
import type { Result, Size } from "./measure.ts";
import { measure } from "./measure.ts";
import { type Options, options, USAGE } from "./options.ts";
import { compare, type Pair } from "./pairs.ts";
import type { Runtime, RuntimeName } from "./runtimes/runtime.ts";
import { markdown, pairs, plain, type Rows, results } from "./table.ts";

const SIZE: Size = { bytes: 19_000_000, rounds: 11 };
const QUICK: Size = { bytes: 4_000_000, rounds: 3 };
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

/** Runs the first case unmeasured: an allocator is faster once the process has freed a large input. */
async function warmUp(cases: readonly Case[], name: RuntimeName, runtime: Runtime): Promise<void> {
  const [first] = cases;
  if (first) await measure(first, name, runtime, { ...SIZE, rounds: 1 });
}

async function bench({ cases, runtimes, quick, output }: Options): Promise<void> {
  const all: Result[] = [];
  for (const name of runtimes) {
    const runtime = await open[name]();
    const measured: Result[] = [];
    try {
      await warmUp(cases, name, runtime);
      for (const one of cases) {
        process.stderr.write(`${runtime.title}: ${one.name}\n`);
        measured.push(await measure(one, name, runtime, quick ? QUICK : SIZE));
      }
    } finally {
      await runtime.close();
    }
    all.push(...measured);
    print(runtime.title, results(measured), output);
  }
  if (output === "json") console.log(JSON.stringify({ cases: all }));
}

/** Tells whether every case is within the limit. */
async function againstBaseline({ cases, quick, output, limit }: Options): Promise<boolean> {
  const { baselineEntry } = await import("../scripts/lib/baseline.mjs");
  const { node } = await import("./runtimes/node.ts");
  const [ours, baseline] = [await node(), await node(baselineEntry())];
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
  if (wanted?.baseline) process.exitCode = (await againstBaseline(wanted)) ? 0 : 1;
  else if (wanted) await bench(wanted);
  else console.log(USAGE);
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exit(1);
}
