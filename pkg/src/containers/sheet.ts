import type { Member } from "./member.js";
import { serialText } from "./serial.js";
import { CellText, unescaped } from "./shared-texts.js";
import type { DateStyle } from "./styles.js";
import { isTrue, readXml } from "./xml.js";

/** What must be known of a workbook to read its cells. */
export interface Known {
  is1904: boolean;
  /** The texts that cells share; `undefined` if it only matters whether there is a cell. */
  texts: string[] | undefined;
  /** What the styles of cells show, by their numbers. */
  dates: DateStyle[];
}

/** The text of a cell; `undefined` if it is empty. */
export type Cell = string | undefined;

/** A row with at least one cell that is not empty. */
export interface Row {
  /** Its number in the sheet, from 1. */
  number: number;
  cells: Cell[];
}

/** Yields the rows of a sheet that have cells. */
export async function* rowsOf(member: Member, known: Known): AsyncGenerator<Row, void> {
  const rows = new Rows(known);
  for await (const _ of readXml(member, rows)) yield* rows.take();
  yield* rows.take();
}

class Rows {
  readonly #known: Known;
  #found: Row[] = [];
  #row: Row = { number: 0, cells: [] };
  #column = 0;
  #type = "n";
  #style = 0;
  #value = "";
  #inValue = false;
  readonly #text = new CellText();

  constructor(known: Known) {
    this.#known = known;
  }

  /** Returns the rows that were found since the last call. */
  take(): Row[] {
    return this.#found.splice(0);
  }

  open(tag: string, attributes: Record<string, string>): void {
    if (tag === "row") {
      this.#row = { number: Number(attributes.r ?? this.#row.number + 1), cells: [] };
      this.#column = 0;
    } else if (tag === "c") {
      this.#column = columnOf(attributes.r) ?? this.#column + 1;
      this.#type = attributes.t ?? "n";
      this.#style = Number(attributes.s ?? 0);
      this.#value = "";
    } else if (tag === "v") this.#inValue = true;
    else this.#text.open(tag);
  }

  text(text: string): void {
    if (this.#inValue) this.#value += text;
    else this.#text.take(text);
  }

  close(tag: string): void {
    if (tag === "v") this.#inValue = false;
    else if (tag === "c") this.#endCell();
    else if (tag === "row" && this.#row.cells.length > 0) this.#found.push(this.#row);
    else this.#text.close(tag);
  }

  #endCell(): void {
    const cell = this.#cell();
    if (cell === undefined || cell === "") return;
    const { cells } = this.#row;
    while (cells.length < this.#column - 1) cells.push(undefined);
    cells[this.#column - 1] = cell;
  }

  #cell(): Cell {
    const value = this.#value;
    if (this.#type === "inlineStr") return this.#text.end();
    if (value === "") return undefined;
    switch (this.#type) {
      case "s":
        return this.#shared(Number(value));
      case "str":
        return unescaped(value);
      case "b":
        return isTrue(value) ? "true" : "false";
      case "e":
        return undefined;
      case "d":
        return value;
      default:
        return this.#number(Number(value));
    }
  }

  #shared(number: number): Cell {
    const { texts } = this.#known;
    if (texts === undefined) return "text";
    const text = texts[number];
    if (text === undefined) throw new Error(`the text ${number} is missing`);
    return text;
  }

  #number(number: number): Cell {
    if (!Number.isFinite(number)) throw new Error("a number is not written as one");
    const style = this.#known.dates[this.#style];
    return (style && serialText(number, style, this.#known.is1904)) ?? String(number);
  }
}

/** Returns the number of the column of a cell such as `AB12`, from 1. */
function columnOf(name: string | undefined): number | undefined {
  const letters = /^[A-Z]{1,3}/i.exec(name ?? "")?.[0];
  if (letters === undefined) return undefined;
  return Array.from(letters.toUpperCase()).reduce((number, letter) => number * 26 + letter.charCodeAt(0) - 64, 0);
}
