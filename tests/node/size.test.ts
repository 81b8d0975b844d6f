import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { entrySizes } from "../../scripts/lib/entry-sizes.mjs";

/** How much an entry may grow before docs/sizes.json has to say so. */
const TOLERATED = 1.02;

const budget: Record<string, number> = JSON.parse(
  readFileSync(new URL("../../docs/sizes.json", import.meta.url), "utf8"),
);

test("no entry has grown by 2 % without docs/sizes.json, which npm run size writes", async () => {
  const sizes = await entrySizes();
  const brotli = Object.fromEntries(Object.entries(sizes).map(([entry, size]) => [entry, size.brotli]));
  expect(Object.keys(brotli)).toEqual(Object.keys(budget));
  const grown = Object.entries(brotli).filter(([entry, size]) => size > (budget[entry] ?? 0) * TOLERATED);
  expect(grown, `of ${JSON.stringify(budget)}`).toEqual([]);
});
