/** Separators of a table that has a column for each field that an event needs. */
const LEAST = 3;
/** Of a table with such a row, more of them on end are no chance. */
const MOST = 2;
const LINE = /^[^\r\n]+(?:\r\n|[\r\n])?$/;

/**
 * The texts below the header of a table, as long as each is a whole row without its line end. They are held back until
 * the next shows whether they go on: two on end would be read as one row, with cells for which the header has no names.
 * So no good table is taken for this, wherever it is cut.
 */
export class Rows {
  readonly #separator: string;
  readonly #cells: number;
  #held: string[] = [];
  /** Nothing is held any more, and nothing will be. */
  isOver = false;

  private constructor(separator: string, cells: number) {
    this.#separator = separator;
    this.#cells = cells;
  }

  /** Those below a header with its line end; `undefined` if the text is anything else. */
  static below(text: string): Rows | undefined {
    const header = text.trimStart();
    if (!LINE.test(header) || !endsLine(header)) return undefined;
    for (const separator of ["\t", ","]) {
      const cells = cellsOf(header, separator).length;
      if (cells > LEAST) return new Rows(separator, cells);
    }
    return undefined;
  }

  /** Whether rows are held that would be joined. */
  get areJoined(): boolean {
    return this.#held.length > 1;
  }

  /** Takes the next text; returns those to be read now, or `undefined` if these are rows without their line ends. */
  take(text: string): string[] | undefined {
    if (text === "") return [text];
    const isRow = this.#isRow(text);
    this.#held.push(text);
    if (isRow && this.#held.length > MOST) return undefined;
    return isRow && !endsLine(text) ? [] : this.release();
  }

  /** Returns what is held, for the last time. */
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

/** The cells as they are written; none if a quote is left open. */
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
