import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

const FOLDER = new URL("../../.github/workflows/", import.meta.url);
const texts = readdirSync(FOLDER).map((name) => readFileSync(new URL(name, FOLDER), "utf8"));

test("each script that a workflow runs stands in package.json", () => {
  const { scripts } = JSON.parse(readFileSync(new URL("../../package.json", FOLDER), "utf8"));
  const run = texts.flatMap((text) => Array.from(text.matchAll(/\bnpm run ([\w:]+)/g), ([, name]) => name));
  expect(run.length).toBeGreaterThan(10);
  expect(run.filter((name) => !Object.hasOwn(scripts, name as string))).toEqual([]);
});

test("each action is pinned to a commit, with its version beside it", () => {
  const used = texts.flatMap((text) => Array.from(text.matchAll(/\buses: (.*)/g), ([, action]) => action));
  expect(used.length).toBeGreaterThan(10);
  expect(used.filter((action) => !/^[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(action as string))).toEqual([]);
});
