import { existsSync } from "node:fs";
import { mkdir, readdir } from "node:fs/promises";
import { join, relative } from "node:path";
import { finish, isStopping } from "./lib/child.mjs";
import { root } from "./lib/root.mjs";
import { Failure, run, step } from "./lib/say.mjs";
import { cargoFuzz, lookUp, nightly } from "./lib/setup/prerequisites.mjs";

const targets = [
  "fast_against_careful",
  "streaming",
  "careful_against_serde_json",
  "batcher_caps",
  "tables",
  "mapped",
  "forms",
];
const usage = `usage: npm run fuzz -- SECONDS [${targets.join("|")}]`;

const fuzz = join(root, "fuzz");
const built = join(root, "target/fuzz");
const minute = 60_000;

await run(async () => {
  const { seconds, wanted } = options();
  await lookUp([nightly, cargoFuzz]);
  await step("cargo fuzz build", () => fuzzCommand(["build"]));

  const found = [];
  for (const target of wanted) {
    try {
      await step(target, () => search(target, seconds));
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      found.push(target);
    }
  }
  if (found.length > 0) throw new Failure(`findings in ${found.join(", ")}; the paths of the reproducers are above`);
});

function options() {
  const [seconds = "", target, ...more] = process.argv.slice(2);
  if (!/^[1-9]\d*$/.test(seconds))
    throw new Failure(`the first argument is the seconds for each target, not "${seconds}"; ${usage}`);
  if (more.length > 0) throw new Failure(`too many arguments; ${usage}`);
  if (target !== undefined && !targets.includes(target)) throw new Failure(`no target is named ${target}; ${usage}`);
  return { seconds: Number(seconds), wanted: target === undefined ? targets : [target] };
}

/**
 * @param {string[]} args
 * @param {number} [timeout]
 */
async function fuzzCommand(args, timeout = 30 * minute) {
  const [command = "", ...rest] = args;
  const all = ["+nightly", "fuzz", command, "--fuzz-dir", fuzz, "--target-dir", built, ...rest];
  const { code, output } = await finish("cargo", all, { timeout });
  if (code !== 0 && command === "build") throw new Failure("failed (its output is above)", output);
  return command === "build" ? undefined : output;
}

/**
 * Fuzzes one target, with the inputs that earlier runs have left in target/ too.
 *
 * @param {string} target
 * @param {number} seconds
 */
async function search(target, seconds) {
  const corpus = join(built, "corpus", target);
  const artifacts = join(fuzz, "artifacts", target);
  await mkdir(corpus, { recursive: true });
  await mkdir(artifacts, { recursive: true });
  const before = new Set(await readdir(artifacts));
  const settings = [
    `-max_total_time=${seconds}`,
    `-dict=${join(fuzz, "json.dict")}`,
    `-artifact_prefix=${artifacts}/`,
    "-max_len=4096",
    "-timeout=10",
    "-print_final_stats=1",
  ];
  const folders = [corpus, join(fuzz, "corpus-seed")];
  const args = ["run", target, ...folders, "--", ...settings];
  const output = (await fuzzCommand(args, seconds * 1000 + 10 * minute)) ?? "";
  if (isStopping()) return undefined;

  const reproducer = (await readdir(artifacts)).find((name) => !before.has(name));
  if (reproducer !== undefined) {
    const path = join(artifacts, reproducer);
    throw new Failure(`1 finding: ${existsSync(path) ? relative(root, path) : reproducer}`, lastLines(output));
  }
  const runs = /number_of_executed_units: (\d+)/.exec(output)?.[1];
  if (runs === undefined) throw new Failure("ended before its time (its output is above)", lastLines(output));
  return `${Number(runs).toLocaleString("en")} runs, ${coverage(output)}, 0 findings`;
}

/**
 * Returns how many edges of the code the inputs reach, and how many of them no earlier input reached.
 *
 * @param {string} output
 */
function coverage(output) {
  const reached = [...output.matchAll(/cov: (\d+)/g)].map((match) => Number(match[1]));
  const first = Number(/INITED cov: (\d+)/.exec(output)?.[1] ?? 0);
  const last = reached.at(-1) ?? first;
  return `coverage ${last} (${last - first} new)`;
}

/** @param {string} output */
function lastLines(output) {
  const lines = output.trimEnd().split("\n");
  const panic = lines.findIndex((line) => line.includes("panicked at"));
  return (panic < 0 ? lines.slice(-20) : lines.slice(panic, panic + 20)).join("\n");
}
