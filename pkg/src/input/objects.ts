import { InputError } from "../errors/input-error.js";
import { wholeCharacters } from "./bytes.js";
import { once } from "./once.js";

/** How many objects are written as text in one call. */
const TOGETHER = 500;

/** Objects that were written together, pieces of their text with a comma behind each, or an object that has no text. */
export type ObjectItem = Written | string | RefuseObject;

interface RefuseObject {
  type: "refuseObject";
  why: string;
}

/**
 * Returns the events of an input that is neither text nor a stream.
 *
 * @throws InputError if it holds no objects, or is a promise.
 */
export function objectsOf(input: unknown): Iterable<unknown> {
  if (Array.isArray(input)) return input;
  if (typeof input !== "object" || input === null) {
    throw new InputError(
      "invalid_input",
      `events are bytes, text, a stream or objects, but this is ${describe(input)}`,
    );
  }
  if (typeof (input as { then?: unknown }).then === "function") {
    throw new InputError("invalid_input", "this is a promise, not events: await it, and give the result");
  }
  return Symbol.iterator in input ? once(input as Iterable<unknown>) : [input];
}

function describe(input: unknown): string {
  return input === null || input === undefined ? String(input) : `a ${typeof input}`;
}

/** Yields objects as the module reads them. */
export function* objectItems(objects: Iterable<unknown>): Generator<ObjectItem, void> {
  let together: unknown[] = [];
  for (const object of objects) {
    if (together.push(object) < TOGETHER) continue;
    yield* textOf(together);
    together = [];
  }
  if (together.length > 0) yield* textOf(together);
}

/** Returns the text of one event, or why it has none. */
export function eventText(event: unknown): string | RefuseObject {
  let text: string;
  try {
    text = JSON.stringify(event) ?? "null";
  } catch {
    return withNumbersNamed(event);
  }
  return text.includes("null") && mayHideNumbers(event) ? withNumbersNamed(event) : text;
}

/** Writes objects in one call. If that throws, writes each half by itself. */
function* textOf(objects: unknown[]): Generator<ObjectItem, void> {
  let text: string;
  try {
    text = JSON.stringify(objects);
  } catch {
    if (objects.length > 1) {
      const half = objects.length >> 1;
      yield* textOf(objects.slice(0, half));
      return yield* textOf(objects.slice(half));
    }
    const named = withNumbersNamed(objects[0]);
    if (typeof named !== "string") return yield named;
    text = `[${named}]`;
  }
  yield new Written(objects);
  yield* wholeCharacters(text.slice(1, -1));
  yield ",";
}

/**
 * Objects that were written together. JSON writes NaN and the infinities as `null`, which the service takes for a
 * value: for each `null` the module asks here what it was.
 */
class Written {
  readonly type = "objects";
  #objects: unknown[];

  constructor(objects: unknown[]) {
    this.#objects = objects;
  }

  /** Returns those of the objects with these numbers that may hold such a number. */
  hiding(objects: Uint32Array): number[] {
    const hiding: number[] = [];
    // a copy: what getters do may move the module's memory
    for (const at of Array.from(objects)) if (mayHideNumbers(this.#objects[at])) hiding.push(at);
    return hiding;
  }

  /** Writes an object with the names of such numbers, so that the check refuses or repairs them. */
  named(at: number): string | RefuseObject {
    return withNumbersNamed(this.#objects[at]);
  }
}

/** Writes an object with the names of NaN and the infinities, and with the digits of a key that is a BigInt. */
function withNumbersNamed(object: unknown): string | RefuseObject {
  let event: unknown;
  let properties: unknown;
  let key: bigint | undefined;
  const say = function (this: unknown, field: string, value: unknown) {
    if (event === undefined) {
      event = value;
      return value;
    }
    if (this === event && field === "properties") properties = value;
    if (this === event && field === "key" && typeof value === "bigint") {
      key = value;
      return undefined;
    }
    if ((this !== event && this !== properties) || !isUnsayable(value)) return value;
    // as plain text it would be a valid key, name or property
    return field === "value" && this === event ? String(value) : [String(value)];
  };
  try {
    const text = JSON.stringify(object, say) ?? "null";
    if (key === undefined) return text;
    return `{"key":${key}${text === "{}" ? "" : ","}${text.slice(1)}`;
  } catch (error) {
    return { type: "refuseObject", why: reason(error) };
  }
}

/** Returns whether an object may hold such a number. Of one that throws, `withNumbersNamed` tells the error. */
function mayHideNumbers(object: unknown): boolean {
  try {
    return hasNumbersHidden(object);
  } catch {
    return true;
  }
}

function hasNumbersHidden(object: unknown): boolean {
  if (typeof object !== "object" || object === null) return false;
  if (isObscure(object)) return true;
  if (hasUnsayable(object)) return true;
  const { properties } = object as { properties?: unknown };
  return typeof properties === "object" && properties !== null && hasUnsayable(properties);
}

function hasUnsayable(fields: object): boolean {
  for (const name in fields) {
    const value = (fields as Record<string, unknown>)[name];
    if (isUnsayable(value) || isObscure(value)) return true;
  }
  return false;
}

/** Returns whether a value writes itself, so that its fields do not tell what is written. */
function isObscure(value: unknown): boolean {
  if (typeof value !== "object" || value === null || value instanceof Date) return false;
  return typeof (value as { toJSON?: unknown }).toJSON === "function";
}

function isUnsayable(value: unknown): boolean {
  if (typeof value === "number") return !Number.isFinite(value);
  return value instanceof Number && !Number.isFinite(value.valueOf());
}

/** Returns the first line of what was thrown, which may be any value. */
function reason(error: unknown): string {
  try {
    const text = error instanceof Error ? error.message : String(error);
    return String(text).split("\n", 1)[0] ?? "";
  } catch {
    return "what it threw cannot be shown";
  }
}
