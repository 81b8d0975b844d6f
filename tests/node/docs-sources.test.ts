import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { presetsOf, withTables } from "../support/source-page.js";

const presets = new URL("../../mapping/src/presets/", import.meta.url);
const folder = new URL("../../docs/sources/", import.meta.url);
const pages = readdirSync(folder).filter((name) => name !== "README.md");
const read = (name: string) => readFileSync(new URL(name, folder), "utf8");

test.each(pages)("the tables of docs/sources/%s say what the mapping files say", async (name) => {
  // vitest -u writes them
  await expect(withTables(read(name), presets)).toMatchFileSnapshot(fileURLToPath(new URL(name, folder)));
});

test("each preset has a table on one page, and each page is in the list", () => {
  const names = readdirSync(presets).map((name) => name.replace(".json", ""));
  expect(pages.flatMap((name) => presetsOf(read(name))).sort()).toEqual(names.sort());
  const listed = [...read("README.md").matchAll(/\]\(([a-z0-9-]+\.md)\)/g)].map(([, name]) => name);
  expect(listed.sort()).toEqual(pages.sort());
});
