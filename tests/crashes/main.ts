import { parseArgs } from "node:util";
import { crashes } from "./crashes.ts";
import { KINDS } from "./source.ts";

const { values, positionals } = parseArgs({ options: { seed: { type: "string" } }, allowPositionals: true });
const count = Number(positionals[0] ?? 50);
const seed = Number(values.seed ?? Math.floor(Math.random() * 1e9));
if (!Number.isInteger(count) || count < 1 || !Number.isInteger(seed)) {
  console.error("usage: npm run crashes -- [KILLS] [--seed NUMBER]");
  process.exit(2);
}

console.log(`at least ${count} kills of split-events send and resume, seed ${seed}`);
const done = await crashes(count, seed);
const sum = (
  rows: typeof done,
  field: "killed" | "events" | "accepted" | "unknown" | "unknownTaken" | "lost" | "twice",
) => rows.reduce((total, row) => total + row[field], 0);
console.log("source    runs  kills   events  accepted  unknown  of them taken  lost  twice");
for (const kind of [...KINDS, "all"] as const) {
  const rows = kind === "all" ? done : done.filter((row) => row.kind === kind);
  const figures = [
    [rows.length, 6],
    [sum(rows, "killed"), 7],
    [sum(rows, "events"), 9],
    [sum(rows, "accepted"), 10],
    [sum(rows, "unknown"), 9],
    [sum(rows, "unknownTaken"), 15],
    [sum(rows, "lost"), 6],
    [sum(rows, "twice"), 7],
  ] as const;
  console.log(kind.padEnd(8) + figures.map(([figure, width]) => String(figure).padStart(width)).join(""));
}
