/** The separators of a row with a cell for each field that an event needs. */
const LEAST = 3;
/** The most rows in a row that may be pieces of text by chance. */
const MOST = 2;
const LINE = /^[^\r\n]+(?:\r\n|[\r\n])?$/;

/**
 * Finds rows that lack their line ends: texts below the header of a table that are a whole row each. They are held back
 * until the next text shows whether that goes on, since joined they would be one row with more cells than the header.
 * So no table with its line ends is taken for one without, wherever it is cut.
 */
export class Rows {
  readonly #separator: string;
  readonly #cells: number;
  #held: string[] = [];
  /** Whether no text is or will be held back any more. */
  isOver = false;

  private constructor(separator: string, cells: number) {
    this.#separator = separator;
    this.#cells = cells;
  }

  /** Returns the rows below a text that is a header with its line end; `undefined` for any other text. */
  static below(text: string): Rows | undefined {
    const header = text.trimStart();
    if (!LINE.test(header) || !endsLine(header)) return undefined;
    for (const separator of ["\t", ","]) {
      const cells = cellsOf(header, separator).length;
      if (cells > LEAST) return new Rows(separator, cells);
    }
    return undefined;
  }

  /** Whether rows are held back that would be joined. */
  get areJoined(): boolean {
    return this.#held.length > 1;
  }

  /**
   * Takes the next text. Returns the texts that can be read now, or `undefined` if these are rows without line ends.
   */
  take(text: string): string[] | undefined {
    if (text === "") return [text];
    const isRow = this.#isRow(text);
    this.#held.push(text);
    if (isRow && this.#held.length > MOST) return undefined;
    return isRow && !endsLine(text) ? [] : this.release();
  }

  /** Ends this, and returns the texts that were held back. */
  release(): string[] {
    const held = this.#held;
    this.#held = [];
    this.isOver = true;
    return held;
  }

  #isRow(text: string): boolean {
    if (!LINE.test(text)) return false;
    const cells = cellsOf(text, this.#separator);
    return cells.length === this.#cells && cells.slice(1).some((cell) => cell.trim() !== "");
  }
}

function endsLine(text: string): boolean {
  return /[\r\n]$/.test(text);
}

/** Returns the cells of a row as they are written; none if a quote is left open. */
function cellsOf(line: string, separator: string): string[] {
  const cells = [""];
  let isQuoted = false;
  for (const character of line) {
    if (character === '"') isQuoted = !isQuoted;
    if (character === separator && !isQuoted) cells.push("");
    else cells[cells.length - 1] += character;
  }
  return isQuoted ? [] : cells;
}
