import type { Outbox } from "split-events";

/** The most bytes of batches that a shard holds: its outbox has them in memory, and the isolate has 128 MB. */
export const HELD_MAX = 48_000_000;
/** A larger request counts as this many bytes, so that a few batches that wait for an operator do not keep it out for ever. */
const REQUEST_MAX = 40_000_000;

/** Says how much more a shard may take. */
export class Room {
  readonly #outbox: Outbox;
  /** Bytes of requests that are being read. */
  #reserved = 0;

  constructor(outbox: Outbox) {
    this.#outbox = outbox;
  }

  /** Returns whether `bytes` may be added. An empty shard takes any request. */
  has(bytes: number): boolean {
    const held = this.#outbox.heldBytes + this.#reserved;
    return held === 0 || held + Math.min(bytes, REQUEST_MAX) <= HELD_MAX;
  }

  /** Reserves room for a request that is about to be read, if there is any. */
  reserve(bytes: number): boolean {
    if (!this.has(bytes)) return false;
    this.#reserved += bytes;
    return true;
  }

  release(bytes: number): void {
    this.#reserved -= bytes;
  }
}
