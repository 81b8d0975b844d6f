import type { Reason, State } from "../wasm/split_events.js";

export type { Reason, State };

/** One request: the status that came back, or the error if none did. `ms` is how many milliseconds it took. */
export type Attempt = { status: number; ms: number } | { error: string; ms: number };

/** One request that has ended, as `onAttempt` is told of it. */
export interface Attempted {
  /** The id of the batch or the part that was sent. */
  id: string;
  events: number;
  bytes: number;
  attempt: Attempt;
}

/** How the delivery of one batch, or of a part of one, ended. */
export interface Outcome {
  /** The id of the batch or the part. */
  id: string;
  events: number;
  bytes: number;
  /**
   * `accepted`: the service said that it took the batch. `refused`: the service will not take it as it is. `unknown`:
   * the service may have taken it. `unsent`: the service certainly did not take it.
   */
  state: State;
  /** The stable name of why the batch was not accepted. */
  reason?: Reason;
  /** The reason for a person to read. */
  message?: string;
  /** The requests, in their order. */
  attempts: Attempt[];
}

/** Why nothing more is sent. */
export interface Stopped {
  reason: Reason;
  /** The reason for a person to read. */
  message: string;
}
