import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "../../scripts/lib/root.mjs";
import { variants } from "../packaging/fixture.js";

const page = readFileSync(join(root, "docs/PACKAGE.md"), "utf8");
const whereItRuns = page.slice(page.lastIndexOf("\n## Where it runs"));
const lines = variants().flatMap(({ name, folder, runs }) =>
  runs.flatMap(({ name: way, settings = [] }) => settings.map((line) => ({ folder, way: `${name}, ${way}`, line }))),
);

test("each line that a fixture needs stands in the documentation as the fixture has it", () => {
  expect(lines.length).toBeGreaterThan(10);
  expect(lines.filter(({ line }) => !whereItRuns.includes(line))).toEqual([]);
});

test("a fixture uses each line that it says it needs", () => {
  expect(lines.filter(({ folder, line }) => !withoutSpace(textOf(folder)).includes(withoutSpace(line)))).toEqual([]);
});

/** Returns the text of the files of a fixture; of fixture.json, only the commands. */
function textOf(folder: string): string {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return files
    .map(({ name, parentPath }) => {
      const text = readFileSync(join(parentPath, name), "utf8");
      return name === "fixture.json" ? text.replaceAll(/"settings": \[.*?\]/gs, "") : text;
    })
    .join("\n");
}

/** Removes white space, of which a formatter puts more or less into a line. */
function withoutSpace(text: string): string {
  return text.replaceAll(/\s/g, "");
}
