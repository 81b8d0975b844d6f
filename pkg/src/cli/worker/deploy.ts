import { resolve } from "node:path";
import { exit } from "../exit.js";
import { Failure } from "../failure.js";
import { printText, say } from "../output/output.js";
import { readWorkerSettings, type SettingProblem } from "./settings.js";
import { type Config, isSecret, readConfig, Wrangler } from "./wrangler.js";

/** The secrets that a Worker needs. Their values come from the environment and go to wrangler's standard input. */
const NEEDED = ["SPLIT_API_KEY", "ADMIN_KEY"];

/** Deploys a Worker. Each step looks first, so that a second call changes nothing. */
export async function deploy(folder: string, dryRun: boolean): Promise<number> {
  const dir = resolve(folder);
  const config = await readConfig(dir);
  const wrangler = new Wrangler(dir);
  const { names: present, unknown } = dryRun ? { names: [] } : await wrangler.secrets();
  const toSet = secrets(present);
  const missing = [...toSet].filter(([, value]) => value === undefined).map(([name]) => name);
  await assertSettings(config, toSet, present);
  if (unknown !== undefined) {
    const message = `wrangler could not list the secrets, and nothing was done: ${unknown}`;
    throw new Failure("wrangler", message);
  }
  if (!dryRun && missing.length > 0) throw noSecrets(missing);

  for (const queue of queuesOf(config)) {
    if (dryRun) {
      printText(`would create the queue ${queue} if it does not exist\n`);
    } else if ((await wrangler.run(["queues", "info", queue])).code === 0) {
      printText(`the queue ${queue} exists\n`);
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

/** Throws if a setting is wrong, before anything is created. Secrets whose value is not known here count as right. */
async function assertSettings(
  config: Config,
  toSet: Map<string, string | undefined>,
  present: readonly string[],
): Promise<void> {
  const vars = Object.entries(config.vars ?? {});
  const { problems, misspelt, unknown } = await readWorkerSettings({
    ...bindingsOf(config),
    // a variable with a binding's name is what the Worker would find
    ...Object.fromEntries(vars.filter(([name]) => !isSecret(name))),
    ...Object.fromEntries(
      [...present, ...toSet.keys()].filter(isSecret).map((name) => [name, toSet.get(name) ?? name]),
    ),
  });
  if (unknown.length > 0) say(`the Worker does not read these variables: ${unknown.join(", ")}`);
  const open = vars.filter(([name]) => isSecret(name)).map(([name]) => openSecret(name));
  const all = [...problems, ...misspelt, ...open, ...strangeNames()];
  if (all.length === 0) return;
  for (const { name, problem } of all) say(`${name} ${problem}`);
  throw new Failure("settings", "wrangler.jsonc or a secret is wrong, and nothing was done");
}

/** Everyone who reads the file would have the key, and it would hide the secret. */
function openSecret(name: string): SettingProblem {
  const problem = `is in wrangler.jsonc, where everyone who reads the file has it: remove it there and set it with "wrangler secret put ${name}"`;
  return { name, problem };
}

/** Stands in for each binding as far as the Worker looks at it. */
function bindingsOf({ durable_objects: objects, queues, ratelimits }: Config): Record<string, object> {
  const able = (call: string) => ({ [call]: () => {} });
  return Object.fromEntries([
    ...(objects?.bindings ?? []).map(({ name }) => [name, able("getByName")]),
    ...(queues?.producers ?? []).map(({ binding }) => [binding, able("send")]),
    ...(ratelimits ?? []).map(({ name }) => [name, able("limit")]),
  ]);
}

function noSecrets(names: readonly string[]): Failure {
  const [name, it] = names.length === 1 ? [names[0], "it"] : [names.join(", "), "them"];
  return new Failure(
    "no_secret",
    `the Worker has no secret ${name}, and nothing was done: set ${it} in the environment and run this again`,
  );
}

/** The names of client keys that both Cloudflare and the Worker take. */
const CLIENT_KEY = /^CLIENT_KEY_\w+$/;

/** Returns the secrets to set: those of the environment, and without a value those that are needed and missing. */
function secrets(present: readonly string[]): Map<string, string | undefined> {
  const found = new Map<string, string | undefined>();
  for (const name of NEEDED) {
    const value = process.env[name] || undefined;
    if (value !== undefined || !present.includes(name)) found.set(name, value);
  }
  for (const [name, value] of Object.entries(process.env)) {
    if (CLIENT_KEY.test(name) && value) found.set(name, value);
  }
  const hasClient = [...found.keys(), ...present].some((name) => name.startsWith("CLIENT_KEY_"));
  if (!hasClient) found.set("CLIENT_KEY_WEB", undefined);
  return found;
}

/** Lists the client keys of the environment whose names no secret may have. */
function strangeNames(): SettingProblem[] {
  const names = Object.keys(process.env).filter((name) => /^client_key_/i.test(name) && !CLIENT_KEY.test(name));
  const problem =
    "cannot be the name of a client's secret: write CLIENT_KEY_ and then letters, digits or _, as CLIENT_KEY_MY_APP";
  return names.map((name) => ({ name, problem }));
}

function queuesOf({ vars, queues }: Config): string[] {
  if (vars?.BUFFER === "outbox") return [];
  const names = [
    ...(queues?.producers ?? []).map(({ queue }) => queue),
    ...(queues?.consumers ?? []).flatMap(({ queue, dead_letter_queue: dead }) => (dead ? [queue, dead] : [queue])),
  ];
  return [...new Set(names)];
}
