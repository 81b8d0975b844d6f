import type { UndeliveredState } from "split-events/internal/words";

/** The events that were not delivered, as NDJSON in blobs, which the browser may keep on disk. */
export class Undelivered {
  readonly #parts: Record<UndeliveredState, Blob[]> = { refused: [], unknown: [], unsent: [] };

  readonly take = (state: UndeliveredState, lines: Uint8Array): void => {
    this.#parts[state].push(new Blob([lines.slice()]));
  };

  file(state: UndeliveredState): Blob {
    return new Blob(this.#parts[state], { type: "application/x-ndjson" });
  }
}
