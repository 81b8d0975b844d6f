/** What came of one way of one consumer. */
export interface Row {
  consumer: string;
  version: string;
  way: string;
  settings: readonly string[];
  /** Why it failed. */
  failure: string | undefined;
  /** The text with which it has to fail. */
  fails: string | undefined;
  seconds: number;
}

const HEADER = ["consumer", "version", "way", "setting", "result", "seconds"];

/** Returns the rows as a Markdown table. */
export function table(rows: readonly Row[]): string {
  const cells = [HEADER, ...rows.map(cellsOf)];
  const widths = HEADER.map((_, column) => Math.max(...cells.map((row) => (row[column] as string).length)));
  const lines = cells.map(
    (row) => `| ${row.map((cell, column) => cell.padEnd(widths[column] as number)).join(" | ")} |`,
  );
  lines.splice(1, 0, `|${widths.map((width) => "-".repeat(width + 2)).join("|")}|`);
  return lines.join("\n");
}

function cellsOf({ consumer, version, way, settings, failure, fails, seconds }: Row): string[] {
  const setting = settings.map((line) => `\`${line}\``).join(", ") || "none";
  const good = fails === undefined ? "works" : `cannot: ${fails}`;
  return [consumer, version, way, setting, failure === undefined ? good : "FAILED", seconds.toFixed(1)];
}
