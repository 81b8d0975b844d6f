import type { Receipt, SendOptions } from "split-events";

/** What a place is asked to send, as JSON. */
export interface Job {
  /** NDJSON. */
  input: string;
  options: Omit<SendOptions, "apiKey" | "fetch" | "signal" | "cutSignal" | "onProgress" | "onUndelivered"> & {
    endpoint: string;
    retry?: { attempts?: number; baseMs?: number; capMs?: number };
    seed?: number;
  };
  detour?: Detour;
  /** An address. When it answers, the user cuts what is in flight. */
  cutWhen?: string;
}

/** Requests that go elsewhere by the user's own `fetch`, which else is the runtime's. */
export interface Detour {
  /** Only bodies with this text in them. */
  contains: string;
  endpoint: string;
  /** How many of them; default all. */
  times?: number;
}

/** One call of `fetch`, by the runtime's own clock. */
export interface Call {
  at: number;
  /** When the head of the answer was there, or it failed. */
  endedAt: number | null;
  status: number | null;
  /** Of the first event in the body. */
  value: number;
}

export interface Result {
  receipt: Receipt;
  calls: Call[];
  /** The state of each event that was handed to `onUndelivered`, by its index. */
  undelivered: [index: number, state: string][];
}
