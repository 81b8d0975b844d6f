import type { Ran } from "./cell.ts";

/** A row of the printed table: one fault in one runtime. */
export interface Line {
  runtime: string;
  fault: string;
  cells: number;
  lost: number;
  duplicated: number;
  wrong: number;
  inPause: number;
  /** Cells whose batches did not end as documented. */
  otherwise: number;
  note: string;
  failed: boolean;
}

interface Known {
  duplicated: number;
  note: string;
  /** A fault that the package can neither see nor prevent. */
  excepted: boolean;
}

/** Adds up the cells of one fault. */
export class Tally {
  readonly #line: Omit<Line, "failed">;
  readonly #excepted: boolean;

  constructor(runtime: string, fault: string, { duplicated, note, excepted }: Partial<Known> = {}) {
    this.#excepted = excepted ?? false;
    const zero = { lost: 0, duplicated: duplicated ?? 0, wrong: 0, inPause: 0, otherwise: 0 };
    this.#line = { runtime, fault, cells: note === undefined ? 0 : 1, ...zero, note: note ?? "" };
  }

  add({ verdict, otherwise }: Ran, where: string): void {
    const line = this.#line;
    line.cells += 1;
    line.lost += verdict.lost;
    line.duplicated += verdict.duplicated;
    line.wrong += verdict.wrong;
    line.inPause += verdict.inPause;
    const troubles = [...verdict.sums, ...otherwise];
    if (troubles.length > 0) {
      line.otherwise += 1;
      line.note ||= `${where}: ${troubles[0]}`;
    }
  }

  line(): Line {
    const { lost, duplicated, wrong, inPause, otherwise } = this.#line;
    const failed = lost + wrong + inPause + otherwise > 0 || (duplicated > 0 && !this.#excepted);
    return { ...this.#line, failed };
  }
}

const COLUMNS: [title: string, of: (line: Line) => string | number][] = [
  ["", ({ failed }) => (failed ? "✗" : "✓")],
  ["runtime", ({ runtime }) => runtime],
  ["fault", ({ fault }) => fault],
  ["cells", ({ cells }) => cells],
  ["lost", ({ lost }) => lost],
  ["duplicated", ({ duplicated }) => duplicated],
  ["told wrongly", ({ wrong }) => wrong],
  ["POSTs in a pause", ({ inPause }) => inPause],
  ["not as designed", ({ otherwise }) => otherwise],
  ["", ({ note }) => note],
];

export function print(lines: readonly Line[]): void {
  const rows = [COLUMNS.map(([title]) => title), ...lines.map((line) => COLUMNS.map(([, of]) => String(of(line))))];
  const widths = COLUMNS.map((_, column) => Math.max(...rows.map((row) => (row[column] ?? "").length)));
  const isNumber = (column: number) => column >= 3 && column <= 8;
  for (const row of rows) {
    const cells = row.map((cell, at) => (isNumber(at) ? cell.padStart(widths[at] ?? 0) : cell.padEnd(widths[at] ?? 0)));
    console.log(cells.join("  ").trimEnd());
  }
  const sum = (of: (line: Line) => number) => lines.reduce((total, line) => total + of(line), 0);
  const failed = lines.filter((line) => line.failed).length;
  console.log(`${sum(({ cells }) => cells)} cells, ${failed} of ${lines.length} faults with trouble`);
}
