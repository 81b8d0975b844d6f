import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

export const BIN = fileURLToPath(new URL("../../pkg/bin/split-events.js", import.meta.url));

/** The key of each command. It must be in no file that is left behind. */
export const CRASH_KEY = "sdk-key-5b0f77-must-never-show";

export interface Ended {
  code: number | null;
  killed: boolean;
  stdout: string;
  stderr: string;
}

interface CommandOptions {
  input?: string | undefined;
  env?: Record<string, string>;
}

/** Starts the command. */
export function startCommand(
  args: readonly string[],
  { input, env }: CommandOptions = {},
): { child: ChildProcess; ended: Promise<Ended> } {
  const child = spawn(process.execPath, [BIN, ...args], {
    env: { PATH: process.env.PATH, SPLIT_API_KEY: CRASH_KEY, ...env },
    stdio: [input === undefined ? "ignore" : "pipe", "pipe", "pipe"],
  });
  child.stdin?.on("error", () => {}).end(input);
  let [stdout, stderr] = ["", ""];
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => resolve({ code, killed: signal === "SIGKILL", stdout, stderr }));
  });
  return { child, ended };
}

/** Runs the command, and kills it with SIGKILL when `moment` resolves, unless it has ended. */
export async function runCommand(
  args: readonly string[],
  { moment, ...options }: CommandOptions & { moment?: (signal: AbortSignal) => Promise<void> } = {},
): Promise<Ended> {
  const { child, ended } = startCommand(args, options);
  const over = new AbortController();
  ended.finally(() => over.abort()).catch(() => {});
  if (moment) {
    await moment(over.signal);
    child.kill("SIGKILL");
  }
  return ended;
}
