import { type Piece, piecesOf } from "./bytes.js";
import { isHighSurrogate } from "./surrogates.js";

/** The pieces of texts that follow each other. A character that two of them share is whole again. */
export class JoinedTexts {
  /** The first half of a surrogate pair at the end of the last text: the second may come with the next. */
  #half = "";

  /** Whether the last text ends within a character. */
  get isCut(): boolean {
    return this.#half !== "";
  }

  /** What is to be read now. */
  take(text: string): Iterable<Piece> {
    const joined = this.#half + text;
    const end = joined.length - (isHighSurrogate(joined.charCodeAt(joined.length - 1)) ? 1 : 0);
    this.#half = joined.slice(end);
    return piecesOf(joined.slice(0, end)) ?? [];
  }

  /** No other text follows. */
  end(): Iterable<Piece> {
    const half = this.#half;
    this.#half = "";
    return piecesOf(half) ?? [];
  }
}
