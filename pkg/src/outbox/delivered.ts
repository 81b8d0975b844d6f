import type { Attempt, Outcome } from "../receipt/outcome.js";

/** What one call of `deliver` did. */
export interface Delivered {
  /** The batches and parts that were accepted or refused, or are unknown. */
  settled: Outcome[];
  /** After how many milliseconds there is more to send. Missing if none is planned. */
  waitMs?: number;
  /** How many milliseconds nothing is sent: the service has asked for a pause, or refused to be used. */
  pausedMs?: number;
  /** The request that led to the pause. Missing if an earlier process made it. */
  pausedBy?: Attempt;
  /** Set if no request begins because the browser is offline and the endpoint is not on this machine. */
  offline?: true;
}
