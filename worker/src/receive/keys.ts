import type { Env } from "../deliver/env.js";
import { errorText, log } from "../log.js";
import { Refusal } from "../problem.js";
import { valuesOf } from "../secrets.js";
import { CLIENT_KEY } from "../surroundings.js";

/** A client that may post. Its name is that of the secret `CLIENT_KEY_NAME`, in lower case. */
export interface Client {
  name: string;
}

const encoder = new TextEncoder();

/** Returns the key of `Authorization: Bearer KEY`. */
export function bearer(request: Request): string | undefined {
  return /^Bearer +(\S+)$/i.exec(request.headers.get("authorization") ?? "")?.[1];
}

/** Returns the client that has this key. Throws a Refusal if none has. */
export async function clientOf(key: string | undefined, env: Env): Promise<Client> {
  let found: Client | undefined;
  const given = await digest(key ?? "");
  for (const [name, secret] of Object.entries(env)) {
    if (!name.startsWith(CLIENT_KEY)) continue;
    if (await isOneOf(secret, given)) found = { name: name.slice(CLIENT_KEY.length).toLowerCase() };
  }
  if (key === undefined || !found) throw new Refusal(401);
  return found;
}

/** Whether this isolate has logged that `ADMIN_KEY` is missing. */
let hasLoggedNoAdminKey = false;

export async function assertAdmin(request: Request, env: Env): Promise<void> {
  if (valuesOf(env.ADMIN_KEY).length === 0) {
    if (!hasLoggedNoAdminKey) log("warn", "admin_key_missing");
    hasLoggedNoAdminKey = true;
    throw new Refusal(404);
  }
  const given = bearer(request);
  if (!(await isOneOf(env.ADMIN_KEY, await digest(given ?? ""))) || given === undefined) throw new Refusal(401);
}

/** Returns whether a key is a value of a secret. Compares all values, so that the time tells of none. */
async function isOneOf(secret: unknown, given: ArrayBuffer): Promise<boolean> {
  let found = false;
  for (const value of valuesOf(secret)) found = same(given, await digestOfSecret(value)) || found;
  return found;
}

export async function assertWithinLimit({ name }: Client, env: Env): Promise<void> {
  const limit = (env[`LIMIT_${name.toUpperCase()}`] ?? env.LIMIT) as RateLimit | undefined;
  if (!limit || (await isWithin(limit, name))) return;
  const detail = "this client key has sent more requests than its limit allows: send again after Retry-After seconds";
  throw new Refusal(429, { detail }, { "retry-after": "10" });
}

/** Returns whether a request is within the limit. If the limit cannot be asked, it is: no event may be lost by that. */
async function isWithin(limit: RateLimit, client: string): Promise<boolean> {
  try {
    return (await limit.limit({ key: client })).success;
  } catch (error) {
    log("warn", "limit_failed", { client, error: errorText(error) });
    return true;
  }
}

const secrets = new Map<string, ArrayBuffer>();

async function digestOfSecret(secret: string): Promise<ArrayBuffer> {
  const known = secrets.get(secret) ?? (await digest(secret));
  secrets.set(secret, known);
  return known;
}

/** Digests a key. Digests have one length, so that the time of a comparison tells nothing of a key. */
function digest(key: string): Promise<ArrayBuffer> {
  return crypto.subtle.digest("SHA-256", encoder.encode(key));
}

function same(a: ArrayBuffer, b: ArrayBuffer): boolean {
  return crypto.subtle.timingSafeEqual(a, b);
}
