import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { root } from "./root.mjs";

/** @typedef {{ raw: number, gzip: number, brotli: number }} Size in bytes, each file compressed alone */

/** What a page does, by the name of its entry in the tables. */
const PAGES = {
  "split-events/check": `import { check, init } from "split-events/check";
await init();
document.title = String((await check(new Blob([location.hash]))).events);`,
  "split-events/client": `import { createClient, init } from "split-events/client";
await init();
addEventListener("click", () => createClient({ apiKey: "a-key" }).track({}));`,
  "split-events": `import * as everything from "split-events";
Object.assign(globalThis, everything);`,
};

/**
 * Builds a page for each entry with Vite, and returns the sizes of what the page loads at first: its JavaScript and the
 * module.
 *
 * @returns {Promise<Record<string, Size>>}
 */
export async function entrySizes() {
  const { build } = await import("vite");
  const folder = mkdtempSync(join(tmpdir(), "split-events-sizes-"));
  try {
    mkdirSync(join(folder, "node_modules"));
    symlinkSync(join(root, "pkg"), join(folder, "node_modules/split-events"));
    writeFileSync(join(folder, "index.html"), '<script type="module" src="./main.js"></script>');
    /** @type {Record<string, Size>} */
    const sizes = {};
    for (const [entry, code] of Object.entries(PAGES)) {
      writeFileSync(join(folder, "main.js"), code);
      await build({ root: folder, logLevel: "error", build: { target: "es2022" } });
      const assets = join(folder, "dist/assets");
      const first = readdirSync(assets).filter((file) => /^index-.*\.js$|\.wasm$/.test(file));
      sizes[entry] = sizeOf(first.map((file) => readFileSync(join(assets, file))));
    }
    return sizes;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** @param {Buffer[]} files */
function sizeOf(files) {
  const sum = (/** @type {(file: Buffer) => number} */ size) => files.reduce((all, file) => all + size(file), 0);
  return {
    raw: sum(({ length }) => length),
    gzip: sum((file) => gzipSync(file, { level: 9 }).length),
    brotli: sum((file) => brotliCompressSync(file).length),
  };
}
