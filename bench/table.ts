import { cases } from "./cases/cases.ts";
import type { Result } from "./measure.ts";

const HEAD = ["case", "MB", "ours MB/s", "ours ms", "sdk ms", "ajv ms", "zod ms", "floor ms"];

/** For a terminal. */
export function plain(results: readonly Result[]): string {
  const rows = [HEAD, ...results.map(row)];
  const widths = HEAD.map((_, column) => Math.max(...rows.map((cells) => (cells[column] ?? "").length)));
  const line = (cells: string[]) =>
    cells.map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0))).join("  ");
  return rows.map(line).join("\n");
}

/** For a document. */
export function markdown(results: readonly Result[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  const rule = `|${HEAD.map((_, at) => (at === 0 ? "---" : "---:")).join("|")}|`;
  return [line(HEAD), rule, ...results.map((result) => line(row(result)))].join("\n");
}

/** Behind each peer's time: how many times ours it is. */
function row({ case: name, mb, ours_ms, peers, floor_ms }: Result): string[] {
  const peer = (ms: number) => `${ms.toFixed(0)} (${(ms / ours_ms).toFixed(1)}×)`;
  const title = cases.find((one) => one.name === name)?.title;
  return [
    `${name}: ${title}`,
    mb.toFixed(1),
    ((mb / ours_ms) * 1000).toFixed(0),
    ours_ms.toFixed(1),
    peer(peers.sdk),
    peer(peers.ajv),
    peer(peers.zod),
    floor_ms.toFixed(1),
  ];
}
