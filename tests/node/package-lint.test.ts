import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { publint } from "publint";
import { beforeAll, expect, test } from "vitest";
import { manifest, pack } from "./package-app.js";

let tarball: string;

beforeAll(() => {
  const folder = mkdtempSync(join(tmpdir(), "split-events-lint-"));
  tarball = join(folder, pack(folder).filename);
  return () => rmSync(folder, { recursive: true, force: true });
});

test("publint finds no fault in the tarball, and suggests none of its improvements", async () => {
  const { buffer } = Uint8Array.from(await readFile(tarball));
  const { messages } = await publint({ pack: { tarball: buffer }, strict: true });
  // `browser` stands beside `exports` for bundlers that do not read those
  expect(messages.filter(({ code }) => code !== "USE_EXPORTS_BROWSER")).toEqual([]);
});

test("attw finds the types of every entry, for `import`, for `require` and for bundlers", () => {
  // what the command, the Worker and the page import has no types in the package
  const untyped = Object.keys(manifest.exports).filter((path) => path.startsWith("./internal/"));
  // each Node that `engines` names loads ES modules with `require`
  const options = ["--profile", "node16", "--ignore-rules", "cjs-resolves-to-esm", "--exclude-entrypoints", ...untyped];
  expect(attw(tarball, ...options)).toBe("");
});

/** Returns what attw finds wrong. */
function attw(...args: string[]): string {
  const bin = join(createRequire(import.meta.url).resolve("@arethetypeswrong/cli/package.json"), "../dist/index.js");
  try {
    execFileSync(process.execPath, [bin, "--format", "ascii", "--no-color", ...args], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    });
    return "";
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    return `${stdout}${stderr}`;
  }
}
