import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { difference, type Table } from "./compare.ts";

const { values, positionals } = parseArgs({ options: { seed: { type: "string" } }, allowPositionals: true });
const count = Number(positionals[0] ?? 100_000);
const seed = Number(values.seed ?? 1);
if (!Number.isInteger(count) || !Number.isInteger(seed)) {
  console.error("usage: npm run python-csv -- [TABLES] [--seed NUMBER]");
  process.exit(2);
}

const script = fileURLToPath(new URL("tables.py", import.meta.url));
const python = spawn("python3", [script, String(count), String(seed)], { stdio: ["ignore", "pipe", "inherit"] });
python.on("error", (error) => {
  console.error(`python3 is needed to compare with its csv module: ${error.message}`);
  process.exit(1);
});

let [tables, rows] = [0, 0];
for await (const line of createInterface({ input: python.stdout })) {
  const table: Table = JSON.parse(line);
  tables += 1;
  rows += table.rows.length - 1;
  const found = difference(table);
  if (!found) continue;
  console.log(`A difference from Python's csv, in table ${tables} of seed ${seed}:\n${line}\n${JSON.stringify(found)}`);
  python.kill();
  process.exit(1);
}
console.log(
  `${tables.toLocaleString("en-US")} tables with ${rows.toLocaleString("en-US")} rows: the same as Python's csv`,
);
process.exitCode = tables === count ? 0 : 1;
