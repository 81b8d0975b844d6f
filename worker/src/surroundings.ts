import { isSlip, nearest } from "split-events/internal/near";
import { valuesOf } from "./secrets.js";

/** Variables, bindings and secrets by name, from the Worker's environment or from `deploy`. */
export type Given = Readonly<Record<string, unknown>>;

export interface Problem {
  name: string;
  problem: string;
}

export const CLIENT_KEY = "CLIENT_KEY_";
const SECRETS = ["SPLIT_API_KEY", "ADMIN_KEY"];
/** The name of a rate limit: for every client key, or for one client's. */
const IS_LIMIT = /^LIMIT(_[A-Z0-9_]+)?$/;
/** What each binding must be, and a method that it must have. */
const BINDINGS: Readonly<Record<string, readonly [is: string, calls: string]>> = {
  OUTBOX: ["a Durable Object", "getByName"],
  PACE: ["a Durable Object", "getByName"],
  QUEUE: ["a queue", "send"],
};

/** Finds bindings that are missing, or are variables or bindings of another kind. */
export function bindingProblems(given: Given, needsQueue: boolean): Problem[] {
  const problems: Problem[] = [];
  for (const [name, [is, calls]] of Object.entries(BINDINGS)) {
    if (isThere(given[name])) problems.push(...otherKind(given, name, is, calls));
    else if (name !== "QUEUE") {
      problems.push({
        name,
        problem: "is missing: wrangler.jsonc must bind it to a Durable Object, as the template does",
      });
    } else if (needsQueue) {
      problems.push({ name, problem: 'is missing: bind a queue to it, or set BUFFER to "outbox"' });
    }
  }
  const limits = Object.keys(given).filter((name) => IS_LIMIT.test(name) && isThere(given[name]));
  return [...problems, ...limits.flatMap((name) => otherKind(given, name, 'a rate limit ("ratelimits")', "limit"))];
}

function isThere(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function otherKind(given: Given, name: string, is: string, calls: string): Problem[] {
  const value = given[name] as Record<string, unknown>;
  if (typeof value === "object" && typeof value[calls] === "function") return [];
  return [{ name, problem: `must be ${is}, bound in wrangler.jsonc, but is a variable or a binding of another kind` }];
}

/** Finds secrets that are missing, no keys, or shared. */
export function secretProblems(given: Given): Problem[] {
  const problems: Problem[] = [];
  const owners = new Map(valuesOf(given.ADMIN_KEY).map((key) => [key, "ADMIN_KEY"]));
  const clients = clientsIn(given);
  for (const name of [...SECRETS, ...clients]) {
    const values = valuesOf(given[name]);
    // ADMIN_KEY may be missing: then there is no /admin
    if (values.length === 0 && (name !== "ADMIN_KEY" || given[name])) {
      problems.push({ name, problem: `is missing: set it with "wrangler secret put ${name}"` });
    } else if (values.some((key) => !/^[\x21-\x7e]+$/.test(key))) {
      problems.push({ name, problem: "has a character that no key may have: keys are printable ASCII" });
    }
    if (name === "ADMIN_KEY") continue;
    const shared = new Set(values.map((key) => owners.get(key)).filter((owner) => owner !== undefined));
    for (const owner of shared) problems.push({ name, problem: `has a key that ${owner} has too: give each its own` });
    // a client key may be the service key
    if (name === "SPLIT_API_KEY") continue;
    for (const key of values) if (!owners.has(key)) owners.set(key, name);
  }
  if (clients.length === 0) {
    const problem =
      'is missing: set a secret CLIENT_KEY_NAME for each client, such as "wrangler secret put CLIENT_KEY_WEB"';
    problems.push({ name: `${CLIENT_KEY}*`, problem });
  }
  return problems;
}

/**
 * Finds unknown names. One that is a setting's but for a slip is a problem, since its user believes that the setting is set.
 * Any other may be the user's own: it is only listed, perhaps with a guess.
 */
export function unknownNames(given: Given, settings: readonly string[]): { misspelt: Problem[]; unknown: string[] } {
  const names = [...settings, ...SECRETS, "LIMIT"];
  const limits = clientsIn(given).map((name) => `LIMIT_${name.slice(CLIENT_KEY.length).toUpperCase()}`);
  const misspelt: Problem[] = [];
  const unknown: string[] = [];
  for (const name of Object.keys(given).sort()) {
    if (names.includes(name) || Object.hasOwn(BINDINGS, name) || name.startsWith(CLIENT_KEY) || IS_LIMIT.test(name))
      continue;
    const near = nearest(name, isBinding(given[name]) ? ["LIMIT", ...limits] : [...names, ...limits, CLIENT_KEY]);
    const hint = `did you mean ${near === CLIENT_KEY ? `${CLIENT_KEY}NAME` : near}?`;
    if (near !== undefined && isMeant(name, given[name], near)) {
      misspelt.push({ name, problem: `is no setting: ${hint}` });
    } else {
      unknown.push(near === undefined || isBinding(given[name]) ? name : `${name} (${hint})`);
    }
  }
  return { misspelt, unknown };
}

function isMeant(name: string, value: unknown, near: string): boolean {
  // of bindings only a rate limit may be missing unnoticed
  if (isBinding(value))
    return name.toUpperCase() === near && otherKind({ [name]: value }, name, "", "limit").length === 0;
  // a client's key in another spelling, or a name without its last words
  if (near === CLIENT_KEY && /^client[_-]?key/i.test(name)) return true;
  return isSlip(name, near) || (name.includes("_") && near.startsWith(`${name.toUpperCase()}_`));
}

/** Returns whether a value is a binding: variables are text, numbers and JSON. */
function isBinding(value: unknown): boolean {
  if (typeof value === "function") return true;
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  return (
    Object.getPrototypeOf(value) !== Object.prototype || Object.values(value).some((one) => typeof one === "function")
  );
}

/** Returns the names of the clients' secrets, in order. */
export function clientsIn(given: Given): string[] {
  return Object.keys(given)
    .filter((name) => name.startsWith(CLIENT_KEY))
    .sort();
}
