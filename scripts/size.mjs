import { bound, build, moduleName, wasmOptArgs } from "./lib/build.mjs";
import { succeed } from "./lib/child.mjs";
import { root } from "./lib/root.mjs";
import { run } from "./lib/say.mjs";
import { setup } from "./lib/setup.mjs";
import { parts } from "./lib/size.mjs";

await run(async () => {
  await setup();
  await build();
  const named = `${bound}/named.wasm`;
  await succeed("wasm-opt", ["-g", ...wasmOptArgs, `${bound}/${moduleName}`, "-o", named]);
  const count = (/** @type {number} */ number) => number.toLocaleString("en-US");
  console.log("\n| part | bytes | brotli, compressed alone |\n|---|---:|---:|");
  for (const { part, raw, brotli } of parts(`${root}/${named}`))
    console.log(`| ${part} | ${count(raw)} | ${count(brotli)} |`);
});
