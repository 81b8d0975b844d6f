import { openAsBlob, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { difference } from "../formats/compare.ts";

// written by `python3 tests/formats/write.py tests/fixtures/formats`
const FOLDER = fileURLToPath(new URL("../fixtures/formats/", import.meta.url));
/** What holds no table of all events. */
const OTHERS = ["expected.json", "sheets.xlsx"];
const files = readdirSync(FOLDER).filter((name) => !OTHERS.includes(name));

describe("each row arrives as it stands in the file", () => {
  test.each(files)("%s", async (name) => {
    const path = join(FOLDER, name);
    expect(await difference(path, await openAsBlob(path))).toBeUndefined();
    expect(await difference(path, readFileSync(path))).toBeUndefined();
  });
});
