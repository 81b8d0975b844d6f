import { InputError } from "../errors/input-error.js";
import type { Format } from "../options/table.js";
import type { Piece } from "./bytes.js";
import { JoinedTexts } from "./joined-texts.js";
import { Rows } from "./rows.js";

/** Marks where a text of a stream ends. If what was read is whole there, a line ends with it. */
export interface EndPiece {
  type: "endPiece";
}

/** How many characters may come without a line end before texts are read as they are. */
const MOST = 1_000_000;
/** What JSON begins with: an array, an object, or a record of a text sequence. */
const JSON_STARTS = ["[", "{", "\u001e"];

const ROWS_JOINED = "the texts below the header are rows, and none of them has a line end";

/** Reads the texts of one stream, each of which may be a line. */
export class Texts {
  readonly #lines: boolean;
  readonly #joined = new JoinedTexts();
  /** The first texts, as long as they may be lines of a table without their ends. */
  #held: string[] | undefined;
  /** The rows below the first texts, if these are the header of a table. */
  #rows: Rows | undefined;
  #length = 0;
  /** How many of the first texts are not blank. */
  #words = 0;

  constructor(format: Format | undefined, lines: boolean) {
    this.#lines = lines;
    if (!lines && format !== "json" && format !== "ndjson") this.#held = [];
  }

  /**
   * Takes the next text, and yields what can be read now.
   *
   * @throws InputError with the code `lines_without_ends`.
   */
  *take(text: string): Generator<Piece | EndPiece, void> {
    if (!this.#held) return yield* this.#rows ? this.#behind(this.#rows, text) : this.#items(text);
    this.#held.push(text);
    this.#length += text.length;
    const [first] = text.trim();
    if (first !== undefined) this.#words += 1;
    const isJson = this.#words === 1 && first !== undefined && JSON_STARTS.includes(first);
    if (!isJson && /[\r\n]/.test(text)) this.#rows = Rows.below(this.#held.join(""));
    else if (!isJson && this.#length <= MOST) return;
    else if (!isJson) this.#assertEnds();
    yield* this.#releaseHeld();
  }

  /** Ends the texts, and yields what is left to read. */
  *end(): Generator<Piece | EndPiece, void> {
    this.#assertEnds();
    yield* this.release();
  }

  /** Yields what is held back. Bytes, which may have line ends, or the end follow. */
  *release(): Generator<Piece | EndPiece, void> {
    yield* this.#releaseHeld();
    for (const text of this.#rows?.release() ?? []) yield* this.#items(text);
    yield* this.#joined.end();
  }

  #assertEnds(): void {
    if (this.#held && this.#words > 1) throw endsMissing("these texts are not JSON, and none of them has a line end");
    if (this.#rows?.areJoined) throw endsMissing(ROWS_JOINED);
  }

  *#behind(rows: Rows, text: string): Generator<Piece | EndPiece, void> {
    const texts = rows.take(text);
    if (!texts) throw endsMissing(ROWS_JOINED);
    if (rows.isOver) this.#rows = undefined;
    for (const text of texts) yield* this.#items(text);
  }

  *#releaseHeld(): Generator<Piece | EndPiece, void> {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const text of held) yield* this.#items(text);
  }

  *#items(text: string): Generator<Piece | EndPiece, void> {
    yield* this.#joined.take(text);
    if (this.#lines) {
      yield* this.#joined.end();
      yield* lineEnd(text, true);
    }
    // the next text may end the last character
    if (!this.#joined.isCut) yield { type: "endPiece" };
  }
}

function endsMissing(what: string): InputError {
  return new InputError("lines_without_ends", `${what}: if each is one line of a table, give lines: true`);
}

/** Returns the line end that a text lacks if it is a line. */
export function lineEnd(text: string, lines: boolean): string[] {
  return lines && !text.endsWith("\n") ? ["\n"] : [];
}
