import { ConfigError } from "../errors.js";
import { assertStore, type Store } from "../stores/store.js";
import { nearest } from "./near.js";
import { expected, type Row, rowsFor, TABLE, TAKERS, type Taker } from "./table.js";

type Values = Record<string, unknown>;

/** Most characters of what was given that a message repeats. */
const SHOWN = 80;

/**
 * What was given of the options of this function, checked, in an object of its own. `partial` asks for none that is
 * required.
 *
 * @throws ConfigError if one is no option of it, or has a value that it may not have.
 */
export function checked<T extends object>(taker: Taker, options: T | null | undefined, partial = false): T {
  const rows = rowsFor(taker);
  const nested = rows.filter(({ name }) => name.includes("."));
  const parents = new Set(nested.map(({ name }) => parentOf(name)));
  const own = rows.filter((row) => !nested.includes(row));
  const given = objectOf("options", `an object, as ${TAKERS[taker]} describes it`, options);
  refuseOthers(taker, given, [...own.map(({ name }) => name), ...parents]);
  const secret = given.apiKey;
  const values = valuesOf(own, given, secret);
  for (const parent of parents) {
    if (!isGiven(given[parent])) continue;
    const inner = nested.filter(({ name }) => parentOf(name) === parent);
    const names = inner.map(({ name }) => lastOf(name));
    const within = objectOf(parent, `an object as { ${names.join(", ")} }`, given[parent]);
    refuseOthers(taker, within, names, `${parent}.`);
    values[parent] = valuesOf(inner, within, secret);
  }
  for (const { name, required, needs } of rows) {
    if (required && !partial && !(name in values)) throw keyMissing();
    if (needs !== undefined && name in values && !(needs in values)) {
      throw new ConfigError("invalid_option", `${name} does nothing without ${needs}: give both, or neither`);
    }
  }
  return values as T;
}

/** The options of this function, with the defaults of those that were not given, as the module reads them. */
export function withDefaults(taker: Taker, options: object): Values {
  const values: Values = {};
  const retry: Values = {};
  for (const { name, default: usual } of rowsFor(taker)) {
    const into = name.includes(".") ? retry : values;
    if (usual !== undefined) into[lastOf(name)] = usual;
  }
  const { retry: own, ...others } = options as { retry?: object };
  return { ...values, ...others, retry: { ...retry, ...own } };
}

/** The object that a nested one is in; empty for others. */
function parentOf(name: string): string {
  return name.slice(0, Math.max(0, name.indexOf(".")));
}

