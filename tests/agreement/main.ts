import { parseArgs } from "node:util";
import { compare } from "./compare.ts";
import { DIFFERENCES } from "./differences.ts";

const { values, positionals } = parseArgs({ options: { seed: { type: "string" } }, allowPositionals: true });
const count = Number(positionals[0] ?? 1_000_000);
const seed = Number(values.seed ?? 1);
if (!Number.isInteger(count) || !Number.isInteger(seed)) {
  console.error("usage: npm run agreement -- [EVENTS] [--seed NUMBER]");
  process.exit(2);
}

const tally = compare(count, seed);
const row = (n: number, text: string) => console.log(`${n.toLocaleString("en-US").padStart(12)}  ${text}`);
row(tally.events, `random events, seed ${seed}`);
row(tally.accepted, "would be sent");
row(tally.refused, "refused");
row(tally.notJson, "of them not JSON");
for (const { name, reason } of DIFFERENCES) row(tally.differences[name] ?? 0, `${name}: ${reason}`);
if (tally.found) {
  console.log(`A difference from the official SDK, with seed ${seed}:\n${JSON.stringify(tally.found, null, 2)}`);
  process.exitCode = 1;
} else {
  console.log("No other difference from the official SDK.");
}
