import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { difference, type Table } from "../python-csv/compare.ts";

// written by `python3 tests/python-csv/tables.py 60 20261127`
const kept = readFileSync(new URL("../python-csv/tables.ndjson", import.meta.url), "utf8");

test("well-formed tables have the rows that Python's csv reads", () => {
  const tables: Table[] = kept
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(tables.length).toBe(60);
  for (const table of tables) expect(difference(table), table.text).toBeUndefined();
});
