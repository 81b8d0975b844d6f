import type { Position } from "../report/position.js";
import type { Report } from "../report/report.js";
import type { Outcome, Stopped } from "./outcome.js";

/** What became of one batch of an import. */
export interface BatchReceipt extends Outcome {
  /** The first event of the batch. */
  from: Position;
  /** The last event of the batch. */
  to: Position;
}

/** What became of every event of an import: `accepted + refused + unknown + unsent = events`. */
export interface Receipt extends Report {
  /** The events that the service said it took. */
  accepted: number;
  /** The events that the service may have taken. They are not sent again unless you say so. */
  unknown: number;
  /** The events that the service certainly did not take. They may be sent. */
  unsent: number;
  /** How many of the unsent events an earlier import has delivered to the same endpoint, as the ledger knows. */
  duplicates: number;
  /**
   * How many of the unsent events an earlier import has delivered to the same endpoint under another SDK key: that of
   * another environment, or an older one of the same. The option `resend: "other-key"` sends them. They are not counted
   * in `duplicates`.
   */
  otherKey: number;
  /** How many of the refused events were refused by the check, and how many by the service. */
  refusedBy: { check: number; service: number };
  /** Each batch, in the order of the input. */
  batches: BatchReceipt[];
  /** Why the delivery ended before everything was sent. */
  stopped?: Stopped;
  /**
   * How often a hook (`on...`) threw or rejected. That changes nothing of the delivery. The first error of each is
   * shown.
   */
  hookErrors: number;
  /** `false` if the input was not read to its end, so that `events` counts only what was read. */
  complete: boolean;
}
