import { build } from "./lib/build.mjs";
import { run } from "./lib/say.mjs";
import { setup } from "./lib/setup.mjs";

await run(async () => {
  await setup();
  await build();
});
