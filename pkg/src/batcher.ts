import { asError, InputError } from "./errors.js";
import { type Item, objectItems, objectsOf, text } from "./items.js";
import { KnownKeys } from "./known-keys.js";
import { assertReady } from "./module.js";
import { runId } from "./run.js";
import type { Batch, BatchOptions, CheckOptions, Report } from "./types.js";
import { RawBatcher } from "./wasm/split_events.js";

/**
 * Checks and batches, for those who own the loop. Synchronous: in browsers call `await init()` first.
 *
 * ```js
 * const batcher = new Batcher({ maxEvents: 500 });
 * for (const batch of batcher.push(chunk)) await submit(batch, { apiKey });
 * for (const batch of batcher.finish()) await submit(batch, { apiKey });
 * console.log(batcher.report);
 * ```
 *
 * @throws ConfigError if an option is wrong.
 */
export class Batcher {
  #raw: RawBatcher;
  #begin: Item;
  #inText = false;
  #begun = false;
  #finished = false;

  constructor(options: CheckOptions & BatchOptions = {}) {
    assertReady();
    try {
      this.#raw = new RawBatcher(options, runId(), KnownKeys.shared(options.knownKeys));
    } catch (error) {
      throw asError(error);
    }
    this.#begin = options.format === undefined ? { type: "begin" } : { type: "begin", format: options.format };
  }

  /** Takes the next bytes, cut anywhere, or events as objects; returns the batches that became full. */
  push(chunk: Uint8Array | ArrayBuffer | string | object | object[]): Batch[] {
    if (this.#finished) throw new InputError("finished", "this batcher is finished: make a new one");
    const bytes = text(chunk);
    const batches: Batch[] = [];
    if (bytes === undefined) {
      const objects = objectItems(objectsOf(chunk));
      this.#endText(batches);
      for (const item of objects) this.#take(item, batches);
    } else {
      this.#beginText(batches);
      for (const piece of bytes) this.#take(piece, batches);
    }
    return batches;
  }

  /** The input is over: returns the last batches. */
  finish(): Batch[] {
    if (this.#finished) return [];
    const batches: Batch[] = [];
    if (!this.#begun) this.#beginText(batches);
    this.#endText(batches);
    this.#finished = true;
    const last: Batch | undefined = this.#raw.last();
    if (last) batches.push(last);
    return batches;
  }

  /** What was found so far. */
  get report(): Report {
    return this.#raw.report;
  }

  /** Releases the module's memory early. Optional; nothing else may be called afterwards. */
  free(): void {
    this.#finished = true;
    this.#raw.free();
  }

  #beginText(batches: Batch[]): void {
    if (!this.#inText) this.#take(this.#begin, batches);
    this.#inText = true;
  }

  #endText(batches: Batch[]): void {
    if (this.#inText) this.#take({ type: "end" }, batches);
    this.#inText = false;
  }

  #take(item: Item, batches: Batch[]): void {
    this.#begun = true;
    this.#raw.take(item);
    for (let batch = this.#raw.next(); batch; batch = this.#raw.next()) batches.push(batch);
  }
}
