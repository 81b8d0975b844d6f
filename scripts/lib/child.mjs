import { spawn } from "node:child_process";
import { delimiter, join } from "node:path";
import { root } from "./root.mjs";
import { colours, Failure } from "./say.mjs";

const minute = 60_000;

/** @type {Set<import("node:child_process").ChildProcess>} */
const running = new Set();

/**
 * Returns the environment of every child: our own tools (and their Node 22) first, colours as we have them. Rustup
 * downloads no toolchain unless a script asks it to.
 *
 * @returns {Record<string, string | undefined>}
 */
export function environment() {
  const colour = colours
    ? { FORCE_COLOR: "1", CARGO_TERM_COLOR: "always" }
    : { NO_COLOR: "1", CARGO_TERM_COLOR: "never" };
  const { FORCE_COLOR: _, ...inherited } = process.env;
  return {
    ...inherited,
    ...colour,
    RUSTUP_AUTO_INSTALL: "0",
    CARGO_TARGET_DIR: join(root, "target"),
    CARGO_BUILD_TARGET: undefined,
    PATH: `${join(root, "node_modules/.bin")}${delimiter}${process.env.PATH}`,
  };
}

/**
 * Starts a child in its own process group, so that it and its own children can be ended together.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd?: string, env?: Record<string, string | undefined> }} [options]
 */
export function start(command, args, { cwd = root, env = environment() } = {}) {
  const child = spawn(command, args, { cwd, env, detached: true, stdio: ["ignore", "pipe", "pipe"] });
  running.add(child);
  child.once("close", () => running.delete(child));
  child.once("error", () => running.delete(child));
  return child;
}

/**
 * Runs a command to its end.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {Parameters<typeof start>[2] & { timeout?: number }} [options]
 * @returns {Promise<{ code: number | null, stdout: string, output: string }>} `output` is both streams in order
 */
export function finish(command, args, { timeout = 30 * minute, ...options } = {}) {
  return new Promise((resolve, reject) => {
    const child = start(command, args, options);
    let stdout = "";
    let output = "";
    child.stdout?.setEncoding("utf8").on("data", (text) => {
      stdout += text;
      output += text;
    });
    child.stderr?.setEncoding("utf8").on("data", (text) => {
      output += text;
    });
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      signal(child, "SIGKILL");
    }, timeout);
    child.once("error", (error) => {
      clearTimeout(timer);
      const reason =
        "code" in error && error.code === "ENOENT" ? "is not installed" : `could not be started: ${error.message}`;
      reject(new Failure(`${command} ${reason}`));
    });
    child.once("close", (code) => {
      clearTimeout(timer);
      if (stopping) return; // what the user stopped has not failed
      if (late) reject(new Failure(`not finished after ${timeout / minute} minutes`, output));
      else resolve({ code, stdout, output });
    });
  });
}

/**
 * Runs a command that has to succeed.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {Parameters<typeof finish>[2]} [options]
 */
export async function succeed(command, args, options) {
  const { code, stdout, output } = await finish(command, args, options);
  if (code !== 0) {
    throw new Failure(
      code === null ? "was killed (its output is above)" : `failed with exit code ${code} (its output is above)`,
      output,
    );
  }
  return { stdout, output };
}

/**
 * Returns the first line that a command prints, or `undefined` if the command is missing or fails.
 *
 * @param {string} command
 * @param {string[]} args
 */
export async function firstLine(command, ...args) {
  const found = await finish(command, args).catch(() => undefined);
  return found?.code === 0 ? (found.stdout || found.output).trim().split("\n", 1)[0] : undefined;
}

/**
 * @param {import("node:child_process").ChildProcess} child
 * @param {NodeJS.Signals} name
 */
function signal(child, name) {
  try {
    if (child.pid) process.kill(-child.pid, name);
  } catch {
    // The whole group has ended already.
  }
}

/** Ends every child and waits for it. Kills those that have not ended after five seconds. */
async function stopAll() {
  const ends = [...running].map((child) => new Promise((resolve) => child.once("close", resolve)));
  for (const child of running) signal(child, "SIGTERM");
  const timer = setTimeout(() => {
    for (const child of running) signal(child, "SIGKILL");
  }, 5_000);
  await Promise.all(ends);
  clearTimeout(timer);
}

let stopCode = 130;

/**
 * Sets the exit code after Ctrl-C. A script that serves until Ctrl-C has not failed then.
 *
 * @param {number} code
 */
export function onStop(code) {
  stopCode = code;
}

let stopping = false;
export const isStopping = () => stopping;

for (const name of /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"])) {
  process.on(name, async () => {
    if (stopping) return;
    stopping = true;
    if (process.stdout.isTTY) process.stdout.write("\n");
    await stopAll();
    process.exit(stopCode);
  });
}
process.on("exit", () => {
  for (const child of running) signal(child, "SIGKILL");
});
