import { Batcher, type CheckOptions } from "split-events";
import { type Origins, originsFrom } from "./in/origins.js";
import { log } from "./log.js";
import { valuesOf } from "./secrets.js";

/** What wrangler.jsonc, the dashboard and secrets give, whoever has read it. */
type Given = Readonly<Record<string, unknown>>;

export interface Settings {
  buffer: "queue" | "outbox";
  shards: number;
  /** Nothing where every page may post. */
  origins: Origins | undefined;
  /** Nothing for the service's own address. */
  upstream: string | undefined;
  /** Requests a second to the service, over all shards. */
  rate: number | undefined;
  check: CheckOptions;
  maxBodyBytes: number;
  bodySeconds: number;
  /** Equal bodies of one client and address are repeats within this time; 0: they are not. */
  repeatSeconds: number;
  deadDays: number;
  deadRequestBytes: number;
  deadClientBytes: number;
  deadBytes: number;
}

export interface Problem {
  name: string;
  problem: string;
}

/** A setting that is wrong. Its message is what it must be; it never has a value that could be a key. */
class Wrong extends Error {}

/** A row of the table: what a setting is where nothing is given, and how it is read. */
interface Setting<T> {
  name: string;
  default: T;
  read(given: unknown): T;
}

const SHARDS_MAX = 256;
const CHECKS = ["repair", "normalizeNames", "trafficTypes", "flatten", "timestampUnit"];

/** Every variable. Nothing and an empty text are the default; what is read may be text or JSON. */
export const TABLE: { readonly [Name in keyof Settings]: Setting<Settings[Name]> } = {
  buffer: { name: "BUFFER", default: "queue", read: word("queue", "outbox") },
  shards: { name: "SHARDS", default: 4, read: whole(1, SHARDS_MAX) },
  origins: { name: "ORIGINS", default: undefined, read: origins },
  upstream: { name: "UPSTREAM", default: undefined, read: address },
  rate: { name: "RATE", default: undefined, read: number(0.001, 1_000_000) },
  check: { name: "CHECK", default: {}, read: checkOptions },
  maxBodyBytes: { name: "MAX_BODY_BYTES", default: 10_000_000, read: whole(1, 50_000_000) },
  bodySeconds: { name: "BODY_SECONDS", default: 30, read: whole(1, 600) },
  repeatSeconds: { name: "REPEAT_SECONDS", default: 0, read: whole(0, 86_400) },
  deadDays: { name: "DEAD_DAYS", default: 30, read: whole(1, 3_650) },
  deadRequestBytes: { name: "DEAD_REQUEST_BYTES", default: 1_000_000, read: whole(0, 1_000_000_000) },
  deadClientBytes: { name: "DEAD_CLIENT_BYTES", default: 20_000_000, read: whole(0, 1_000_000_000) },
  deadBytes: { name: "DEAD_BYTES", default: 100_000_000, read: whole(0, 1_000_000_000_000) },
};

export const CLIENT_KEY = "CLIENT_KEY_";
const NEEDED_BINDINGS = ["OUTBOX", "PACE"];

/** What this environment says, and everything that is wrong in it. */
export function readSettings(given: Given): { settings: Settings; problems: Problem[] } {
  const problems: Problem[] = [];
  const settings = Object.entries(TABLE).map(([key, { name, default: usual, read }]) => {
    const value = given[name];
    const isGiven = value !== undefined && value !== null && !(typeof value === "string" && value.trim() === "");
    try {
      return [key, isGiven ? read(value) : usual];
    } catch (error) {
      if (!(error instanceof Wrong)) throw error;
      problems.push({ name, problem: error.message });
      return [key, usual];
    }
  });
  const read: Settings = Object.fromEntries(settings);
  return { settings: read, problems: [...problems, ...bindingProblems(given, read), ...secretProblems(given)] };
}

/** wrangler.jsonc, the dashboard or a secret is wrong: nothing is taken, and nothing is sent. */
export class SettingsError extends Error {
  override readonly name = "SettingsError";

  constructor(readonly problems: readonly Problem[]) {
    super(problems.map(({ name, problem }) => `${name} ${problem}`).join("; "));
  }
}

const known = new WeakMap<Given, ReturnType<typeof readSettings>>();
/** Problems that were logged: an isolate says each once, however many environments it is given. */
const told = new Set<string>();

/** The settings and what is wrong with them, read once. */
export function lookAtSettings(env: Given): ReturnType<typeof readSettings> {
  let found = known.get(env);
  if (!found) {
    found = readSettings(env);
    known.set(env, found);
    for (const { name, problem } of found.problems) {
      const line = `${name} ${problem}`;
      if (!told.has(line)) log("error", "setting_wrong", { name, problem });
      told.add(line);
    }
  }
  return found;
}

/** @throws SettingsError if anything is wrong, all of it. */
export function settingsOf(env: Given): Settings {
  const { settings, problems } = lookAtSettings(env);
  if (problems.length > 0) throw new SettingsError(problems);
  return settings;
}

