import { cases } from "./cases/cases.ts";
import type { Result } from "./measure.ts";
import type { Pair } from "./pairs.ts";

const HEAD = ["case", "MB", "ours MB/s", "ours ms", "sdk ms", "ajv ms", "zod ms", "floor ms"];

const PAIR_HEAD = ["case", "MB", "ours ms", "baseline ms", "of medians", "ratio"];

/** Rows of cells. The first row is the head. */
export type Rows = readonly [head: readonly string[], ...rows: (readonly string[])[]];

/** Returns the table for a terminal. */
export function plain(rows: Rows): string {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((cells) => (cells[column] ?? "").length)));
  const line = (cells: readonly string[]) =>
    cells.map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0))).join("  ");
  return rows.map(line).join("\n");
}

/** Returns the table in Markdown. */
export function markdown([head, ...rows]: Rows): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  const rule = `|${head.map((_, at) => (at === 0 ? "---" : "---:")).join("|")}|`;
  return [line(head), rule, ...rows.map(line)].join("\n");
}

export function results(all: readonly Result[]): Rows {
  return [HEAD, ...all.map(result)];
}

export function pairs(all: readonly Pair[]): Rows {
  return [PAIR_HEAD, ...all.map(pair)];
}

/** Returns a peer's time, and its ratio to ours. */
function result({ case: name, mb, ours_ms, peers, floor_ms }: Result): string[] {
  const peer = (ms: number) => `${ms.toFixed(0)} (${(ms / ours_ms).toFixed(1)}×)`;
  return [
    titled(name),
    mb.toFixed(1),
    ((mb / ours_ms) * 1000).toFixed(0),
    ours_ms.toFixed(1),
    peer(peers.sdk),
    peer(peers.ajv),
    peer(peers.zod),
    floor_ms.toFixed(1),
  ];
}

function pair({ case: name, mb, ours_ms, baseline_ms, ratio_of_medians, ratio }: Pair): string[] {
  const times = [ours_ms, baseline_ms].map((ms) => ms.toFixed(1));
  return [titled(name), mb.toFixed(1), ...times, ratio_of_medians.toFixed(3), ratio.toFixed(3)];
}

function titled(name: string): string {
  return `${name}: ${cases.find((one) => one.name === name)?.title}`;
}
