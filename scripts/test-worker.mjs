import { build } from "./lib/build.mjs";
import { runProject } from "./lib/checks.mjs";
import { environment } from "./lib/child.mjs";
import { run } from "./lib/say.mjs";
import { setup } from "./lib/setup.mjs";

// Runs all tests of the Worker at full length; `npm test` leaves out tests/worker/long and shortens others.
await run(async () => {
  await setup();
  await build();
  await runProject("worker", { env: { ...environment(), SPLIT_EVENTS_WORKER_TESTS: "all" } });
});
