import { availableParallelism, loadavg } from "node:os";
import type { Case } from "./cases/cases.ts";
import type { Result, Size } from "./measure.ts";
import { measure } from "./measure.ts";
import { type Options, options, USAGE } from "./options.ts";
import type { Runtime, RuntimeName } from "./runtimes/runtime.ts";
import { markdown, plain } from "./table.ts";

const SIZE: Size = { bytes: 19_000_000, rounds: 11 };
const QUICK: Size = { bytes: 4_000_000, rounds: 3 };

/** Loaded when wanted: only the browser's needs Chromium, only workerd's needs wrangler. */
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

/** What a process is given back by its first large input, its allocator keeps for all that come: no case is the first. */
async function warmUp(cases: readonly Case[], name: RuntimeName, runtime: Runtime): Promise<void> {
  const [first] = cases;
  if (first) await measure(first, name, runtime, { ...SIZE, rounds: 1 });
}

async function bench({ cases, runtimes, quick, output }: Options): Promise<void> {
  warnOfOthers();
  const all: Result[] = [];
  for (const name of runtimes) {
    const runtime = await open[name]();
    const results: Result[] = [];
    try {
      await warmUp(cases, name, runtime);
      for (const one of cases) {
        process.stderr.write(`${runtime.title}: ${one.name}\n`);
        results.push(await measure(one, name, runtime, quick ? QUICK : SIZE));
      }
    } finally {
      await runtime.close();
    }
    all.push(...results);
    if (output === "table") console.log(`\n${runtime.title}\n${plain(results)}`);
    if (output === "markdown") console.log(`\n${runtime.title}\n\n${markdown(results)}`);
  }
  if (output === "json") console.log(JSON.stringify({ cases: all }));
}

try {
  const wanted = options(process.argv.slice(2));
  if (wanted) await bench(wanted);
  else console.log(USAGE);
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exit(1);
}
