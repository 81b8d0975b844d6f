import { Batcher, type CheckOptions } from "split-events";
import { log } from "./log.js";
import { type Origins, originsFrom } from "./origins.js";
import {
  bindingProblems,
  CLIENT_KEY,
  clientsIn,
  type Given,
  type Problem,
  secretProblems,
  unknownNames,
} from "./surroundings.js";

export interface Settings {
  buffer: "queue" | "outbox";
  shards: number;
  /** `undefined` if every page may post. */
  origins: Origins | undefined;
  /** `undefined` for the service's own address. */
  upstream: string | undefined;
  /** Requests a second to the service, over all shards; `undefined` for no limit. */
  rate: number | undefined;
  check: CheckOptions;
  maxBodyBytes: number;
  bodySeconds: number;
  /** Equal bodies of one client and address are repeats within this time; 0: they never are. */
  repeatSeconds: number;
  deadDays: number;
  deadRequestBytes: number;
  deadClientBytes: number;
  deadBytes: number;
}

/** Says what a setting must be. The message never has its value, which could be a key. */
class WrongSetting extends Error {}

/** Reads a setting, and says what it must be, for its problem and for docs/WORKER.md. */
interface Reader<T> {
  takes: string;
  read(given: unknown): T;
}

/** A row of the table: a setting's name, its default, and how it is read. */
interface Setting<T> extends Reader<T> {
  name: string;
  default: T;
}

const SHARDS_MAX = 256;
const CHECKS = [
  ...["repair", "normalizeNames", "trafficTypes", "flatten", "timestampUnit"],
  ...["preset", "mapping", "map", "set", "separator", "skipRows", "decimal", "timestampFormat", "timestampZone"],
  "encoding",
];

/** All variables. One that is missing or empty has its default; one that is given may be text or JSON. */
export const TABLE: { readonly [Name in keyof Settings]: Setting<Settings[Name]> } = {
  buffer: { name: "BUFFER", default: "queue", ...word("queue", "outbox") },
  shards: { name: "SHARDS", default: 4, ...whole(1, SHARDS_MAX) },
  origins: { name: "ORIGINS", default: undefined, ...origins() },
  upstream: { name: "UPSTREAM", default: undefined, ...address() },
  rate: { name: "RATE", default: undefined, ...number(0.001, 1_000_000) },
  check: { name: "CHECK", default: {}, ...checkOptions() },
  maxBodyBytes: { name: "MAX_BODY_BYTES", default: 10_000_000, ...whole(1, 50_000_000) },
  bodySeconds: { name: "BODY_SECONDS", default: 30, ...whole(1, 600) },
  repeatSeconds: { name: "REPEAT_SECONDS", default: 0, ...whole(0, 86_400) },
  deadDays: { name: "DEAD_DAYS", default: 30, ...whole(1, 3_650) },
  deadRequestBytes: { name: "DEAD_REQUEST_BYTES", default: 1_000_000, ...whole(0, 1_000_000_000) },
  deadClientBytes: { name: "DEAD_CLIENT_BYTES", default: 20_000_000, ...whole(0, 1_000_000_000) },
  deadBytes: { name: "DEAD_BYTES", default: 100_000_000, ...whole(0, 1_000_000_000_000) },
};

/** The settings, everything that is wrong with them, and unknown names. */
interface Found {
  settings: Settings;
  problems: Problem[];
  /** Names that are a setting's but for a slip: the Worker runs without them, deploy refuses them. */
  misspelt: Problem[];
  /** Other unknown names. */
  unknown: string[];
}

export function readSettings(given: Given): Found {
  const problems: Problem[] = [];
  const settings = Object.entries(TABLE).map(([key, { name, default: usual, read }]) => {
    const value = given[name];
    const isGiven = value !== undefined && value !== null && !(typeof value === "string" && value.trim() === "");
    try {
      return [key, isGiven ? read(value) : usual];
    } catch (error) {
      if (!(error instanceof WrongSetting)) throw error;
      problems.push({ name, problem: error.message });
      return [key, usual];
    }
  });
  const read: Settings = Object.fromEntries(settings);
  const names = Object.values(TABLE).map(({ name }) => name);
  problems.push(...bindingProblems(given, read.buffer === "queue"), ...secretProblems(given));
  return { settings: read, problems, ...unknownNames(given, names) };
}

/** Thrown while a setting, a binding or a secret is wrong: then no event is taken or sent. */
class SettingsError extends Error {
  override readonly name = "SettingsError";

  constructor(readonly problems: readonly Problem[]) {
    super(problems.map(({ name, problem }) => `${name} ${problem}`).join("; "));
  }
}

