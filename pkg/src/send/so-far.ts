import type { BatchReceipt, Receipt } from "../receipt/receipt.js";
import { NO_EVENTS } from "../report/no-events.js";

/** Keeps what is known of a delivery, so that its receipt is not lost with the module. */
export class SoFar {
  #receipt: Receipt | undefined;
  readonly #batches: BatchReceipt[] = [];
  /** The events of each part in flight, by the ids of the parts. */
  readonly #inFlight = new Map<string, number>();

  /** What the module calls. */
  readonly hooks = {
    onPart: (id: string, events: number, isPosted: boolean): void => {
      if (isPosted) this.#inFlight.set(id, events);
      else this.#inFlight.delete(id);
    },
    onSaved: (receipt: Receipt | undefined, batches: BatchReceipt[]): void => {
      if (receipt) this.#receipt = { ...receipt, issues: [...(this.#receipt?.issues ?? []), ...receipt.issues] };
      for (const batch of batches) this.#inFlight.delete(batch.id);
      this.#batches.push(...batches);
    },
  };

  /** Returns the receipt if the module fails now: what is in flight is unknown, and what has not ended is unsent. */
  receipt(hookErrors: number): Receipt {
    const known = this.#receipt ?? NONE;
    const batches = this.#batches.sort((a, b) => a.from.index - b.from.index);
    const sum = (is: (batch: BatchReceipt) => boolean) =>
      batches.filter(is).reduce((all, { events }) => all + events, 0);
    const accepted = sum(({ state }) => state === "accepted");
    const service = sum(({ state }) => state === "refused");
    const inFlight = [...this.#inFlight.values()].reduce((all, events) => all + events, 0);
    const unknown = sum(({ state }) => state === "unknown") + inFlight;
    const refused = known.refusedBy.check + service;
    const unsent = sum(({ state }) => state === "unsent");
    // what was read since the counts were told, or by an earlier process, is known by what became of it
    const events = Math.max(known.events, accepted + refused + unknown + unsent);
    return {
      ...{ ...known, events, accepted, refused, unknown, unsent: events - accepted - refused - unknown },
      ...{ refusedBy: { check: known.refusedBy.check, service }, batches, hookErrors },
      duplicates: sum(({ reason }) => reason === "duplicate"),
      otherKey: sum(({ reason }) => reason === "other_key"),
    };
  }
}

const NONE: Receipt = {
  ...NO_EVENTS,
  ...{ accepted: 0, unknown: 0, unsent: 0, duplicates: 0, otherKey: 0, refusedBy: { check: 0, service: 0 } },
  ...{ batches: [], hookErrors: 0, complete: false },
};
