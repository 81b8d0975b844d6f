import { stripVTControlCharacters } from "node:util";
import { build } from "./lib/build.mjs";
import { succeed } from "./lib/child.mjs";
import { run, step } from "./lib/say.mjs";
import { engines } from "./lib/setup/engines.mjs";
import { setup } from "./lib/setup.mjs";

// Chromium is in `npm test`; Firefox and WebKit with all that they need are 500 MB that not everybody wants.
await run(async () => {
  await setup({ forTests: true });
  await step("Firefox and WebKit", engines);
  await build();
  await step("vitest run --project engines", async () => {
    const { output } = await succeed("vitest", ["run", "--project", "engines", ...process.argv.slice(2)]);
    return /^\s*Tests\s+(.*)$/m.exec(stripVTControlCharacters(output))?.[1];
  });
});