const known = new WeakMap<Given, Found>();
/** The problems that this isolate has logged, each once. */
const logged = new Set<string>();

/** Returns the settings and what is wrong with them. Reads and logs them once. */
export function inspectSettings(env: Given): Found {
  let found = known.get(env);
  if (!found) {
    found = readSettings(env);
    known.set(env, found);
    for (const one of found.problems) logOnce("error", "setting_wrong", one);
    for (const one of found.misspelt) logOnce("warn", "setting_unknown", one);
  }
  return found;
}

function logOnce(level: "warn" | "error", event: string, { name, problem }: Problem): void {
  const line = `${name} ${problem}`;
  if (!logged.has(line)) log(level, event, { name, problem });
  logged.add(line);
}

/** Returns the settings. Throws a SettingsError with all problems if there is any. */
export function settingsOf(env: Given): Settings {
  const { settings, problems } = inspectSettings(env);
  if (problems.length > 0) throw new SettingsError(problems);
  return settings;
}

/** Returns the settings by their names, as they may be shown: without secrets. */
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

function number(
  least: number,
  most: number,
  is = "a number",
  fits: (value: number) => boolean = Number.isFinite,
): Reader<number> {
  const takes = `${is} from ${least} to ${most}`;
  const read = (given: unknown): number => {
    const isNumeric = typeof given === "number" || (typeof given === "string" && /^\s*\d+(\.\d+)?\s*$/.test(given));
    const value = isNumeric ? Number(given) : Number.NaN;
    if (fits(value) && value >= least && value <= most) return value;
    throw new WrongSetting(`must be ${takes}`);
  };
  return { takes, read };
}

function whole(least: number, most: number): Reader<number> {
  return number(least, most, "a whole number", Number.isInteger);
}

function word<Word extends string>(...words: Word[]): Reader<Word> {
  const takes = words.map((one) => JSON.stringify(one)).join(" or ");
  const read = (given: unknown): Word => {
    const found = words.find((one) => typeof given === "string" && one === given.trim());
    if (found !== undefined) return found;
    throw new WrongSetting(`must be ${takes}`);
  };
  return { takes, read };
}

function origins(): Reader<Origins | undefined> {
  const takes = "origins, as a text with spaces or commas between, or a list of texts";
  const read = (given: unknown): Origins | undefined => {
    const texts = typeof given === "string" ? given.split(/[\s,]+/).filter(Boolean) : given;
    if (!Array.isArray(texts) || !texts.every((one) => typeof one === "string"))
      throw new WrongSetting(`must be ${takes}`);
    try {
      return originsFrom(texts.map((one) => one.trim()).filter(Boolean));
    } catch (error) {
      if (error instanceof RangeError) throw new WrongSetting(`is wrong: ${error.message}`);
      throw error;
    }
  };
  return { takes, read };
}

/** Reads an address. No problem quotes it, since people put keys into addresses. */
function address(): Reader<string> {
  const takes = "an https address, such as https://events.split.io/api/events/bulk (http only on this machine)";
  const read = (given: unknown): string => {
    const text = typeof given === "string" ? given.trim() : "";
    const url = URL.canParse(text) ? new URL(text) : undefined;
    const isOfThisMachine = url && /^(localhost|127(\.\d+){3}|\[::1\]|.+\.localhost)$/.test(url.hostname);
    if (!url || !(url.protocol === "https:" || (url.protocol === "http:" && isOfThisMachine))) {
      throw new WrongSetting(`must be ${takes}`);
    }
    if (url.username !== "" || url.password !== "") {
      throw new WrongSetting("must not have a user or password in it: the key is the secret SPLIT_API_KEY");
    }
    return url.href;
  };
  return { takes, read };
}

function checkOptions(): Reader<CheckOptions> {
  const takes = `an object of ${CHECKS.join(", ")}`;
  const read = (given: unknown): CheckOptions => {
    let options = given;
    try {
      if (typeof given === "string") options = JSON.parse(given);
    } catch {
      throw new WrongSetting('must be JSON, such as {"trafficTypes":["user"]}');
    }
    if (typeof options !== "object" || options === null || Array.isArray(options))
      throw new WrongSetting("must be an object");
    const unknown = Object.keys(options).find((name) => !CHECKS.includes(name));
    if (unknown !== undefined) {
      throw new WrongSetting(
        `has the unknown option ${JSON.stringify(unknown.slice(0, 80))}: its options are ${CHECKS.join(", ")}`,
      );
    }
    try {
      new Batcher(options).free();
    } catch (error) {
      if (error instanceof TypeError) throw new WrongSetting(`is wrong: ${error.message}`);
      throw error;
    }
    return options;
  };
  return { takes, read };
}
