import type { BatcherOptions } from "split-events";
import type { Event } from "./event.ts";

/** The number of events, and of each verdict. */
export interface Expected {
  events: number;
  clean: number;
  repaired: number;
  refused: number;
}

/** The input of all pipelines. */
export interface Input {
  bytes: Uint8Array<ArrayBuffer>;
  /** With `objects` the bytes are parsed before the clock starts. */
  form: "array" | "ndjson" | "objects" | "table" | System;
  /** The size of the pieces that are pushed, in bytes; 0 pushes everything at once. */
  chunk: number;
  expected: Expected;
  /** The options of our pipeline that are not the defaults. */
  options?: BatcherOptions;
  /** The first events that are to be sent. */
  sample?: readonly Event[];
  /** The events that a pipeline without repairs sends. Default: the clean ones. */
  judged?: number;
  /** Another input, which our pipeline reads in the same rounds. */
  beside?: Input;
}

/** A system whose records are mapped to events. */
export type System = "segment" | "rudderstack" | "amplitude";

export interface Case {
  name: string;
  /** A description for people. */
  title: string;
  make: (bytes: number) => Input;
  /** What our time is compared with. Default: the peers for events in their own shape. */
  bars?: readonly Bar[];
}

/** A pipeline that reads tables or maps records, beside ours. `beside` is ours, on another input. */
export type Peer = "papaparse" | "csvParse" | "byHand" | "beside";

/** What a case is to reach against one pipeline that runs in the same rounds. */
export interface Bar {
  against: Peer;
  /** A description for people. */
  title: string;
  /** The smallest ratio of that pipeline's time to ours. */
  atLeast?: number;
  /** The largest ratio of our time to that pipeline's. */
  atMost?: number;
}

export const SEED = 20_200_229;
export const CHUNK = 64 * 1024;
const DAY_MS = 24 * 60 * 60 * 1000;

/** Returns the start of today, since events older than 90 days get a warning. */
export function today(): number {
  return Math.floor(Date.now() / DAY_MS) * DAY_MS;
}
