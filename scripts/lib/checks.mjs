import { stripVTControlCharacters } from "node:util";
import { locked, wasmTarget } from "./cargo.mjs";
import { environment, finish, succeed } from "./child.mjs";
import { Failure, step } from "./say.mjs";

/**
 * @typedef {"lint" | "rust" | "node" | "worker" | "browser" | "packaging"} Half
 * @typedef {{ half: Half, command: string[], summary?: (output: string) => string | undefined }} Check
 *   `summary` returns how many tests were run, by the output; a check fails if it returns `undefined`
 */

/** @type {readonly Half[]} */
export const halves = ["lint", "rust", "node", "worker", "browser", "packaging"];

/** Returns all checks, those first that fail fast. */
export async function checks() {
  return /** @type {Check[]} */ ([
    { half: "lint", command: ["biome", "ci", "."] },
    { half: "lint", command: ["cargo", "fmt", "--all", "--check"] },
    { half: "lint", command: ["tsc", "--build"] },
    { half: "lint", command: ["knip"] },
    { half: "lint", command: clippy("--workspace", "--all-targets") },
    { half: "lint", command: clippy("--package", "split-events-bindings", "--target", wasmTarget) },
    await rustTests(),
    { half: "rust", command: ["cargo", "test", "--doc", "--workspace", ...locked], summary: cargoTest },
    { half: "rust", command: simulate("20000"), summary: simulated },
    { half: "node", command: ["node", "scripts/start.mjs", "--once"] },
    vitest("node"),
    vitest("worker"),
    vitest("browser"),
    { half: "packaging", command: ["node", "tests/packaging/main.ts", "--quick"], summary: packaging },
  ]);
}

/** @param {Check} check */
export async function perform({ command: [name, ...args], summary }) {
  const { output } = await succeed(/** @type {string} */ (name), args);
  if (!summary) return undefined;
  const said = summary(stripVTControlCharacters(output));
  if (!said) throw new Failure("does not say how many tests it has run (its output is above)", output);
  if (/[1-9]\d* (skipped|todo|ignored)/.test(said)) throw new Failure(`not every test was run: ${said}`, output);
  return said;
}

/** @param {string[]} args */
function clippy(...args) {
  return ["cargo", "clippy", ...args, ...locked, "--", "-D", "warnings"];
}

/** @param {string} schedules */
function simulate(schedules) {
  return ["cargo", "run", "--release", "--quiet", ...locked, "-p", "simulate", "--", schedules];
}

/** @param {string} output */
const simulated = (output) => /^(\d+ schedules), no invariant broken/m.exec(output)?.[1];

/** @returns {Promise<Check>} */
async function rustTests() {
  const { code } = await finish("cargo", ["nextest", "--version"]);
  const command = code === 0 ? ["nextest", "run", "--workspace"] : ["test", "--workspace", "--lib", "--tests"];
  return { half: "rust", command: ["cargo", ...command, ...locked], summary: code === 0 ? nextest : cargoTest };
}

/** @param {string} output */
const nextest = (output) => /Summary \[.*\] (.*)/.exec(output)?.[1];

/**
 * Adds up the results of the test programs: cargo prints one line for each.
 *
 * @param {string} output
 */
function cargoTest(output) {
  const results = [...output.matchAll(/test result: ok\. (\d+) passed; 0 failed; (\d+) ignored/g)];
  if (results.length === 0) return undefined;
  const sum = (/** @type {number} */ part) => results.reduce((total, result) => total + Number(result[part]), 0);
  return `${sum(1)} passed, ${sum(2)} ignored`;
}

/** @param {string} output */
const packaging = (output) => /^(\d+ passed), 0 failed$/m.exec(output)?.[1];

/** @param {string} output */
const vitests = (output) => /^\s*Tests\s+(.*)$/m.exec(output)?.[1];

/**
 * @param {"node" | "worker" | "browser"} project
 * @returns {Check}
 */
function vitest(project) {
  return { half: project, command: ["vitest", "run", "--project", project], summary: vitests };
}

/**
 * Runs the tests of one project of vitest.
 *
 * @param {string} project
 * @param {{ args?: string[], env?: Record<string, string | undefined> }} [options]
 */
export async function runProject(project, { args = [], env = environment() } = {}) {
  const command = ["run", "--project", project, ...args];
  await step(["vitest", ...command].join(" "), async () => {
    const { output } = await succeed("vitest", command, { env });
    return vitests(stripVTControlCharacters(output));
  });
}
