import { type Piece, piecesOf } from "./bytes.js";
import { isHighSurrogate } from "./surrogates.js";

/** Joins texts that follow each other. A character that is cut between two of them is whole again. */
export class JoinedTexts {
  /** The first half of a surrogate pair at the end of the last text. The second may come with the next. */
  #half = "";

  /** Whether the last text ends within a character. */
  get isCut(): boolean {
    return this.#half !== "";
  }

  /** Takes the next text, and returns what can be read now. */
  take(text: string): Iterable<Piece> {
    const joined = this.#half + text;
    const end = joined.length - (isHighSurrogate(joined.charCodeAt(joined.length - 1)) ? 1 : 0);
    this.#half = joined.slice(end);
    return piecesOf(joined.slice(0, end)) ?? [];
  }

  /** Ends the texts, and returns what is left to read. */
  end(): Iterable<Piece> {
    const half = this.#half;
    this.#half = "";
    return piecesOf(half) ?? [];
  }
}
