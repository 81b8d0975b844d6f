import type { Format } from "../options/table.js";
import type { Piece } from "./bytes.js";
import { JoinedTexts } from "./joined-texts.js";
import type { EndPiece } from "./texts.js";

/** Reads the texts of one stream of JSON, each of which may be a line. */
export class Texts {
  readonly #lines: boolean;
  readonly #joined = new JoinedTexts();

  constructor(_: Format | undefined, lines: boolean) {
    this.#lines = lines;
  }

  /** Takes the next text, and yields what can be read now. */
  *take(text: string): Generator<Piece | EndPiece, void> {
    yield* this.#joined.take(text);
    if (this.#lines) {
      yield* this.#joined.end();
      yield* lineEnd(text, true);
    }
    // the next text may end the last character
    if (!this.#joined.isCut) yield { type: "endPiece" };
  }

  /** Ends the texts, and yields what is left to read. */
  *end(): Generator<Piece | EndPiece, void> {
    yield* this.release();
  }

  /** Yields what is held back. Bytes or the end follow. */
  *release(): Generator<Piece | EndPiece, void> {
    yield* this.#joined.end();
  }
}

/** Returns the line end that a text lacks if it is a line. */
export function lineEnd(text: string, lines: boolean): string[] {
  return lines && !text.endsWith("\n") ? ["\n"] : [];
}
