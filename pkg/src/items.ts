import { InputError } from "./errors.js";
import { Sources } from "./sources.js";
import type { Format, Input, Source } from "./types.js";

/** What the module takes: bytes, and marks between them. */
export type Item =
  | Uint8Array
  | { type: "begin"; name?: string; format?: Format; live?: boolean }
  | { type: "beginObjects" }
  | { type: "refuseObject"; why: string }
  | { type: "end" };

/** Large buffers go into the module's memory in pieces of this size. */
const PIECE = 256 * 1024;
/** Objects that are made text at once. */
const OBJECTS = 500;

const encoder = new TextEncoder();

/** An input as the module takes it. */
export async function* items(input: Input, format: Format | undefined): AsyncGenerator<Item, void> {
  if (!(input instanceof Sources)) return yield* source(input, { format });
  for await (const { name, input: one, format: own, live } of input.list) {
    yield* source(one, { name, format: own ?? format, live });
  }
}

type Named = { [Name in "name" | "format" | "live"]?: Source[Name] | undefined };

async function* source(input: Input, { name, format, live }: Named): AsyncGenerator<Item, void> {
  const named = name ?? (typeof File !== "undefined" && input instanceof File ? input.name : undefined);
  const bytes = text(input);
  const stream = bytes === undefined ? streamOf(input) : undefined;
  if (bytes === undefined && stream === undefined) return yield* objectItems(objectsOf(input));

  const begin: Item = {
    type: "begin",
    ...(named !== undefined && { name: named }),
    ...(format !== undefined && { format }),
    live: live ?? !(bytes !== undefined || input instanceof Blob),
  };
  if (bytes !== undefined) {
    yield begin;
    yield* bytes;
    return yield { type: "end" };
  }
  if (stream) yield* streamItems(stream, begin);
}

/** A stream of bytes and text, of objects, or of one after the other: each run of a kind is a source. */
async function* streamItems(stream: AsyncIterable<unknown>, begin: Item): AsyncGenerator<Item, void> {
  let kind: "text" | "objects" | undefined;
  for await (const chunk of stream) {
    const bytes = text(chunk);
    if (bytes !== undefined) {
      if (kind !== "text") yield begin;
      kind = "text";
      yield* bytes;
    } else {
      if (kind === "text") yield { type: "end" };
      kind = "objects";
      yield* objectItems(objectsOf(chunk));
    }
  }
  if (kind === undefined) yield begin;
  if (kind !== "objects") yield { type: "end" };
}

/** The pieces of bytes or of a text; nothing where it is neither. */
export function text(input: unknown): Iterable<Uint8Array> | undefined {
  if (typeof input === "string") return encoded(input);
  if (input instanceof ArrayBuffer) return pieces(new Uint8Array(input));
  if (ArrayBuffer.isView(input)) return pieces(new Uint8Array(input.buffer, input.byteOffset, input.byteLength));
  return undefined;
}

function* pieces(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += PIECE) yield bytes.subarray(at, at + PIECE);
}

function* encoded(input: string): Generator<Uint8Array> {
  for (let at = 0; at < input.length; ) {
    let end = Math.min(at + PIECE, input.length);
    if (end < input.length && isHighSurrogate(input.charCodeAt(end - 1))) end += 1;
    yield encoder.encode(escapeLoneSurrogates(input.slice(at, end)));
    at = end;
  }
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit < 0xdc00;
}

/** The encoder would turn them into U+FFFD without a word; as an escape the check sees and refuses them. */
function escapeLoneSurrogates(piece: string): string {
  return piece.replace(/\p{Surrogate}/gu, (half) => `\\u${half.charCodeAt(0).toString(16)}`);
}

export function streamOf(input: unknown): AsyncIterable<unknown> | undefined {
  if (input instanceof Blob) return readAll(input.stream());
  if (input instanceof Response || input instanceof Request) return input.body ? readAll(input.body) : readAll(empty());
  if (input instanceof ReadableStream) return readAll(input);
  if (typeof input === "object" && input !== null && Symbol.asyncIterator in input) {
    return input as AsyncIterable<unknown>;
  }
  return undefined;
}

function empty(): ReadableStream<Uint8Array> {
  return new ReadableStream({ start: (controller) => controller.close() });
}

/** Not every browser can iterate over a stream. */
export async function* readAll(stream: ReadableStream<unknown>): AsyncGenerator<unknown, void> {
  const reader = stream.getReader();
  let done = false;
  try {
    while (true) {
      const next = await reader.read();
      done = next.done;
      if (next.done) return;
      yield next.value;
    }
  } catch (error) {
    done = true;
    throw error;
  } finally {
    if (!done) await reader.cancel();
    reader.releaseLock();
  }
}

export function objectsOf(input: unknown): Iterable<unknown> {
  if (Array.isArray(input)) return input;
  if (typeof input !== "object" || input === null) {
    throw new InputError(
      "invalid_input",
      `events are bytes, text, a stream or objects, but this is ${describe(input)}`,
    );
  }
  return Symbol.iterator in input ? (input as Iterable<unknown>) : [input];
}

function describe(input: unknown): string {
  return input === null || input === undefined ? String(input) : `a ${typeof input}`;
}

export function* objectItems(objects: Iterable<unknown>): Generator<Item, void> {
  yield { type: "beginObjects" };
  let lines: string[] = [];
  for (const object of objects) {
    const line = lineOf(object);
    if (typeof line === "string") {
      lines.push(line);
      if (lines.length < OBJECTS) continue;
    }
    if (lines.length > 0) yield encoder.encode(`${lines.join("\n")}\n`);
    lines = [];
    if (typeof line !== "string") yield line;
  }
  if (lines.length > 0) yield encoder.encode(lines.join("\n"));
  yield { type: "end" };
}

function lineOf(object: unknown): string | Item {
  try {
    return JSON.stringify(sayable(object)) ?? { type: "refuseObject", why: describe(object) };
  } catch (error) {
    return { type: "refuseObject", why: error instanceof Error ? error.message : String(error) };
  }
}

/** JSON would write NaN and the infinities as null, which is a value: as text the check sees and refuses them. */
function sayable(object: unknown): unknown {
  const value = typeof object === "object" && object !== null && "value" in object ? object.value : undefined;
  return typeof value === "number" && !Number.isFinite(value)
    ? { ...(object as object), value: String(value) }
    : object;
}