function lastOf(name: string): string {
  return name.slice(name.indexOf(".") + 1);
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function objectOf(what: string, expected: string, value: unknown): Values {
  if (!isGiven(value)) return {};
  if (typeof value !== "object" || Symbol.iterator in (value as object)) throw invalid(what, expected, kindOf(value));
  if (typeof (value as Values).then === "function") throw invalid(what, expected, "a promise: await it");
  return value as Values;
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return "an array";
  return typeof value === "object" ? "an object that is iterated over" : `a ${typeof value}`;
}

function refuseOthers(taker: Taker, given: Values, names: readonly string[], parent = ""): void {
  for (const name in given) {
    if (names.includes(name) || !isGiven(given[name])) continue;
    // what a program has added to all objects was given by nobody
    if (!Object.hasOwn(given, name) && name in Object.prototype) continue;
    throw unknownOption(taker, name, parent);
  }
}

function valuesOf(rows: readonly Row[], given: Values, secret: unknown): Values {
  const values: Values = {};
  for (const row of rows) {
    const name = lastOf(row.name);
    const value = given[name];
    if (isGiven(value)) values[name] = checkedValue(row, value, secret);
  }
  return values;
}

function checkedValue(row: Row, value: unknown, secret: unknown): unknown {
  const { name, type, words = [] } = row;
  switch (type) {
    case "key":
      return checkedKey(value);
    case "store":
      assertStore(name, value as Store);
      return value;
    case "address":
      if (typeof value === "string") return checkedAddress(row, value);
      break;
    case "statuses":
      if (isPlain(value)) return checkedStatuses(row, value as object);
      break;
    case "whole":
    case "number":
      if (isWithin(row, value)) return value;
      break;
    case "boolean":
    case "function":
      if (typeof value === type) return value;
      break;
    case "text":
      if (typeof value === "string") return value;
      break;
    case "word":
      if (words.includes(value as string)) return value;
      break;
    case "texts":
      if (Array.isArray(value) && value.every((text) => typeof text === "string")) return value;
      break;
    case "clock":
      if (value === false || (isWithin(row, value) && (value as number) > 0)) return value;
      break;
    case "columns":
      if (value instanceof Map ? [...value.keys()].every((name) => typeof name === "string") : isPlain(value))
        return value;
      break;
    case "signal":
      if (value instanceof AbortSignal) return value;
      break;
    case "control":
      if (typeof (value as { subscribe?: unknown }).subscribe === "function") return value;
      break;
    case "any":
      return value;
  }
  throw invalid(name, expected(row), value === secret ? "the SDK key" : shown(value));
}

function isWithin({ type, least, most, above }: Row, value: unknown): boolean {
  if (typeof value !== "number" || !Number.isFinite(value)) return false;
  if (type === "whole" && !Number.isInteger(value)) return false;
  if (least !== undefined && (above ? value <= least : value < least)) return false;
  return most === undefined || value <= most;
}

/** The SDK key. It is never repeated. */
function checkedKey(value: unknown): string {
  if (typeof value !== "string" || value === "") throw keyMissing();
  if (/^[\x21-\x7e]+$/.test(value)) return value;
  throw new ConfigError("invalid_api_key", "apiKey has a space, line break or other character that no key has");
}

function keyMissing(): ConfigError {
  return new ConfigError("missing_api_key", "apiKey is missing: give the SDK key of the environment");
}

/** An HTTP address without credentials in it. It is not repeated: it may hold a secret. */
function checkedAddress(row: Row, value: string): string {
  const refused = (why: string) => new ConfigError("invalid_endpoint", `${row.name} must ${why}`);
  if (!URL.canParse(value)) throw refused(`be ${expected(row)}, as in ${row.default}`);
  const url = new URL(value);
  if (url.username !== "" || url.password !== "") {
    throw refused("not have a user or password in it: the key goes into apiKey");
  }
  if (url.protocol === "http:" || url.protocol === "https:") return url.href;
  throw invalid(row.name, expected(row), shown(url.protocol));
}

function checkedStatuses(row: Row, value: object): object {
  const { name, words = [] } = row;
  for (const [status, meaning] of Object.entries(value)) {
    if (!/^[1-9](\d\d|xx)$/.test(status)) throw invalid(name, expected(row), `with ${shown(status)}`);
    if (words.includes(meaning)) continue;
    throw invalid(`${name}[${JSON.stringify(status)}]`, expected({ type: "word", words }), shown(meaning));
  }
  return value;
}

/** Whether it is an object by itself, of no class that keeps its content elsewhere. */
function isPlain(value: unknown): boolean {
  if (typeof value !== "object" || Array.isArray(value)) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function invalid(name: string, expected: string, is: string): ConfigError {
  return new ConfigError("invalid_option", `${name} must be ${expected}, but is ${is}`);
}

function shown(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.slice(0, SHOWN));
  if (typeof value === "function") return "a function";
  if (Array.isArray(value)) return "an array";
  return typeof value === "object" ? "an object" : String(value);
}

/** Says what was probably meant. The value is not shown: it may be a secret. */
function unknownOption(taker: Taker, name: string, parent: string): ConfigError {
  const whole = parent + (/^\w{1,80}$/.test(name) ? name : JSON.stringify(name.slice(0, SHOWN)));
  return new ConfigError("unknown_option", `${whole} is ${instead(taker, name, parent)}`);
}

function instead(taker: Taker, name: string, parent: string): string {
  const none = `no option of ${taker}`;
  const all = (TABLE as readonly Row[]).filter(({ internal }) => !internal);
  const rows = all.filter(({ of }) => of.includes(taker));
  const named = rows.find((row) => lastOf(row.name) === name || row.meant?.includes(name));
  if (named) return `${none}: did you mean ${named.name}?`;
  const takers = all.filter((row) => row.name === parent + name || parentOf(row.name) === name).flatMap(({ of }) => of);
  if (takers.length > 0) return `an option of ${listed([...new Set(takers)])}, not of ${taker}`;
  const near = nearestRow(name, rows);
  if (near) return `${none}: did you mean ${near.name}?`;
  const other = all.find((row) => row.meant?.includes(name)) ?? nearestRow(name, all);
  if (other) return `${none}: did you mean ${other.name}, an option of ${listed(other.of)}?`;
  return `${none}: ${TAKERS[taker]} says which there are`;
}

function nearestRow(name: string, rows: readonly Row[]): Row | undefined {
  const names = (row: Row) => [row.name, lastOf(row.name), ...(row.meant ?? [])];
  const near = nearest(name, rows.flatMap(names));
  return near === undefined ? undefined : rows.find((row) => names(row).includes(near));
}

function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join() : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}
