import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isStopping } from "../../scripts/lib/child.mjs";
import { Failure, run as runScript, say, step } from "../../scripts/lib/say.mjs";
import { closeBrowser } from "./browser.ts";
import { quickVariants, type Variant, variants } from "./fixture.ts";
import { install, installedVersion, pack } from "./install.ts";
import { perform } from "./perform.ts";
import { type Row, table } from "./table.ts";

const AT_ONCE = 2;

await runScript(async () => {
  const chosen = choose(process.argv.slice(2));
  const folder = mkdtempSync(join(tmpdir(), "split-events-packaging-"));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  let tarball = "";
  await step("npm pack", async () => {
    tarball = await pack(folder);
  });
  const rows = await inTurn(chosen, (variant) => tryVariant(variant, tarball, join(folder, variant.name)));
  await closeBrowser();
  if (isStopping()) return;
  say(`\n${table(rows)}\n`);
  const failed = rows.filter(({ failure }) => failure !== undefined);
  say(`${rows.length - failed.length} passed, ${failed.length} failed`);
  if (failed.length > 0) throw new Failure(failed.map(({ consumer, way }) => `${consumer}, ${way}`).join("; "));
});

/** Returns the variants that the arguments name: `vite`, `vite@7.0.0`, or `--quick`. */
function choose(args: string[]): Variant[] {
  if (args.length === 1 && args[0] === "--quick") return quickVariants();
  const all = variants();
  const named = (variant: Variant, name: string) =>
    variant.name === name || variant.name.startsWith(name.includes("@") ? name : `${name}@`);
  const unknown = args.find((name) => !all.some((variant) => named(variant, name)));
  if (unknown !== undefined) {
    const names = all.map(({ name }) => name).join(", ");
    throw new Failure(`no fixture is named ${unknown}; there are: ${names}`);
  }
  return args.length === 0 ? all : all.filter((variant) => args.some((name) => named(variant, name)));
}

/**
 * Does the work of several items at once, and returns what came of each in their order. It begins with the last, since
 * wrangler and web-worker take longest of the quick ones.
 */
async function inTurn<T, R>(items: readonly T[], work: (item: T) => Promise<R[]>): Promise<R[]> {
  const results: R[][] = [];
  let next = items.length;
  const worker = async () => {
    while (next > 0 && !isStopping()) {
      const index = --next;
      results[index] = await work(items[index] as T);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return results.flat();
}

/** Installs a variant and tries all its ways. */
async function tryVariant(variant: Variant, tarball: string, folder: string): Promise<Row[]> {
  const { name, consumer, version = "", tool, runs } = variant;
  const installed = await attempt(`${name}: npm install`, () => install(variant, tarball, folder));
  const rows: Row[] = [];
  for (const run of runs) {
    const tried = installed.failure ? installed : await attempt(`${name}: ${run.name}`, () => perform(run, folder));
    const shown = tool === undefined || installed.failure ? version : shownVersion(consumer, tool, folder);
    const { settings = [], fails } = run;
    rows.push({ consumer, version: shown, way: run.name, settings, fails, ...tried });
  }
  rmSync(folder, { recursive: true, force: true });
  return rows;
}

/** Returns the version of a tool, with its name if it is not the consumer's. */
function shownVersion(consumer: string, tool: string, folder: string): string {
  const version = installedVersion(folder, tool);
  return consumer.toLowerCase() === tool ? version : `${tool} ${version}`;
}

/** Does one step, and returns why it failed, if it did. */
async function attempt(title: string, work: () => Promise<void>): Promise<Pick<Row, "failure" | "seconds">> {
  const from = performance.now();
  let failure: string | undefined;
  try {
    await step(title, work);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    failure = error.message;
  }
  return { failure, seconds: (performance.now() - from) / 1000 };
}
