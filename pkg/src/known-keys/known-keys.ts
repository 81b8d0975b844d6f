/// <reference lib="esnext.disposable" preserve="true" />

import { ConfigError } from "../errors/config-error.js";
import { InputError } from "../errors/input-error.js";
import { ModuleError } from "../errors/module-error.js";
import { streamFailed } from "../errors/stream-failed.js";
import { type Piece, piecesOf } from "../input/bytes.js";
import { gunzipped } from "../input/gunzipped.js";
import { JoinedTexts } from "../input/joined-texts.js";
import { streamOf } from "../input/streams.js";
import { assertReady, init, instanceNow } from "../module/module.js";
import { asError, assertHeld } from "../module/thrown.js";
import { checked } from "../options/checked.js";
import type { Options, OptionsOf } from "../options/table.js";
import { RawKeyList, type RawKnownKeys } from "../wasm/split_events.js";

const encoder = new TextEncoder();

/** A list of keys as text, or as bytes of text or gzip. */
export type KeysInput =
  | Uint8Array
  | ArrayBuffer
  | string
  | Blob
  | Response
  | ReadableStream<Uint8Array>
  | AsyncIterable<Uint8Array | string>;

/** How known keys are read. */
export interface KnownKeysOptions extends OptionsOf<"KnownKeys.read">, Options {}

/**
 * The keys that `getTreatment()` was given, for any number of checks. Ten million keys take about 110 MB.
 *
 * ```js
 * const knownKeys = await KnownKeys.read(file);
 * const { keyMatches, keyHint } = await check(events, { knownKeys });
 * ```
 *
 * They belong to the module: if it has failed since, whatever needs them throws `ModuleError`. Read them again.
 */
export class KnownKeys {
  #raw: RawKnownKeys;
  readonly #instance = instanceNow();
  #isFreed = false;

  private constructor(raw: RawKnownKeys) {
    this.#raw = raw;
  }

  /**
   * Makes known keys of strings. In browsers call `await init()` first.
   *
   * @throws ConfigError if they are no strings, or there is none.
   */
  static of(keys: Iterable<string>): KnownKeys {
    assertReady();
    const list = new RawKeyList();
    try {
      for (const key of iterable(keys)) list.add(asKey(key));
    } catch (error) {
      list.free();
      throw error;
    }
    return new KnownKeys(finish(list));
  }

  /**
   * Reads one key a line, or a column of CSV: `column`, or the one that is called `key`.
   *
   * @throws ConfigError if there is no such column, or no key.
   * @throws InputError if the input is of a wrong type or its stream fails.
   */
  static async read(input: KeysInput, options?: KnownKeysOptions): Promise<KnownKeys> {
    const { column } = checked("KnownKeys.read", options);
    const chunks = piecesOf(input) ?? streamOf(input);
    if (chunks === undefined) {
      throw new InputError("invalid_input", "known keys are read from bytes, text or a stream");
    }
    await init();
    const list = new RawKeyList(column);
    try {
      for await (const piece of gunzipped(piecesIn(chunks))) {
        list.push(typeof piece === "string" ? encoder.encode(piece) : piece);
      }
    } catch (error) {
      list.free();
      const known = asError(error);
      throw known === error && !(error instanceof ModuleError) ? streamFailed(error, {}) : known;
    }
    return new KnownKeys(finish(list));
  }

  /** The number of different keys. */
  get size(): number {
    assertHeld("KnownKeys", this.#isFreed, this.#instance);
    return this.#raw.size;
  }

  /** Releases their memory early. Optional; whatever needs the keys later throws. */
  free(): void {
    if (this.#isFreed) return;
    this.#isFreed = true;
    this.#raw.free();
  }

  /** Frees them, for `using`. */
  [Symbol.dispose](): void {
    this.free();
  }

  /** @internal Returns the keys of an option, for the module to keep. */
  static shared(keys: KnownKeys | Iterable<string> | undefined): RawKnownKeys | undefined {
    if (keys === undefined || keys === null) return undefined;
    if (!(keys instanceof KnownKeys)) return KnownKeys.of(keys).#raw;
    assertHeld("KnownKeys", keys.#isFreed, keys.#instance);
    return keys.#raw.share();
  }
}

function finish(list: RawKeyList): RawKnownKeys {
  try {
    return list.finish();
  } catch (error) {
    throw asError(error);
  }
}

function iterable(keys: Iterable<string>): Iterable<string> {
  if (typeof keys === "object" && keys !== null && Symbol.iterator in keys) return keys;
  throw invalid(`is a ${typeof keys}`);
}

function asKey(key: unknown): string {
  if (typeof key !== "string") throw invalid(`has a ${typeof key}`);
  return key;
}

function invalid(is: string): ConfigError {
  return new ConfigError("invalid_option", `knownKeys must be KnownKeys or strings, but ${is}`);
}

async function* piecesIn(chunks: Iterable<Piece> | AsyncIterable<unknown>): AsyncGenerator<Piece, void> {
  const texts = new JoinedTexts();
  for await (const chunk of chunks) {
    if (typeof chunk === "string") {
      yield* texts.take(chunk);
      continue;
    }
    const pieces = piecesOf(chunk);
    if (pieces === undefined) throw new InputError("invalid_input", "known keys are read from bytes, text or a stream");
    yield* texts.end();
    yield* pieces;
  }
  yield* texts.end();
}
