import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build, foldersOf, moduleName, wasmOptArgs } from "./lib/build.mjs";
import { succeed } from "./lib/child.mjs";
import { entrySizes } from "./lib/entry-sizes.mjs";
import { parts as modules, whole } from "./lib/modules.mjs";
import { root } from "./lib/root.mjs";
import { run } from "./lib/say.mjs";
import { setup } from "./lib/setup.mjs";
import { parts } from "./lib/size.mjs";

const BUDGET = "docs/sizes.json";
const PAGE = "docs/SIZE.md";
const BETWEEN = /(<!-- npm run size -->\n)[\s\S]*(<!-- end -->)/;

const count = (/** @type {number} */ number) => number.toLocaleString("en-US");

await run(async () => {
  await setup();
  await build();
  const sizes = await entrySizes();
  const lines = ["| what a page loads | bytes | gzip | brotli |", "|---|---:|---:|---:|"];
  for (const [entry, { raw, gzip, brotli }] of Object.entries(sizes))
    lines.push(`| \`${entry}\` | ${count(raw)} | ${count(gzip)} | ${count(brotli)} |`);
  for (const module of [whole, ...modules]) lines.push("", ...(await contents(module)));
  const text = lines.join("\n");
  console.log(`\n${text}`);
  const budget = Object.fromEntries(Object.entries(sizes).map(([entry, { brotli }]) => [entry, brotli]));
  writeFileSync(join(root, BUDGET), `${JSON.stringify(budget, null, 2)}\n`);
  writeFileSync(join(root, PAGE), readFileSync(join(root, PAGE), "utf8").replace(BETWEEN, `$1\n${text}\n\n$2`));
});

/** Returns a table of what takes the room in a module. */
async function contents(/** @type {import("./lib/modules.mjs").Module} */ module) {
  const { bound } = foldersOf(module);
  const named = `${bound}/named.wasm`;
  await succeed("wasm-opt", ["-g", ...wasmOptArgs, `${bound}/${moduleName}`, "-o", named]);
  const rows = parts(join(root, named)).map(
    ({ part, raw, brotli }) => `| ${part} | ${count(raw)} | ${count(brotli)} |`,
  );
  const of = module.name === "" ? "`split-events`" : `\`split-events/${module.name}\``;
  return [`| in the module of ${of} | bytes | brotli, compressed alone |`, "|---|---:|---:|", ...rows];
}
