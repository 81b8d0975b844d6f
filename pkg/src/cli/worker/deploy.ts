import { type SpawnOptions, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { Failure } from "../failure.js";
import { withoutKey } from "../key.js";
import { printText } from "../output.js";
import { exit } from "../verdict.js";
import { problemLines } from "./health.js";
import { settingProblems } from "./settings.js";

interface Config {
  vars?: { BUFFER?: string } & Record<string, unknown>;
  durable_objects?: { bindings?: { name: string }[] };
  queues?: {
    producers?: { binding: string; queue: string }[];
    consumers?: { queue: string; dead_letter_queue?: string }[];
  };
}

/** Where the values of secrets come from; they go to wrangler on its standard input. */
const NEEDED = ["SPLIT_API_KEY", "ADMIN_KEY"];

/** Each step looks first, so that a second call changes nothing. */
export async function deploy(folder: string, dryRun: boolean): Promise<number> {
  const dir = resolve(folder);
  const config = await readConfig(dir);
  const wrangler = new Wrangler(dir);
  const { present, why } = dryRun ? { present: [], why: "" } : await wrangler.secrets();
  const toSet = secrets(present);
  const missing = [...toSet].filter(([, value]) => value === undefined).map(([name]) => name);
  await assertSettings(config, toSet, present);
  if (!dryRun && missing.length > 0) throw noSecrets(missing, why);

  for (const queue of queuesOf(config)) {
    if (dryRun) {
      printText(`would create the queue ${queue}, unless it is there\n`);
    } else if ((await wrangler.run(["queues", "info", queue])).code === 0) {
      printText(`the queue ${queue} is there\n`);
    } else {
      await wrangler.must(["queues", "create", queue]);
      printText(`the queue ${queue} was created\n`);
    }
  }

  const size = await wrangler.must(["deploy", ...(dryRun ? ["--dry-run"] : [])]);
  printText(`${/Total Upload: .*/.exec(size)?.[0] ?? "deployed"}\n`);

  for (const [name, value] of toSet) {
    if (value === undefined) {
      printText(`would set the secret ${name}, which is not in the environment\n`);
    } else if (dryRun) {
      printText(`would set the secret ${name}\n`);
    } else {
      await wrangler.must(["secret", "put", name], value);
      printText(`the secret ${name} was set\n`);
    }
  }
  return exit.ok;
}

/** Before anything is created: a Worker with a wrong setting takes nothing. Secrets that are not known here count as right. */
async function assertSettings(
  { vars, durable_objects: objects, queues }: Config,
  toSet: Map<string, string | undefined>,
  present: readonly string[],
): Promise<void> {
  const bindings = [
    ...(objects?.bindings ?? []).map(({ name }) => name),
    ...(queues?.producers ?? []).map(({ binding }) => binding),
  ];
  const problems = await settingProblems({
    ...vars,
    ...Object.fromEntries(bindings.map((name) => [name, {}])),
    ...Object.fromEntries(
      [...present, ...toSet.keys()].filter(isSecret).map((name) => [name, toSet.get(name) ?? name]),
    ),
  });
  if (problems.length === 0) return;
  throw new Failure(
    "settings",
    `wrangler.jsonc or a secret is wrong, and nothing was done:\n${problemLines(problems)}`.trimEnd(),
  );
}

function noSecrets(names: readonly string[], why: string): Failure {
  const [name, it] = names.length === 1 ? [names[0], "it"] : [names.join(", "), "them"];
  return new Failure(
    "no_secret",
    `the Worker has no secret ${name}: set ${it} in the environment and repeat this; nothing was done${why}`,
  );
}

/** Those of the environment are set, so that they can be changed; what is needed and nowhere must be given. */
function secrets(present: readonly string[]): Map<string, string | undefined> {
  const found = new Map<string, string | undefined>();
  for (const name of NEEDED) {
    const value = process.env[name] || undefined;
    if (value !== undefined || !present.includes(name)) found.set(name, value);
  }
  for (const [name, value] of Object.entries(process.env)) {
    if (/^CLIENT_KEY_[A-Z0-9_]+$/.test(name) && value) found.set(name, value);
  }
  const hasClient = [...found.keys(), ...present].some((name) => name.startsWith("CLIENT_KEY_"));
  if (!hasClient) found.set("CLIENT_KEY_WEB", undefined);
  return found;
}

function queuesOf({ vars, queues }: Config): string[] {
  if (vars?.BUFFER === "outbox") return [];
  const names = [
    ...(queues?.producers ?? []).map(({ queue }) => queue),
    ...(queues?.consumers ?? []).flatMap(({ queue, dead_letter_queue: dead }) => (dead ? [queue, dead] : [queue])),
  ];
  return [...new Set(names)];
}

function secretsIn(output: string): string[] {
  const from = output.indexOf("[");
  const list = JSON.parse(from < 0 ? "[]" : output.slice(from)) as { name: string }[];
  return list.map(({ name }) => name);
}

async function readConfig(dir: string): Promise<Config> {
  const path = join(dir, "wrangler.jsonc");
  if (!existsSync(path)) throw new Failure("no_config", `there is no wrangler.jsonc in ${dir}`);
  const wrangler = await import(pathToFileURL(found(dir, "wrangler")).href);
  return wrangler.experimental_readRawConfig({ config: path }).rawConfig;
}

function found(dir: string, name: string): string {
  try {
    return createRequire(join(dir, "index.js")).resolve(name);
  } catch {
    throw new Failure("no_wrangler", `wrangler is not installed in ${dir}: run npm install there`);
  }
}

class Wrangler {
  readonly #dir: string;
  readonly #bin: string;

  constructor(dir: string) {
    this.#dir = dir;
    this.#bin = join(dirname(found(dir, "wrangler/package.json")), "bin/wrangler.js");
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

  /** The secrets that the Worker has; none where it is not there yet, or cannot be asked, as it then says. */
  async secrets(): Promise<{ present: string[]; why: string }> {
    try {
      return { present: secretsIn(await this.must(["secret", "list", "--format", "json"])), why: "" };
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      return { present: [], why: ` (${error.message})` };
    }
  }

  async must(args: string[], input?: string): Promise<string> {
    const { code, output } = await this.run(args, input);
    if (code === 0) return output;
    const why = output.trim().split("\n").at(-1) ?? "";
    const said = Object.entries(process.env).reduce(
      (text, [name, value]) => (isSecret(name) ? withoutKey(text, value ?? "") : text),
      why,
    );
    throw new Failure("wrangler", `wrangler ${args.slice(0, 2).join(" ")} failed: ${said}`);
  }
}

function isSecret(name: string): boolean {
  return NEEDED.includes(name) || name.startsWith("CLIENT_KEY_");
}

/** wrangler gets no secret but by its standard input. */
function environment(): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = { WRANGLER_SEND_METRICS: "false", ...process.env };
  for (const name of Object.keys(env)) {
    if (isSecret(name)) delete env[name];
  }
  return env;
}
