import type { Attempt, Reason, State } from "../receipt/outcome.js";

/** A batch for an {@link Outbox}. */
export interface OutboxBatch {
  /** An id of your own: unique, 1 to 200 printable ASCII characters. */
  id: string;
  events: number;
  /** A JSON array of `events` events that were checked. */
  body: Uint8Array;
}

/** The state of what an {@link Outbox} holds. `planned` waits for its turn, `dispatching` is being sent. */
export type OutboxState = "planned" | "dispatching" | Extract<State, "unknown" | "refused">;

/**
 * What becomes of a batch or part that is held. If it is unknown or refused, `resend` plans it again (its events may
 * count twice if it was unknown) and `accepted` forgets it and counts it as accepted. If it is planned, `send` puts it
 * before all others and ends a pause. `drop` forgets it. None applies while it is being sent.
 */
export type OutboxWord = "resend" | "drop" | "accepted" | "send";

/** A batch that an {@link Outbox} holds, or a part of one that the service found too large as a whole. */
export interface OutboxEntry {
  /** The id of the batch. For a part the range of its events follows, as `id:0-250`. */
  id: string;
  /** The number of the batch. Numbers grow in the order in which batches were added. */
  number: number;
  /** The index of its first event in the batch. */
  from: number;
  events: number;
  bytes: number;
  state: OutboxState;
  /** The stable name of why it was not accepted. */
  reason?: Reason;
  /** The reason for a person to read. */
  message?: string;
  /** The requests, in their order. */
  attempts: Attempt[];
}
