import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const BIN = fileURLToPath(new URL("../../pkg/bin/split-events.js", import.meta.url));

/** The key that each command has; it must be in nothing that is left behind. */
export const CRASH_KEY = "sdk-key-5b0f77-must-never-show";

export interface Ended {
  code: number | null;
  killed: boolean;
  stdout: string;
  stderr: string;
}

/** Runs the command, and kills it with SIGKILL once `moment` resolves, unless it has ended before. */
export async function runCommand(
  args: readonly string[],
  { input, moment }: { input?: string | undefined; moment?: (signal: AbortSignal) => Promise<void> } = {},
): Promise<Ended> {
  const child = spawn(process.execPath, [BIN, ...args], {
    env: { PATH: process.env.PATH, SPLIT_API_KEY: CRASH_KEY },
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
  const over = new AbortController();
  const ended = new Promise<NodeJS.Signals | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (_, signal) => resolve(signal));
  });
  ended.finally(() => over.abort()).catch(() => {});
  if (moment) {
    await moment(over.signal);
    child.kill("SIGKILL");
  }
  const signal = await ended;
  return { code: child.exitCode, killed: signal === "SIGKILL", stdout, stderr };
}
