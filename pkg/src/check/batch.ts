import type { OwnBytes } from "../platform-types.js";
import type { Position } from "../report/position.js";

/** The events of one body. */
export interface Batch {
  id: string;
  events: number;
  /** The JSON array of the events, ready to be posted. */
  body: OwnBytes;
  /** The first event of the batch. */
  from: Position;
  /** The last event of the batch. */
  to: Position;
}
