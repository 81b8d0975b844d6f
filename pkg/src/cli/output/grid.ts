import Table from "cli-table3";
import pc from "picocolors";

export type Colors = ReturnType<typeof pc.createColors>;
export type Cell = string | { content: string; hAlign: "right" };

/** A row of cells, and lines below it that are as wide as the table. */
export interface Row {
  cells: Cell[];
  below?: Line[];
}

/** A text that is broken between words or, if it is `exact`, anywhere. */
export interface Line {
  text: string;
  exact?: boolean;
}

const NARROWEST = 60;
const NO_BORDERS = {
  top: "",
  "top-mid": "",
  "top-left": "",
  "top-right": "",
  bottom: "",
  "bottom-mid": "",
  "bottom-left": "",
  "bottom-right": "",
  left: "",
  "left-mid": "",
  mid: "",
  "mid-mid": "",
  right: "",
  "right-mid": "",
};
const GAP = "  ";

export function colorsFor(color: boolean): Colors {
  return pc.createColors(color);
}

/** Draws rows under their headings, at most as wide as the terminal. The last column takes the rest of the width. */
export function grid(headings: string[], rows: Row[], width: number, colors: Colors): string {
  const header = headings.length > 0 ? [{ cells: headings }] : [];
  const all: Row[] = [...header, ...rows];
  const widths = [0, 1].map((column) => Math.max(...all.map(({ cells }) => plain(cells[column]).length)));
  const rest = Math.max(NARROWEST, width) - widths.reduce((sum, n) => sum + n + GAP.length, 0);

  const table = new Table({
    head: headings.map((text) => colors.dim(text)),
    chars: { ...NO_BORDERS, middle: GAP },
    style: { head: [], border: [], "padding-left": 0, "padding-right": 0 },
    colWidths: [...widths, rest],
    wordWrap: true,
  });
  for (const { cells, below } of rows) {
    table.push(cells);
    for (const { text, exact } of below ?? []) {
      const style = { "padding-left": 2, "padding-right": 0 };
      table.push([{ content: text, colSpan: cells.length, wrapOnWordBoundary: !exact, style }]);
    }
  }
  return table.toString().replaceAll(/ +$/gm, "");
}

function plain(cell: Cell | undefined): string {
  const text = typeof cell === "object" ? cell.content : (cell ?? "");
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are escape sequences
  return text.replaceAll(/\u001b\[\d+m/g, "");
}

export function right(content: string): Cell {
  return { content, hAlign: "right" };
}
