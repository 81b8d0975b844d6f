/// <reference lib="esnext.disposable" preserve="true" />

import { InputError } from "../errors/input-error.js";
import { type Piece, piecesOf } from "../input/bytes.js";
import { GzipSign } from "../input/gzip-sign.js";
import type { Item } from "../input/item.js";
import { JoinedTexts } from "../input/joined-texts.js";
import { objectItems, objectsOf } from "../input/objects.js";
import { lineEnd } from "../input/texts.js";
import { KnownKeys } from "../known-keys/known-keys.js";
import type { Instance } from "../module/instance.js";
import { assertReady, instanceNow } from "../module/module.js";
import { asError, assertHeld } from "../module/thrown.js";
import { checked, withDefaults } from "../options/checked.js";
import { recognition } from "../options/recognition.js";
import type { Position } from "../report/position.js";
import type { Report } from "../report/report.js";
import { RawBatcher } from "../wasm/split_events.js";
import type { Batch } from "./batch.js";
import { newImportId } from "./import-id.js";
import type { BatcherOptions } from "./options.js";
import { assertPreset } from "./presets.js";

/**
 * Checks and batches what it is given, in a loop of your own. Synchronous: in browsers call `await init()` first.
 *
 * ```js
 * const batcher = new Batcher({ maxEvents: 500 });
 * for (const batch of batcher.push(chunk)) await submit(batch, { apiKey });
 * for (const batch of batcher.finish()) await submit(batch, { apiKey });
 * console.log(batcher.report);
 * ```
 *
 * @throws ConfigError if an option is wrong.
 * @throws ModuleError if the module has failed since: make another Batcher.
 */
export class Batcher {
  #raw: RawBatcher;
  readonly #instance: Instance;
  #begin: Item;
  #lines: boolean;
  #run: "text" | "objects" | undefined;
  #gzip = new GzipSign();
  #texts = new JoinedTexts();
  #begun = false;
  #finished = false;
  #isFreed = false;

  constructor(options?: BatcherOptions) {
    const own = checked("Batcher", options);
    assertReady();
    assertPreset(own.preset);
    this.#instance = instanceNow();
    try {
      const recognise = recognition(own, own.preset === "auto" ? "use" : "off");
      const read = { ...withDefaults("Batcher", own), recognise };
      this.#raw = new RawBatcher(read, newImportId(), KnownKeys.shared(own.knownKeys));
    } catch (error) {
      throw asError(error);
    }
    const { format, lines = false } = own;
    this.#lines = lines;
    this.#begin = format === undefined ? { type: "begin" } : { type: "begin", format };
  }

  /**
   * Takes the next bytes or text, cut anywhere, or events as objects. Returns the batches that became full.
   *
   * @throws InputError if the chunk is none of these, or gzip, which only `check` and `send` read.
   */
  push(chunk: Uint8Array | ArrayBuffer | string | object | object[]): Batch[] {
    assertHeld("Batcher", this.#isFreed, this.#instance);
    if (this.#finished) throw new InputError("finished", "this batcher is finished: reset it, or make a new one");
    const batches: Batch[] = [];
    const pieces = piecesOf(chunk);
    if (typeof chunk === "string") {
      if (chunk !== "" || this.#lines) this.#turnTo("text", batches);
      this.#takePieces(this.#texts.take(chunk), batches);
      if (this.#lines) this.#takePieces([...this.#texts.end(), ...lineEnd(chunk, true)], batches);
    } else if (pieces) {
      for (const piece of pieces) {
        this.#turnTo("text", batches);
        if (this.#texts.isCut) this.#takePieces(this.#texts.end(), batches);
        this.#takePiece(piece, batches);
      }
    } else {
      const objects = objectsOf(chunk);
      this.#turnTo("objects", batches);
      for (const item of objectItems(objects)) this.#take(item, batches);
    }
    return batches;
  }

  /** Ends the input, and returns the last batches. */
  finish(): Batch[] {
    assertHeld("Batcher", this.#isFreed, this.#instance);
    if (this.#finished) return [];
    const batches: Batch[] = [];
    if (!this.#begun) this.#turnTo("text", batches);
    this.#turnTo(undefined, batches);
    this.#finished = true;
    const last: Batch | undefined = this.#raw.last(maker);
    if (last) batches.push(last);
    return batches;
  }

  /** The report of what was read until now. */
  get report(): Report {
    assertHeld("Batcher", this.#isFreed, this.#instance);
    return this.#raw.report;
  }

  /** Returns the events refused since the last call, as the NDJSON of `onUndelivered`. Empty without `keepRefused`. */
  takeRefused(): Uint8Array {
    assertHeld("Batcher", this.#isFreed, this.#instance);
    return this.#raw.takeRefused();
  }

  /**
   * Begins a new input with the same options, as a new Batcher would, and drops what was not returned yet. It costs
   * less than a new Batcher: a server can do so for each request.
   */
  reset(): void {
    assertHeld("Batcher", this.#isFreed, this.#instance);
    this.#raw.reset();
    this.#texts = new JoinedTexts();
    this.#run = undefined;
    this.#begun = false;
    this.#finished = false;
  }

  /** Releases its memory in the module early. Optional; every later call throws. */
  free(): void {
    if (this.#isFreed) return;
    this.#isFreed = true;
    this.#raw.free();
  }

  /** Frees it, for `using`. */
  [Symbol.dispose](): void {
    this.free();
  }

  /** Each run of bytes or of objects is a source of its own. */
  #turnTo(run: "text" | "objects" | undefined, batches: Batch[]): void {
    if (this.#run === run) return;
    if (this.#run) {
      this.#takePieces(this.#texts.end(), batches);
      this.#take({ type: "end" }, batches);
    }
    if (run === "text") this.#gzip = new GzipSign();
    if (run) this.#take(run === "text" ? this.#begin : { type: "beginObjects" }, batches);
    this.#run = run;
  }

  #takePieces(pieces: Iterable<Piece>, batches: Batch[]): void {
    for (const piece of pieces) this.#takePiece(piece, batches);
  }

  #takePiece(piece: Piece, batches: Batch[]): void {
    if (this.#gzip.look(piece)) throw gzipPushed();
    this.#take(piece, batches);
  }

  #take(item: Item, batches: Batch[]): void {
    this.#begun = true;
    this.#raw.take(item);
    for (let batch = this.#raw.next(maker); batch; batch = this.#raw.next(maker)) batches.push(batch);
  }
}

/** Makes the objects of batches for the module, which would need a call for each name. */
const maker = {
  position: (index: number, line: number | undefined, file: string | undefined): Position => ({
    index,
    line: line ?? null,
    ...(file !== undefined && { file }),
  }),
  batch: (id: string, events: number, body: Uint8Array<ArrayBuffer>, from: Position, to: Position): Batch => ({
    id,
    events,
    body,
    from,
    to,
  }),
};

function gzipPushed(): InputError {
  return new InputError(
    "gzip_pushed",
    "these bytes are gzip, which a Batcher cannot read: use check or send, or decompress them first, as gunzip does",
  );
}
