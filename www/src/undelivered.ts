import type { UndeliveredState } from "split-events/internal/words";

/** The events that were not delivered, in blobs, which the browser may keep on disk. */
export class Undelivered {
  readonly #lines: Record<UndeliveredState, Blob[]> = { refused: [], unknown: [], unsent: [] };
  #rows: Blob[] | undefined = [];

  readonly take = (state: UndeliveredState, lines: Uint8Array, rows?: Uint8Array): void => {
    this.#lines[state].push(new Blob([lines.slice()]));
    if (state !== "refused") return;
    if (rows) this.#rows?.push(new Blob([rows.slice()]));
    else this.#rows = undefined;
  };

  /** Returns the events as NDJSON. */
  file(state: UndeliveredState): Blob {
    return new Blob(this.#lines[state], { type: "application/x-ndjson" });
  }

  /** Returns the refused events as the table that they came in, or `undefined` if they did not all come in one. */
  table(): Blob | undefined {
    return this.#rows && this.#rows.length > 0 ? new Blob(this.#rows, { type: "text/csv" }) : undefined;
  }
}
