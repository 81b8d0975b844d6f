import type { Receipt, SendOptions } from "split-events";

/** What a runtime is asked to send, as JSON. */
export interface Job {
  /** NDJSON. */
  input: string;
  options: Omit<SendOptions, "apiKey" | "fetch" | "signal" | "cutSignal" | "onProgress" | "onUndelivered"> & {
    endpoint: string;
    retry?: { attempts?: number; baseMs?: number; capMs?: number };
    seed?: number;
  };
  detour?: Detour;
  /** An address. When it answers, what is in flight is cut. */
  cutWhen?: string;
}

/** Requests that a `fetch` of the user's redirects. Without this the runtime's `fetch` is used. */
export interface Detour {
  /** Redirects only bodies that contain this text. */
  contains: string;
  endpoint: string;
  /** The number of requests to redirect; default all. */
  times?: number;
}

/** A call of `fetch`, with times of the runtime's clock. */
export interface Call {
  at: number;
  /** When the headers of the answer came, or it failed. */
  endedAt: number | null;
  status: number | null;
  /** The value of the first event in the body. */
  value: number;
}

export interface Result {
  receipt: Receipt;
  calls: Call[];
  /** The state of each event that `onUndelivered` got, by its index. */
  undelivered: [index: number, state: string][];
}
