import { build } from "./lib/build.mjs";
import { runProject } from "./lib/checks.mjs";
import { run } from "./lib/say.mjs";
import { setup } from "./lib/setup.mjs";

const all = ["Chromium", "Firefox", "WebKit"];
const engines = process.env.ENGINES?.split(",") ?? all;

// Not in `npm test`: Firefox and WebKit with all that they need are 500 MB.
await run(async () => {
  await setup({ forEngines: true });
  await build();
  for (const engine of engines) await runProject(engine, { args: process.argv.slice(2) });
});
