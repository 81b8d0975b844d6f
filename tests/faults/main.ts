import { existsSync } from "node:fs";

import { parseArgs } from "node:util";
import { programs } from "../runtimes/programs.ts";
import { runAll } from "./cell.ts";
import { startChromium } from "./places/chromium.ts";
import { type Place, repeats } from "./places/place.ts";
import { startProcess } from "./places/process.ts";
import { startWorkerd } from "./places/workerd.ts";
import { cutReused } from "./repeat.ts";
import { cells, rows } from "./rows.ts";
import { type Line, print, Tally } from "./tally.ts";

const CONCURRENCIES = [1, 2, 4];
const ROUNDS = 3;

/** The runtimes. `npm run test:runtimes` downloads those that the set-up does not bring. */
const PLACES: Record<string, () => Promise<Place>> = {
  node: () => startProcess({ name: "node", program: process.execPath }),
  workerd: startWorkerd,
  browser: startChromium,
  deno: () => startProcess({ name: "deno", ...programs.deno }),
  bun: () => startProcess({ name: "bun", ...programs.bun }),
};
const OPTIONAL = ["deno", "bun"];

const flags = Object.fromEntries([...Object.keys(PLACES), "json"].map((name) => [name, { type: "boolean" as const }]));
let values: Record<string, boolean | undefined>;
try {
  ({ values } = parseArgs({ options: flags }));
} catch (error) {
  console.error(`${(error as Error).message}\nusage: npm run matrix -- [--${Object.keys(flags).join("] [--")}]`);
  process.exit(2);
}

const asked = Object.keys(PLACES).filter((name) => values[name]);
const usual = Object.keys(PLACES).filter(
  (name) => !OPTIONAL.includes(name) || existsSync(programs[name as "deno" | "bun"].program),
);
const lines: Line[] = [];
for (const name of asked.length > 0 ? asked : usual) {
  const place = await (PLACES[name] as () => Promise<Place>)();
  try {
    lines.push(...(await matrix(place)));
  } finally {
    await place.close();
  }
}
if (values.json) console.log(JSON.stringify(lines));
else print(lines);
if (lines.some(({ failed }) => failed)) process.exitCode = 1;

/** Runs all cells at every concurrency, repeatedly, and the cut on a reused connection. */
async function matrix(place: Place): Promise<Line[]> {
  const tallies = new Map(rows.map(({ name }) => [name, new Tally(place.title, name)]));
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const concurrency of CONCURRENCIES) {
      await runAll(cells(concurrency), place, ({ row, where }, ran) => {
        tallies.get(row.name)?.add(ran, `${where}, concurrency ${concurrency}`);
      });
    }
  }
  const { posts, taken, told, state } = await cutReused(place);
  const repeat = new Tally(place.title, "taken, then cut, on a reused connection", {
    duplicated: taken > 1 ? 10 : 0,
    note: `the server took it ${taken} times in ${posts} POSTs, the program saw ${told}: ${state}`,
    excepted: repeats(place.name),
  });
  return [...[...tallies.values()], repeat].map((tally) => tally.line());
}
