import { Batcher, type CheckOptions, InputError, ModuleError, type Report } from "split-events";
import { countLines, cutAtLines, wholeLines } from "../lines.js";
import { BODY_MAX, type Part } from "../part.js";
import { Refusal } from "../problem.js";
import type { Settings } from "../settings.js";
import type { RequestMemory } from "./memory.js";

/** The most bytes of a batch: so it fits into a message of a queue. */
const BATCH_BYTES = 120_000;

/** The bytes of a body that are collected before they are read: most bodies are whole then, and use one batcher in turn. */
const WAIT_BYTES = 131_072;

const GZIP =
  "the body is gzip: send Content-Encoding: gzip with it; if you did, it is compressed twice: compress it once";

/** A free batcher for each set of options: a new one costs a tenth of a request, and its memory is not in the cache. */
const spare = new WeakMap<CheckOptions, Batcher>();

type Content = Pick<Part, "kind" | "events" | "body" | "notKept">;

/** What a body holds, checked. */
export interface CheckedBody {
  report: Report;
  contents: Content[];
  /** Refused events beyond the bound of one request. */
  notKept: number;
}

/** Reads and checks a body chunk by chunk. Keeps its batches and its refused events, not the body itself. */
export class Intake {
  readonly #check: CheckOptions;
  /** The bytes that are left for refused events. */
  #room: number;
  #notKept = 0;
  #batcher: Batcher | undefined;
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  readonly #memory: RequestMemory;
  readonly #batches: Content[] = [];
  readonly #refused: Content[] = [];

  /** `memory` counts what this keeps; its owner releases it. */
  constructor({ check, deadRequestBytes }: Pick<Settings, "check" | "deadRequestBytes">, memory: RequestMemory) {
    this.#check = check;
    this.#room = deadRequestBytes;
    this.#memory = memory;
  }

  push(chunk: Uint8Array): void {
    this.#waiting.push(chunk);
    this.#waitingBytes += chunk.length;
    this.#memory.add(chunk.length);
    if (this.#waitingBytes >= WAIT_BYTES) this.#read();
  }

  finish(): CheckedBody {
    const batcher = this.#read();
    this.#keep(batcher.finish(), batcher);
    const { report } = batcher;
    this.#batcher = undefined;
    if (spare.has(this.#check)) batcher.free();
    else spare.set(this.#check, batcher);
    return { report, contents: [...this.#batches, ...this.#refusedContents()], notKept: this.#notKept };
  }

  free(): void {
    // a batcher that was stopped in the middle cannot be used again
    this.#batcher?.free();
    this.#batcher = undefined;
  }

  #read(): Batcher {
    this.#batcher ??= this.#spare();
    try {
      // after each chunk, so that memory has the refused events of only one
      for (const chunk of this.#waiting) this.#keep(this.#batcher.push(chunk), this.#batcher);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      throw new Refusal(400, { detail: error.code === "gzip_pushed" ? GZIP : error.message });
    }
    this.#waiting = [];
    this.#memory.subtract(this.#waitingBytes);
    this.#waitingBytes = 0;
    return this.#batcher;
  }

  #spare(): Batcher {
    const free = spare.get(this.#check);
    spare.delete(this.#check);
    try {
      free?.reset();
      if (free) return free;
    } catch (error) {
      if (!(error instanceof ModuleError)) throw error; // the module has failed since, and starts anew
    }
    return new Batcher({ ...this.#check, maxBytes: BATCH_BYTES, keepRefused: true });
  }

  #keep(batches: { events: number; body: Uint8Array }[], batcher: Batcher): void {
    for (const { events, body } of batches) {
      this.#memory.add(body.length);
      this.#batches.push({ kind: "batch", events, body });
    }
    this.#keepRefused(batcher.takeRefused());
  }

  #keepRefused(refused: Uint8Array): void {
    if (refused.length === 0) return;
    const kept = wholeLines(refused, this.#room);
    this.#notKept += countLines(refused.subarray(kept.length));
    // later events are not kept in place of those that had no room
    this.#room = kept === refused ? this.#room - kept.length : 0;
    if (kept.length === 0) return;
    this.#memory.add(kept.length);
    // a view would keep all refused events in memory
    const own = kept === refused ? kept : kept.slice();
    for (const body of cutAtLines(own, BODY_MAX)) {
      this.#refused.push({ kind: "refused", events: countLines(body), body });
    }
  }

  /** Returns the refused events. The last part says how many were not kept, so that its shard counts them. */
  #refusedContents(): Content[] {
    const notKept = this.#notKept;
    if (notKept === 0) return this.#refused;
    const last = this.#refused.pop() ?? { kind: "refused", events: 0, body: new Uint8Array() };
    return [...this.#refused, { ...last, notKept }];
  }
}
