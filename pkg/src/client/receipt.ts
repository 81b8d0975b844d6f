import type { StoreError } from "../errors/store-error.js";
import type { Outcome } from "../receipt/outcome.js";
import type { Report } from "../report/report.js";

/** What became of the events since the client was made. `accepted + refused + unknown + unsent = events`. */
export interface ClientReceipt {
  /** The events that have ended. */
  events: number;
  /** The events that the service said it took. */
  accepted: number;
  refused: number;
  /** How many of the refused events were refused by the check, and how many by the service. */
  refusedBy: { check: number; service: number };
  /** The events that the service may have taken. */
  unknown: number;
  /** The events that the service certainly did not take. */
  unsent: number;
  /** The events that have not ended. A later receipt has them. */
  queued: number;
  /** The first 1,000 batches. */
  batches: Outcome[];
  /** What the checks found. */
  report: Report;
  /** Set if the journal has failed. The next client that opens it tells what it holds. */
  storeError?: StoreError;
  /** How often a hook (`on...`) threw or rejected. */
  hookErrors: number;
}