/** The settings by their names as they may be shown: there is no secret among them. */
export function shownSettings(settings: Settings, given: Given): Record<string, unknown> {
  const rows = Object.entries(TABLE).map(([key, { name }]) => [name, settings[key as keyof Settings] ?? null]);
  const { exact = [], under = [] } = settings.origins ?? {};
  const origins = [...exact, ...under.map(({ scheme, suffix }) => `${scheme}*${suffix}`)];
  return {
    ...Object.fromEntries(rows),
    ORIGINS: settings.origins ? origins : "*",
    clients: clientsIn(given).map((name) => name.slice(CLIENT_KEY.length).toLowerCase()),
  };
}

function bindingProblems(given: Given, { buffer }: Settings): Problem[] {
  const missing = NEEDED_BINDINGS.filter((name) => !given[name]).map((name) => ({
    name,
    problem: "is missing: wrangler.jsonc must bind it to a Durable Object, as the template does",
  }));
  if (buffer === "queue" && !given.QUEUE) {
    missing.push({ name: "QUEUE", problem: 'is missing: bind a queue to it, or set BUFFER to "outbox"' });
  }
  return missing;
}

function secretProblems(given: Given): Problem[] {
  const problems: Problem[] = [];
  const owners = new Map(valuesOf(given.ADMIN_KEY).map((key) => [key, "ADMIN_KEY"]));
  const clients = clientsIn(given);
  for (const name of ["SPLIT_API_KEY", "ADMIN_KEY", ...clients]) {
    const values = valuesOf(given[name]);
    // without an ADMIN_KEY there is no /admin
    if (values.length === 0 && (name !== "ADMIN_KEY" || given[name])) {
      problems.push({ name, problem: `is missing: set it with "wrangler secret put ${name}"` });
    } else if (values.some((key) => !/^[\x21-\x7e]+$/.test(key))) {
      problems.push({ name, problem: "has a character that no key has" });
    }
    if (!name.startsWith(CLIENT_KEY)) continue;
    const shared = new Set(values.map((key) => owners.get(key)).filter((owner) => owner !== undefined));
    for (const owner of shared) problems.push({ name, problem: `has a key that ${owner} has too: give each its own` });
    for (const key of values) if (!owners.has(key)) owners.set(key, name);
  }
  if (clients.length === 0) {
    const problem = 'is missing: set a secret CLIENT_KEY_NAME for each client, as "wrangler secret put CLIENT_KEY_WEB"';
    problems.push({ name: `${CLIENT_KEY}*`, problem });
  }
  return problems;
}

function clientsIn(given: Given): string[] {
  return Object.keys(given)
    .filter((name) => name.startsWith(CLIENT_KEY))
    .sort();
}

function number(least: number, most: number, is = "a number", fits: (value: number) => boolean = Number.isFinite) {
  return (given: unknown): number => {
    const isNumeric = typeof given === "number" || (typeof given === "string" && /^\s*\d+(\.\d+)?\s*$/.test(given));
    const value = isNumeric ? Number(given) : Number.NaN;
    if (fits(value) && value >= least && value <= most) return value;
    throw new Wrong(`must be ${is} from ${least} to ${most}`);
  };
}

function whole(least: number, most: number) {
  return number(least, most, "a whole number", Number.isInteger);
}

function word<Word extends string>(...words: Word[]) {
  return (given: unknown): Word => {
    const found = words.find((one) => typeof given === "string" && one === given.trim());
    if (found !== undefined) return found;
    throw new Wrong(`must be ${words.map((one) => JSON.stringify(one)).join(" or ")}`);
  };
}

function origins(given: unknown): Origins | undefined {
  const texts = typeof given === "string" ? given.split(/[\s,]+/).filter(Boolean) : given;
  if (!Array.isArray(texts) || !texts.every((one) => typeof one === "string")) {
    throw new Wrong("must be origins, as a text with spaces between or a list of texts");
  }
  try {
    return originsFrom(texts.map((one) => one.trim()).filter(Boolean));
  } catch (error) {
    if (error instanceof RangeError) throw new Wrong(`is not as it must be: ${error.message}`);
    throw error;
  }
}

/** It is not repeated: people put keys into addresses. */
function address(given: unknown): string {
  const text = typeof given === "string" ? given.trim() : "";
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isOfThisMachine = url && /^(localhost|127(\.\d+){3}|\[::1\]|.+\.localhost)$/.test(url.hostname);
  if (!url || !(url.protocol === "https:" || (url.protocol === "http:" && isOfThisMachine))) {
    throw new Wrong(
      "must be an https address, as https://events.split.io/api/events/bulk (http only for this machine)",
    );
  }
  if (url.username !== "" || url.password !== "") {
    throw new Wrong("must not have a user or password in it: the key is the secret SPLIT_API_KEY");
  }
  return url.href;
}

function checkOptions(given: unknown): CheckOptions {
  let options = given;
  try {
    if (typeof given === "string") options = JSON.parse(given);
  } catch {
    throw new Wrong('must be JSON, as {"trafficTypes":["user"]}');
  }
  if (typeof options !== "object" || options === null || Array.isArray(options)) throw new Wrong("must be an object");
  const strange = Object.keys(options).find((name) => !CHECKS.includes(name));
  if (strange !== undefined) {
    throw new Wrong(`has ${JSON.stringify(strange.slice(0, 80))}; it may have ${CHECKS.join(", ")}`);
  }
  try {
    new Batcher(options).free();
  } catch (error) {
    if (error instanceof TypeError) throw new Wrong(`is not as it must be: ${error.message}`);
    throw error;
  }
  return options;
}
