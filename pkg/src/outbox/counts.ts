export interface Sum {
  batches: number;
  events: number;
}

/** How many batches and events of an {@link Outbox} are in each state. */
export interface OutboxCounts {
  planned: Sum;
  dispatching: Sum;
  accepted: Sum;
  refused: Sum;
  unknown: Sum;
}

/** What one call of `resolveAll` resolved. */
export interface ResolvedAll extends Sum {
  /** The bytes of their bodies. */
  bytes: number;
  /** Where the next call goes on, given as `after`. Missing if none is left. */
  next?: number;
}
