import type { CheckOptions } from "split-events";
import type { EventOutbox } from "./out/event-outbox.js";
import type { EventPace } from "./out/event-pace.js";

/** What wrangler.jsonc, the dashboard and secrets give. Variables may be text or JSON. */
export interface Env {
  OUTBOX: DurableObjectNamespace<EventOutbox>;
  PACE: DurableObjectNamespace<EventPace>;
  QUEUE?: Queue;
  /** Cloudflare's rate limiting, by client key; `LIMIT_WEB` goes before it for `CLIENT_KEY_WEB`. */
  LIMIT?: RateLimit;
  /** Secret: the SDK key that events leave with. */
  SPLIT_API_KEY?: string;
  /** Secret: what `/admin` and `/metrics` ask for. Without it they are not there. */
  ADMIN_KEY?: string;
  /** Secrets `CLIENT_KEY_NAME`, and the limits `LIMIT_NAME`. */
  [name: string]: unknown;
}

export interface Settings {
  buffer: "queue" | "outbox";
  shards: number;
  upstream: string | undefined;
  /** Nothing where every page may post. */
  origins: ReadonlySet<string> | undefined;
  maxBodyBytes: number;
  bodySeconds: number;
  /** Requests a second to the service, over all shards. */
  rate: number | undefined;
  check: CheckOptions;
  /** Equal bodies of one client and address are repeats within this time; 0: they are not. */
  repeatSeconds: number;
  deadDays: number;
  deadRequestBytes: number;
  deadClientBytes: number;
  deadBytes: number;
}

/** wrangler.jsonc or a secret is wrong. The message never has a value that could be a key. */
export class SettingsError extends Error {
  override readonly name = "SettingsError";
}

export const SHARDS_MAX = 256;
const CHECKS = ["repair", "normalizeNames", "trafficTypes", "flatten", "timestampUnit"];
const known = new WeakMap<object, Settings>();

export function settingsOf(env: Env): Settings {
  let settings = known.get(env);
  if (!settings) {
    settings = read(env);
    known.set(env, settings);
  }
  return settings;
}

function read(env: Env): Settings {
  const buffer = env.BUFFER ?? "queue";
  if (buffer !== "queue" && buffer !== "outbox") throw wrong("BUFFER", '"queue" or "outbox"');
  if (buffer === "queue" && !env.QUEUE) throw new SettingsError('BUFFER is "queue", but there is no binding QUEUE');
  const origins = texts(env, "ORIGINS");
  return {
    buffer,
    shards: number(env, "SHARDS", 1, SHARDS_MAX) ?? 4,
    upstream: typeof env.UPSTREAM === "string" && env.UPSTREAM !== "" ? env.UPSTREAM : undefined,
    origins: origins.length === 0 || origins.includes("*") ? undefined : new Set(origins),
    maxBodyBytes: number(env, "MAX_BODY_BYTES", 1, 50_000_000) ?? 10_000_000,
    bodySeconds: number(env, "BODY_SECONDS", 1, 600) ?? 30,
    rate: number(env, "RATE", 0.001, 1_000_000),
    check: checkOptions(env),
    repeatSeconds: number(env, "REPEAT_SECONDS", 0, 86_400) ?? 0,
    deadDays: number(env, "DEAD_DAYS", 1, 3_650) ?? 30,
    deadRequestBytes: number(env, "DEAD_REQUEST_BYTES", 0, 1e9) ?? 1_000_000,
    deadClientBytes: number(env, "DEAD_CLIENT_BYTES", 0, 1e9) ?? 20_000_000,
    deadBytes: number(env, "DEAD_BYTES", 0, 1e12) ?? 100_000_000,
  };
}

function number(env: Env, name: string, least: number, most: number): number | undefined {
  const given = env[name];
  if (given === undefined || given === "") return undefined;
  const value = Number(given);
  if (value >= least && value <= most) return value;
  throw wrong(name, `a number from ${least} to ${most}`);
}

function texts(env: Env, name: string): string[] {
  const given = env[name] ?? [];
  if (typeof given === "string") return given.split(/[\s,]+/).filter(Boolean);
  if (Array.isArray(given) && given.every((one) => typeof one === "string")) return given;
  throw wrong(name, "texts");
}

function checkOptions(env: Env): CheckOptions {
  let given: unknown = env.CHECK ?? {};
  try {
    if (typeof given === "string") given = JSON.parse(given);
  } catch {
    throw wrong("CHECK", "JSON");
  }
  if (typeof given !== "object" || given === null || Array.isArray(given)) throw wrong("CHECK", "an object");
  const strange = Object.keys(given).find((name) => !CHECKS.includes(name));
  if (strange !== undefined) throw new SettingsError(`CHECK has ${strange}; it may have ${CHECKS.join(", ")}`);
  return given as CheckOptions;
}

function wrong(name: string, expected: string): SettingsError {
  return new SettingsError(`${name} must be ${expected}`);
}
