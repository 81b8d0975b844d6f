import type { UndeliveredState } from "split-events/internal/words";
import type { Sent } from "../link/protocol.js";

/** How many bytes are gathered before they become a blob. */
const PIECE = 1_000_000;

/** The events that were not delivered, in blobs, which the browser may keep on disk. */
export class Undelivered {
  readonly #lines = { refused: new Pieces(), unknown: new Pieces(), unsent: new Pieces() };
  #rows: Pieces | undefined = new Pieces();

  readonly take = (state: UndeliveredState, lines: Uint8Array, rows?: Uint8Array): void => {
    this.#lines[state].add(lines);
    if (state !== "refused") return;
    if (rows) this.#rows?.add(rows);
    else this.#rows = undefined;
  };

  /** Returns the events as files. */
  files(): Required<Pick<Sent, "undelivered">> & Pick<Sent, "refusedTable"> {
    const file = (state: UndeliveredState) => this.#lines[state].blob("application/x-ndjson");
    const table = this.#rows?.blob("text/csv");
    return {
      undelivered: { refused: file("refused"), unknown: file("unknown"), unsent: file("unsent") },
      ...(table && table.size > 0 && { refusedTable: table }),
    };
  }
}

/** Bytes that become blobs as they gather. */
class Pieces {
  #blobs: Blob[] = [];
  #gathered: Uint8Array<ArrayBuffer>[] = [];
  #size = 0;

  add(bytes: Uint8Array): void {
    this.#gathered.push(bytes.slice());
    this.#size += bytes.length;
    if (this.#size >= PIECE) this.#turn();
  }

  blob(type: string): Blob {
    this.#turn();
    return new Blob(this.#blobs, { type });
  }

  #turn(): void {
    if (this.#size > 0) this.#blobs.push(new Blob(this.#gathered));
    this.#gathered = [];
    this.#size = 0;
  }
}
