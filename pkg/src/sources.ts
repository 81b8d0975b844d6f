import type { Source } from "./types.js";

/** Several inputs, read one after the other as one import. */
export class Sources {
  readonly list: Iterable<Source> | AsyncIterable<Source>;

  constructor(sources: Iterable<Source> | AsyncIterable<Source>) {
    this.list = sources;
  }
}
