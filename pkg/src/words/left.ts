import type { State } from "../receipt/outcome.js";
import type { BatchReceipt, Receipt } from "../receipt/receipt.js";

/** Counts the events that the ledger held back. */
export function heldBack({ duplicates, otherKey }: Pick<Receipt, "duplicates" | "otherKey">): number {
  return duplicates + otherKey;
}

/**
 * Tells which batches were refused for what stopped the import, such as a wrong key: they can be sent once it is right. A
 * body that is too large is refused for itself.
 */
export function isRefusedByStop({ stopped }: Receipt): (batch: BatchReceipt) => boolean {
  return ({ state, reason }) => state === "refused" && reason !== "too_large" && reason === stopped?.reason;
}

/** Counts the events that were refused for what stopped the import. */
export function refusedByStop(receipt: Receipt): number {
  return eventsIn(receipt.batches.filter(isRefusedByStop(receipt)));
}

/** Counts the events that can still be sent as they are. */
export function leftToSend(receipt: Receipt): number {
  return receipt.unsent - heldBack(receipt) + refusedByStop(receipt);
}

/** Counts the events in batches. */
export function eventsIn(batches: readonly { events: number }[]): number {
  return batches.reduce((sum, { events }) => sum + events, 0);
}

/** The states whose events can be saved to a file. */
export type UndeliveredState = Exclude<State, "accepted">;
