import type { Piece } from "./bytes.js";

const [FIRST, SECOND] = [0x1f, 0x8b];

/** Tells gzip by its first two bytes, however they are cut. JSON and CSV never begin with these. */
export class GzipSign {
  #seen = 0;
  #isGzip: boolean | undefined;

  /** Takes the next piece of a source. Returns whether the source is gzip, and `undefined` until that is known. */
  look(piece: Piece): boolean | undefined {
    for (let at = 0; this.#isGzip === undefined && at < piece.length; at += 1) {
      if (piece[at] !== (this.#seen === 0 ? FIRST : SECOND)) this.#isGzip = false;
      else if (this.#seen === 1) this.#isGzip = true;
      this.#seen += 1;
    }
    return this.#isGzip;
  }
}
