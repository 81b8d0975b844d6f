export type UndeliveredState = "refused" | "unknown" | "unsent";

/** The events that were not delivered, as NDJSON, in blobs: the browser may keep those on disk. */
export class Undelivered {
  readonly #parts: Record<UndeliveredState, Blob[]> = { refused: [], unknown: [], unsent: [] };

  readonly take = (state: UndeliveredState, lines: Uint8Array): void => {
    this.#parts[state].push(new Blob([lines.slice()]));
  };

  file(state: UndeliveredState): Blob {
    return new Blob(this.#parts[state], { type: "application/x-ndjson" });
  }
}
