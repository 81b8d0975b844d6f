import { type SpawnOptions, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { stripVTControlCharacters } from "node:util";
import { withoutKey } from "../environment/key.js";
import { Failure, systemReason } from "../failure.js";

/** The part of wrangler.jsonc that the command reads. */
export interface Config {
  vars?: { BUFFER?: string } & Record<string, unknown>;
  durable_objects?: { bindings?: { name: string }[] };
  queues?: {
    producers?: { binding: string; queue: string }[];
    consumers?: { queue: string; dead_letter_queue?: string }[];
  };
  ratelimits?: { name: string }[];
}

/** The wrangler that is installed in a Worker's folder. It gets secrets on its standard input only. */
export class Wrangler {
  readonly #dir: string;
  readonly #bin: string;

  constructor(dir: string) {
    this.#dir = dir;
    this.#bin = join(dirname(installed(dir, "wrangler/package.json")), "bin/wrangler.js");
  }

  run(args: string[], input = ""): Promise<{ code: number | null; output: string }> {
    return new Promise((resolve, reject) => {
      const options: SpawnOptions = { cwd: this.#dir, stdio: "pipe", env: environment() };
      const child = spawn(process.execPath, [this.#bin, ...args], options);
      let output = "";
      for (const stream of [child.stdout, child.stderr]) {
        stream?.setEncoding("utf8").on("data", (text: string) => {
          output += text;
        });
      }
      child.stdin?.end(input);
      child.once("error", reject);
      child.once("close", (code) => resolve({ code, output }));
    });
  }

  async must(args: string[], input?: string): Promise<string> {
    const { code, output } = await this.run(args, input);
    if (code === 0) return output;
    throw new Failure("wrangler", `wrangler ${args.slice(0, 2).join(" ")} failed: ${reasonIn(output)}`);
  }

  /** Lists the names of the Worker's secrets, or says why they are not known. A Worker that does not exist yet has none. */
  async secrets(): Promise<{ names: string[]; unknown?: string }> {
    const { code, output } = await this.run(["secret", "list", "--format", "json"]);
    if (code === 0) return { names: secretsIn(output) };
    const reason = reasonIn(output);
    return /^Worker ".*" .*not found|does not exist on your account/.test(reason)
      ? { names: [] }
      : { names: [], unknown: reason };
  }
}

export async function readConfig(dir: string): Promise<Config> {
  const path = join(dir, "wrangler.jsonc");
  if (!existsSync(path))
    throw new Failure("no_config", `there is no wrangler.jsonc in ${dir}: name its folder with --dir`);
  const wrangler = await import(pathToFileURL(installed(dir, "wrangler")).href);
  try {
    return wrangler.experimental_readRawConfig({ config: path }).rawConfig;
  } catch (error) {
    throw new Failure("bad_config", `${path} cannot be read${placeOf(error)}`);
  }
}

/** Says where reading failed, as ` at line 7, column 3: comma expected`. */
function placeOf(error: unknown): string {
  const { text, location } = error as { text?: string; location?: { line: number; column: number } };
  if (text === undefined || location === undefined) return `: ${systemReason(error)}`;
  // CommaExpected
  const words = text.replaceAll(/(?<=[a-z])(?=[A-Z])/g, " ").toLowerCase();
  return ` at line ${location.line}, column ${location.column + 1}: ${words}`;
}

/** Tells whether a name is that of a key, even one that the Worker would not take. */
export function isSecret(name: string): boolean {
  return name === "SPLIT_API_KEY" || name === "ADMIN_KEY" || /^client_key_/i.test(name);
}

/** Says why wrangler failed: the text behind each `[ERROR]`, or its first line, without secrets. */
function reasonIn(output: string): string {
  const lines = stripVTControlCharacters(output).split("\n");
  const reasons = new Set<string>();
  let reason: string[] | undefined;
  for (const line of [...lines, "end"]) {
    const [, error] = /\[ERROR\]\s*(.*)/.exec(line) ?? [];
    // what belongs to an error is indented
    if (reason && (error !== undefined || /^\S/.test(line))) reasons.add(reason.filter(Boolean).join(" "));
    if (error !== undefined) reason = [error.trim()];
    else if (/^\S/.test(line)) reason = undefined;
    else reason?.push(line.trim());
  }
  const first = lines.find((line) => /^[A-Za-z]/.test(line.trim()))?.trim() ?? "it does not say why";
  const said = reasons.size > 0 ? [...reasons].join("; ") : first;
  return Object.entries(process.env)
    .filter(([name]) => isSecret(name))
    .flatMap(([, value = ""]) => value.split(/\s+/))
    .reduce((text, secret) => withoutKey(text, secret), said);
}

function secretsIn(output: string): string[] {
  const from = output.indexOf("[");
  const list = JSON.parse(from < 0 ? "[]" : output.slice(from)) as { name: string }[];
  return list.map(({ name }) => name);
}

function installed(dir: string, name: string): string {
  try {
    return createRequire(join(dir, "index.js")).resolve(name);
  } catch {
    throw new Failure("no_wrangler", `wrangler is not installed in ${dir}: run npm install there`);
  }
}

function environment(): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = { WRANGLER_SEND_METRICS: "false", ...process.env };
  for (const name of Object.keys(env)) {
    if (isSecret(name)) delete env[name];
  }
  return env;
}
