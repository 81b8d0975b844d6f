import type { Expected, Input, Peer } from "../cases/case.ts";

export type Name = "ours" | "sdk" | "ajv" | "zod" | "floor" | Peer;

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
  options: Input["options"];
  sample: Input["sample"];
  judged: Input["judged"];
  beside: Ready | undefined;
}

/** Turns the input into the bodies of batches. */
export type Pipeline = (ready: Ready, take: (body: Body) => void) => void;

export type Pipelines = Readonly<Partial<Record<Name, Pipeline>>>;

/** The events in a batch: our default, and the size of the official SDK's queue. */
export const BATCH = 500;
