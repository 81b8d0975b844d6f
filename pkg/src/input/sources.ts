import { checked } from "../options/checked.js";
import type { Source } from "../types.js";

/** Several inputs, read one after the other as one import. */
export class Sources {
  readonly list: Iterable<Source> | AsyncIterable<Source>;

  constructor(sources: Iterable<Source> | AsyncIterable<Source>) {
    if (Array.isArray(sources)) sources.forEach(assertSource);
    this.list = sources;
  }
}

/** @throws ConfigError if it has an option that no source has. What it reads is looked at when its turn comes. */
export function assertSource(source: Source): void {
  if (typeof source === "object" && source !== null && "input" in source) checked("Sources", source);
}
