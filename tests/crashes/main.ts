import { parseArgs } from "node:util";
import { crashes, interrupts } from "./crashes.ts";
import { KINDS } from "./source.ts";

const { values, positionals } = parseArgs({
  options: { seed: { type: "string" }, interrupts: { type: "boolean", default: false } },
  allowPositionals: true,
});
const count = Number(positionals[0] ?? 50);
const seed = Number(values.seed ?? Math.floor(Math.random() * 1e9));
if (!Number.isInteger(count) || count < 1 || !Number.isInteger(seed)) {
  console.error("usage: npm run crashes -- [COUNT] [--interrupts] [--seed NUMBER]");
  process.exit(2);
}

if (values.interrupts) {
  console.log(`at least ${count} sends without --journal that Ctrl-C ends, then the command they print, seed ${seed}`);
  const done = (await interrupts(count, seed)).map((run) => ({ ...run, runs: 1 }));
  const by = (row: (typeof done)[number]) => `${row.kind} ${row.left ? (row.twice ? "twice" : "once") : "too late"}`;
  table(done, by, ["runs", "events", "accepted", "unknown", "lost", "again"]);
} else {
  console.log(`at least ${count} kills of split-events send and resume, seed ${seed}`);
  const done = (await crashes(count, seed)).map((run) => ({ ...run, runs: 1 }));
  const columns = ["runs", "killed", "events", "accepted", "unknown", "unknownTaken", "lost", "twice"] as const;
  table(done, ({ kind }) => kind, columns);
}

function table<C extends string>(done: Record<C, number>[], by: (row: never) => string, columns: readonly C[]): void {
  const first = (text: string) => text.padEnd(16);
  console.log(first("source") + columns.map((name) => name.padStart(14)).join(""));
  const names = [...new Set(done.map((row) => by(row as never)))];
  const at = (name: string) => KINDS.findIndex((kind) => name.startsWith(`${kind} `) || name === kind);
  names.sort((a, b) => at(a) - at(b) || (a < b ? -1 : 1));
  for (const name of [...names, "all"]) {
    const rows = name === "all" ? done : done.filter((row) => by(row as never) === name);
    const sum = (column: C) => rows.reduce((total, row) => total + row[column], 0);
    console.log(first(name) + columns.map((column) => String(sum(column)).padStart(14)).join(""));
  }
}
