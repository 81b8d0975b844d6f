import { Batcher, type CheckOptions, InputError, type Report } from "split-events";
import { countLines, cutAtLines, wholeLines } from "../lines.js";
import { BODY_MAX, type Part } from "../part.js";
import { Refusal } from "../problem.js";
import type { Settings } from "../settings.js";
import type { Holding } from "./holding.js";

/** A message of a queue has room for this, so that every batch fits into one. */
const BATCH_BYTES = 120_000;

/** So much of a body waits in its chunks: most are whole then, and go through the module in one go, by one batcher. */
const WAIT_BYTES = 131_072;

const GZIP = "the body is gzip: say so with Content-Encoding: gzip; where it does, compress it once, not twice";

/** The batcher that is free, by its options: a new one costs a tenth of a request, and its memory is not in the cache. */
const spare = new WeakMap<CheckOptions, Batcher>();

type Content = Pick<Part, "kind" | "events" | "body" | "notKept">;

export interface Read {
  report: Report;
  contents: Content[];
  /** Refused events that were over the bound of a request. */
  notKept: number;
}

/** Reads and checks what a request brings. The body itself is not kept: what is to be sent and what was refused is. */
export class Intake {
  readonly #check: CheckOptions;
  /** Bytes that are left for refused events. */
  #room: number;
  #notKept = 0;
  #batcher: Batcher | undefined;
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  readonly #holding: Holding;
  readonly #batches: Content[] = [];
  readonly #refused: Content[] = [];

  /** What is held is counted there, and released there. */
  constructor({ check, deadRequestBytes }: Pick<Settings, "check" | "deadRequestBytes">, holding: Holding) {
    this.#check = check;
    this.#room = deadRequestBytes;
    this.#holding = holding;
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
    return { report, contents: [...this.#batches, ...this.#refusedContents()], notKept: this.#notKept };
  }

  free(): void {
    // where a request breaks off, nobody knows what state its batcher is in
    this.#batcher?.free();
    this.#batcher = undefined;
  }

  #read(): Batcher {
    this.#batcher ??= this.#spare();
    try {
      // after each chunk, so that no more refused events are in memory than one has
      for (const chunk of this.#waiting) this.#keep(this.#batcher.push(chunk), this.#batcher);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      throw new Refusal(400, { detail: error.code === "gzip_pushed" ? GZIP : error.message });
    }
    this.#waiting = [];
    this.#holding.subtract(this.#waitingBytes);
    this.#waitingBytes = 0;
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
    this.#keepRefused(batcher.takeRefused());
  }

  #keepRefused(refused: Uint8Array): void {
    if (refused.length === 0) return;
    const kept = wholeLines(refused, this.#room);
    this.#notKept += countLines(refused.subarray(kept.length));
    // what was refused later is not kept in the place of what was not
    this.#room = kept === refused ? this.#room - kept.length : 0;
    if (kept.length === 0) return;
    this.#holding.add(kept.length);
    // a view would hold all that was refused in memory
    const own = kept === refused ? kept : kept.slice();
    for (const body of cutAtLines(own, BODY_MAX)) {
      this.#refused.push({ kind: "refused", events: countLines(body), body });
    }
  }

  /** What was not kept is told by the last, so that its outbox counts it. */
  #refusedContents(): Content[] {
    const notKept = this.#notKept;
    if (notKept === 0) return this.#refused;
    const last = this.#refused.pop() ?? { kind: "refused", events: 0, body: new Uint8Array() };
    return [...this.#refused, { ...last, notKept }];
  }
}
