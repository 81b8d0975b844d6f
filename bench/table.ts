import { cases } from "./cases/cases.ts";
import type { Compared, Reached } from "./compared.ts";
import type { Result } from "./measure.ts";
import type { Pair } from "./pairs.ts";

const HEAD = ["case", "MB", "ours MB/s", "ours ms", "sdk ms", "ajv ms", "zod ms", "floor ms"];

const PAIR_HEAD = ["case", "MB", "ours ms", "baseline ms", "of medians", "ratio"];

const BAR_HEAD = ["case", "MB", "ours MB/s", "ours ms", "against", "its ms", "bar", "reached", ""];

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

/** Returns a row for each bar. Only the first row of a case has its name. What is not reached is marked in the last column. */
export function barred(all: readonly Compared[]): Rows {
  return [BAR_HEAD, ...all.flatMap((one) => one.against.map((reached, at) => bar(one, reached, at === 0)))];
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

function bar({ case: name, mb, ours_ms }: Compared, to: Reached, first: boolean): string[] {
  const title = cases.find((one) => one.name === name)?.bars?.find(({ against }) => against === to.name)?.title;
  return [
    ...(first
      ? [titled(name), mb.toFixed(1), ((mb / ours_ms) * 1000).toFixed(0), ours_ms.toFixed(1)]
      : ["", "", "", ""]),
    title ?? to.name,
    to.ms.toFixed(1),
    to.at_most === undefined ? `≥ ${to.at_least}×` : `≤ ${to.at_most}×`,
    `${to.ratio.toFixed(to.ratio < 10 ? 2 : 1)}×`,
    to.reached ? "" : "not reached",
  ];
}

function pair({ case: name, mb, ours_ms, baseline_ms, ratio_of_medians, ratio }: Pair): string[] {
  const times = [ours_ms, baseline_ms].map((ms) => ms.toFixed(1));
  return [titled(name), mb.toFixed(1), ...times, ratio_of_medians.toFixed(3), ratio.toFixed(3)];
}

function titled(name: string): string {
  return `${name}: ${cases.find((one) => one.name === name)?.title}`;
}
