import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";
import { API_KEY } from "./secrets.js";

const BIN = fileURLToPath(new URL("../../pkg/bin/split-events.js", import.meta.url));

export { API_KEY };

export interface CliOptions {
  /** Variables that are added to an environment without keys, proxies and colours. `undefined` removes one. */
  env?: Record<string, string | undefined>;
  /** The content of standard input; by default it is empty. */
  input?: string | Uint8Array;
  cwd?: string;
}

export interface CliResult {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** The command in a process of its own. */
export class Cli {
  readonly child: ChildProcess;
  /** Resolves when it has ended. Rejects if it showed the key or the name of its header. */
  readonly done: Promise<CliResult>;
  stdout = "";
  stderr = "";
  #seen = () => {};

  constructor(args: readonly string[], { env, input, cwd }: CliOptions = {}, stdin: "pipe" | "ignore" = "ignore") {
    // where a send without --journal keeps its journal; the command makes the directory
    const state = join(tmpdir(), `split-events-state-${randomUUID()}`);
    onTestFinished(() => rmSync(state, { recursive: true, force: true }));
    this.child = spawn(process.execPath, [BIN, ...args], {
      cwd,
      env: environment({ XDG_STATE_HOME: state, ...env }),
      stdio: [input === undefined ? stdin : "pipe", "pipe", "pipe"],
    });
    if (input !== undefined) this.child.stdin?.on("error", () => {}).end(input);
    this.child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      this.stdout += text;
    });
    this.child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.stderr += text;
      this.#seen();
    });
    onTestFinished(() => void this.child.kill("SIGKILL"));
    this.done = new Promise((resolve, reject) => {
      this.child.once("error", reject);
      this.child.once("close", (code) => {
        const secret = [API_KEY, /authorization/i].find((text) => `${this.stdout}${this.stderr}`.search(text) >= 0);
        if (secret) reject(new Error(`${secret} was shown: ${this.stdout}${this.stderr}`));
        else resolve({ code, stdout: this.stdout, stderr: this.stderr });
      });
    });
  }

  /** Waits until standard error contains the text. */
  async says(text: string): Promise<void> {
    const said = new Promise<void>((resolve) => {
      this.#seen = () => {
        if (this.stderr.includes(text)) resolve();
      };
      this.#seen();
    });
    const ended = this.done.then(({ code, stderr }) => {
      if (!stderr.includes(text)) throw new Error(`ended with ${code} and never said "${text}": ${stderr}`);
    });
    await Promise.race([said, ended]);
  }
}

/** Runs the command to its end. */
export function runCli(args: readonly string[], options?: CliOptions): Promise<CliResult> {
  return new Cli(args, options).done;
}

/** Runs the command with `--json` and parses its output. */
export async function runJson<T>(args: readonly string[], options?: CliOptions): Promise<CliResult & { json: T }> {
  const result = await runCli([...args, "--json"], options);
  if (!/^[^\n]+\n$/.test(result.stdout)) throw new Error(`not one line: ${result.stdout}${result.stderr}`);
  return { ...result, json: JSON.parse(result.stdout) as T };
}

function environment(added: CliOptions["env"]): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = { ...process.env, SPLIT_API_KEY: API_KEY };
  for (const name of Object.keys(env)) {
    if (/^((https?|all|no)_proxy|(no|force)_color|split_events_.*|node_options|node_extra_ca_certs)$/i.test(name)) {
      delete env[name];
    }
  }
  return { ...env, ...added };
}
