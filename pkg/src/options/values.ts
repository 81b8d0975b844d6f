import { ConfigError } from "../errors/config-error.js";
import { ELSEWHERE } from "../place.js";
import { parsedUrl } from "../platform.js";
import { elsewhere } from "./elsewhere.js";
import { didYouMean, isMapField, isSetField, MAP_FIELDS, SET_FIELDS } from "./fields.js";
import { nearest } from "./near.js";
import { expected, type Row } from "./rows.js";

/** The most characters of a value that a message repeats. */
const SHOWN = 80;

/**
 * Returns the value of an option as the package uses it. `secret` is the SDK key, which no error repeats.
 *
 * @throws ConfigError if the option may not have this value.
 */
export function checkedValue(row: Row, value: unknown, secret: unknown): unknown {
  const { name, type, words = [], signs = {} } = row;
  switch (type) {
    case "key":
      return checkedKey(value);
    case "store":
      assertStore(name, value);
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
      if (typeof value === "boolean") return value;
      break;
    case "function":
    case "hook":
      if (typeof value === "function") return value;
      break;
    case "text":
      if (typeof value === "string") return value;
      break;
    case "word":
      if (words.includes(value as string)) return signs[value as string] ?? value;
      break;
    case "texts":
      if (Array.isArray(value) && value.every((text) => typeof text === "string")) return value;
      break;
    case "clock":
      if (value === false || (isWithin(row, value) && (value as number) > 0)) return value;
      break;
    case "columns":
      if (value instanceof Map ? [...value.keys()].every((name) => typeof name === "string") : isPlain(value))
        return checkedMap(name, value as object);
      break;
    case "fields":
      if (isPlain(value)) return checkedSet(name, value as object);
      break;
    case "mapping":
      if (typeof value === "string") return value;
      if (isPlain(value)) return JSON.stringify(value);
      break;
    case "signal":
      if (value instanceof AbortSignal) return value;
      break;
    case "control":
      if (typeof (value as { subscribe?: unknown }).subscribe === "function") return value;
      break;
    case "object":
    case "any":
      return value;
  }
  if (typeof value === "string" && ELSEWHERE.includes(`${name} ${value}`)) throw elsewhere(`${name} ${value} is read`);
  const near = type === "word" && typeof value === "string" ? nearWord(value, words) : "";
  throw invalid(name, expected(row), value === secret ? "the SDK key" : shown(value) + near);
}

function nearWord(value: string, words: readonly string[]): string {
  const near = nearest(value, words);
  return near === undefined ? "" : `: did you mean ${near}?`;
}

function isWithin({ type, least, most, above }: Row, value: unknown): boolean {
  if (typeof value !== "number" || !Number.isFinite(value)) return false;
  if (type === "whole" && !Number.isInteger(value)) return false;
  if (least !== undefined && (above ? value <= least : value < least)) return false;
  return most === undefined || value <= most;
}

/** Checks the SDK key. The error does not repeat it. */
function checkedKey(value: unknown): string {
  if (typeof value !== "string" || value === "") throw keyMissing();
  if (/^[\x21-\x7e]+$/.test(value)) return value;
  throw new ConfigError("invalid_api_key", "apiKey has a space, line break or other character that no key has");
}

export function keyMissing(): ConfigError {
  return new ConfigError("missing_api_key", "apiKey is missing: give the SDK key of the environment");
}

/** Checks that a value is an HTTP address without credentials. The error does not repeat it: it may hold a secret. */
function checkedAddress(row: Row, value: string): string {
  const refused = (why: string) => new ConfigError("invalid_endpoint", `${row.name} must ${why}`);
  const url = parsedUrl(value);
  if (!url) throw refused(`be ${expected(row)}, as in ${row.default}`);
  if (url.username !== "" || url.password !== "") {
    throw refused("not have a user or password in it: the key goes into apiKey");
  }
  if (url.protocol === "http:" || url.protocol === "https:") return url.href;
  throw invalid(row.name, expected(row), shown(url.protocol));
}

/** Checks which field each column or path is. */
function checkedMap(name: string, value: object): object {
  const entries: Iterable<[string, unknown]> = value instanceof Map ? value : Object.entries(value);
  for (const [from, field] of entries) {
    const own = `${name}[${JSON.stringify(from)}]`;
    if (from.trim() === "") throw invalid(name, "of columns or paths with a name", `with ${shown(from)}`);
    if (typeof field === "string" && isMapField(field)) continue;
    throw invalid(own, MAP_FIELDS, shown(field) + (typeof field === "string" ? didYouMean(field) : ""));
  }
  return value;
}

/** Checks the values that fields have in every event. */
function checkedSet(name: string, value: object): object {
  for (const [field, one] of Object.entries(value)) {
    if (!isSetField(field)) throw invalid(`a field of ${name}`, SET_FIELDS, shown(field) + didYouMean(field));
    const own = `${name}[${JSON.stringify(field)}]`;
    if (one === "") throw invalid(own, "the value that every event has", shown(one));
    if (!["string", "number", "boolean"].includes(typeof one))
      throw invalid(own, "a string, number or boolean", shown(one));
  }
  return value;
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

/** Returns whether a value is a plain object: a class may keep its content elsewhere. */
function isPlain(value: unknown): boolean {
  if (typeof value !== "object" || Array.isArray(value)) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

export function invalid(name: string, expected: string, is: string): ConfigError {
  return new ConfigError("invalid_option", `${name} must be ${expected}, but is ${is}`);
}

function shown(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.slice(0, SHOWN));
  if (typeof value === "function") return "a function";
  if (Array.isArray(value)) return "an array";
  if (value === null) return "null";
  return typeof value === "object" ? "an object" : String(value);
}

/** @throws ConfigError if a value is no store. */
export function assertStore(name: string, value: unknown): void {
  const methods = ["entries", "put", "delete", "sync"];
  const store = value as Record<string, unknown> | null | undefined;
  if (methods.every((method) => typeof store?.[method] === "function")) return;
  const got = typeof value === "string" ? `${JSON.stringify(value)}: open it by directoryStore()` : typeof value;
  throw new ConfigError("invalid_option", `${name} must be a store such as memoryStore(), not ${got}`);
}
