import type { Expected, Input } from "../cases/cases.ts";

export type Name = "ours" | "sdk" | "ajv" | "zod" | "floor";

/** Text or bytes that would be posted. */
export type Body = string | Uint8Array;

/** An input as the pipelines get it. */
export interface Ready {
  bytes: Uint8Array;
  chunks: readonly Uint8Array[];
  form: Input["form"];
  /** Of `objects`: what the bytes hold, 500 at a time. */
  batches: readonly (readonly unknown[])[];
  expected: Expected;
}

/** From the input to bodies of batches. */
export type Pipeline = (ready: Ready, take: (body: Body) => void) => void;

/** Events in a batch: the default of ours, and the number at which the official SDK flushes. */
export const BATCH = 500;
