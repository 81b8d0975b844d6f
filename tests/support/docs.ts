import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { onTestFinished } from "vitest";
import { API_KEY } from "./secrets.js";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
export const BIN = join(ROOT, "pkg/bin/split-events.js");
export const node = promisify(execFile);

export function readPage(path: string): string {
  return readFileSync(join(ROOT, path), "utf8");
}

/** Returns the code blocks of a page in this language. */
export function blocks(page: string, language: string): string[] {
  return Array.from(
    page.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, "gms")),
    ([, text]) => text as string,
  );
}

/** Makes a folder in which the examples of a page run. What they send to the service goes to `url` instead. */
export function exampleFolder(url: string) {
  const cache = join(ROOT, "node_modules/.cache");
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, "docs-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const name of ["node_modules", "tests"]) symlinkSync(join(ROOT, name), join(folder, name));
  const redirect = `
    const real = globalThis.fetch;
    globalThis.fetch = (url, init) => real(String(url).replace("https://events.split.io", ${JSON.stringify(url)}), init);`;
  writeFileSync(join(folder, "redirect.mjs"), redirect);

  /** Runs Node with these arguments. Exit code 3 is not an error, since an event may end unknown. */
  const run = (...args: string[]) =>
    node(process.execPath, ["--import", join(folder, "redirect.mjs"), ...args], {
      cwd: folder,
      env: { PATH: process.env.PATH, SPLIT_API_KEY: API_KEY },
    }).catch((error: { code: number; stdout: string; stderr: string }) => {
      if (error.code !== 3) throw error;
      return error;
    });
  /** Runs an example in JavaScript. */
  const runModule = (code: string) => {
    const path = join(folder, "example.mjs");
    writeFileSync(path, code);
    return run(path);
  };
  return { run, runModule };
}
