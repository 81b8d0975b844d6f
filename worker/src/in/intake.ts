import { Batcher, type CheckOptions, InputError, type Report } from "split-events";
import type { Settings } from "../env.js";
import { BODY_MAX, type Part } from "../part.js";
import { Refusal } from "../problem.js";
import { Holding } from "./body.js";

/** A message of a queue has room for this, so that every batch fits into one. */
const BATCH_BYTES = 120_000;
const LINE_END = 10;

/** So much of a body waits in its chunks: most are whole then, and go through the module in one go, by one batcher. */
const WAIT_BYTES = 131_072;

/** The batcher that is free, by its options: a new one costs a tenth of a request, and its memory is not in the cache. */
const spare = new WeakMap<CheckOptions, Batcher>();

type Content = Pick<Part, "kind" | "events" | "body">;

export interface Read {
  report: Report;
  contents: Content[];
}

/** Reads and checks what a request brings. The body itself is not kept: what is to be sent and what was refused is. */
export class Intake {
  readonly #check: CheckOptions;
  #batcher: Batcher | undefined;
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  readonly #holding = new Holding();
  readonly #batches: Content[] = [];
  readonly #refused: Content[] = [];

  constructor({ check }: Pick<Settings, "check">) {
    this.#check = check;
  }

  push(chunk: Uint8Array): void {
    this.#waiting.push(chunk);
    this.#waitingBytes += chunk.length;
    this.#holding.add(chunk.length);
    if (this.#waitingBytes >= WAIT_BYTES) this.#read();
  }

  finish(): Read {
    const batcher = this.#read();
    this.#keep(batcher.finish(), batcher);
    const { report } = batcher;
    this.#batcher = undefined;
    if (spare.has(this.#check)) batcher.free();
    else spare.set(this.#check, batcher);
    return { report, contents: [...this.#batches, ...this.#refused] };
  }

  free(): void {
    this.#holding.release();
    // where a request breaks off, nobody knows what state its batcher is in
    this.#batcher?.free();
    this.#batcher = undefined;
  }

  #read(): Batcher {
    this.#batcher ??= this.#spare();
    const batches = [];
    try {
      for (const chunk of this.#waiting) batches.push(...this.#batcher.push(chunk));
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      throw new Refusal(400, { detail: `${error.message}; gzip needs Content-Encoding: gzip` });
    }
    this.#waiting = [];
    this.#holding.subtract(this.#waitingBytes);
    this.#waitingBytes = 0;
    this.#keep(batches, this.#batcher);
    return this.#batcher;
  }

  #spare(): Batcher {
    const free = spare.get(this.#check);
    spare.delete(this.#check);
    free?.reset();
    return free ?? new Batcher({ ...this.#check, maxBytes: BATCH_BYTES, keepRefused: true });
  }

  #keep(batches: { events: number; body: Uint8Array }[], batcher: Batcher): void {
    for (const { events, body } of batches) {
      this.#holding.add(body.length);
      this.#batches.push({ kind: "batch", events, body });
    }
    const refused = batcher.takeRefused();
    if (refused.length === 0) return;
    this.#holding.add(refused.length);
    for (const body of cutAtLines(refused, BODY_MAX)) {
      this.#refused.push({ kind: "refused", events: countLines(body), body });
    }
  }
}

/** Whole lines up to so many bytes; a longer line is by itself. */
function* cutAtLines(bytes: Uint8Array, most: number): Generator<Uint8Array> {
  for (let from = 0; from < bytes.length; ) {
    let end = from + most >= bytes.length ? bytes.length : bytes.lastIndexOf(LINE_END, from + most - 1) + 1;
    if (end <= from) end = bytes.indexOf(LINE_END, from) + 1 || bytes.length;
    yield bytes.subarray(from, end);
    from = end;
  }
}

function countLines(bytes: Uint8Array): number {
  let count = 0;
  for (let at = bytes.indexOf(LINE_END); at >= 0; at = bytes.indexOf(LINE_END, at + 1)) count += 1;
  return count;
}
