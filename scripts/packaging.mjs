import { build } from "./lib/build.mjs";
import { run } from "./lib/say.mjs";
import { setup } from "./lib/setup.mjs";

// Not in `npm test`, which tries only the consumers that need no download.
await run(async () => {
  await setup({ forBrowser: true });
  await build();
});
await import(new URL("../tests/packaging/main.ts", import.meta.url).href);
