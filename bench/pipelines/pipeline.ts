import type { Expected, Input } from "../cases/cases.ts";

export type Name = "ours" | "sdk" | "ajv" | "zod" | "floor";

/** A body, as text or bytes. */
export type Body = string | Uint8Array;

/** An input in the form that the pipelines get. */
export interface Ready {
  bytes: Uint8Array;
  chunks: readonly Uint8Array[];
  form: Input["form"];
  /** For `objects`: the parsed events, 500 at a time. */
  batches: readonly (readonly unknown[])[];
  expected: Expected;
}

/** Turns the input into the bodies of batches. */
export type Pipeline = (ready: Ready, take: (body: Body) => void) => void;

/** The events in a batch: our default, and the size of the official SDK's queue. */
export const BATCH = 500;
