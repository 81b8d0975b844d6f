import { Batcher, InputError, type Report } from "split-events";
import type { Settings } from "../env.js";
import { BODY_MAX, type Part } from "../part.js";
import { Refusal } from "../problem.js";
import { Holding } from "./body.js";

/** A message of a queue has room for this, so that every batch fits into one. */
const BATCH_BYTES = 120_000;
const LINE_END = 10;

type Content = Pick<Part, "kind" | "events" | "body">;

export interface Read {
  report: Report;
  contents: Content[];
}

/** Reads and checks what a request brings. The body itself is not kept: what is to be sent and what was refused is. */
export class Intake {
  readonly #batcher: Batcher;
  readonly #holding = new Holding();
  readonly #batches: Content[] = [];
  readonly #refused: Content[] = [];

  constructor({ check }: Pick<Settings, "check">) {
    this.#batcher = new Batcher({ ...check, maxBytes: BATCH_BYTES, keepRefused: true });
  }

  push(chunk: Uint8Array | object[]): void {
    try {
      this.#keep(this.#batcher.push(chunk));
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      throw new Refusal(400, { detail: `${error.message}; gzip needs Content-Encoding: gzip` });
    }
  }

  finish(): Read {
    this.#keep(this.#batcher.finish());
    return { report: this.#batcher.report, contents: [...this.#batches, ...this.#refused] };
  }

  free(): void {
    this.#holding.release();
    this.#batcher.free();
  }

  #keep(batches: { events: number; body: Uint8Array }[]): void {
    for (const { events, body } of batches) {
      this.#holding.add(body.length);
      this.#batches.push({ kind: "batch", events, body });
    }
    const refused = this.#batcher.takeRefused();
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
