import { build } from "./lib/build.mjs";
import { runProject } from "./lib/checks.mjs";
import { environment } from "./lib/child.mjs";
import { run } from "./lib/say.mjs";
import { setup } from "./lib/setup.mjs";

// Every test of the Worker at its full length; `npm test` has the same ones at a shorter one.
await run(async () => {
  await setup();
  await build();
  await runProject("worker", { env: { ...environment(), SPLIT_EVENTS_WORKER_TESTS: "all" } });
});
