import type { Stopped } from "../receipt/outcome.js";

/** Counts while a delivery is under way. */
export interface Progress {
  events: number;
  bytes: number;
  accepted: number;
  refused: number;
  unknown: number;
  unsent: number;
  inFlight: number;
  /** How many milliseconds the pause still lasts that the service has asked for. */
  pausedMs: number;
  /** How many milliseconds the service has asked for in all, if that is longer than `pauseCapMs`. */
  pauseAskedMs?: number;
  /** Whether no request begins because the browser is offline and the endpoint is not on this machine. */
  offline: boolean;
  /** Why nothing more is sent. */
  stopped?: Stopped;
  /** How many bytes the input has, if that is known. */
  totalBytes?: number;
  /** How many events ended a second, in the last seconds. */
  eventsPerSecond?: number;
  /** How many seconds are left at the speed of the last seconds. */
  secondsLeft?: number;
}
