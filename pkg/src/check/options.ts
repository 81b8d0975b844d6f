import type { KnownKeys } from "../known-keys/known-keys.js";
import type { Options, OptionsIn, OptionsOf } from "../options/table.js";

export interface KeyTypes {
  knownKeys: KnownKeys | Iterable<string>;
}

/** How events are read and checked. */
export interface CheckOptions extends OptionsOf<"check", KeyTypes>, Options {}

/** How events are batched. */
export interface BatchOptions extends OptionsIn<"batch">, Options {}

/** How a {@link Batcher} reads, checks and batches. */
export interface BatcherOptions extends OptionsOf<"Batcher", KeyTypes>, Options {}
