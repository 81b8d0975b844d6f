import { build } from "./lib/build.mjs";
import { environment, succeed } from "./lib/child.mjs";
import { run, step } from "./lib/say.mjs";
import { setup } from "./lib/setup.mjs";

// Every test of the Worker at its full length; `npm test` has the same ones at a shorter one.
await run(async () => {
  await setup({ forTests: true });
  await build();
  await step("vitest run --project worker, at full length", async () => {
    const env = { ...environment(), SPLIT_EVENTS_WORKER_TESTS: "all" };
    const { output } = await succeed("vitest", ["run", "--project", "worker"], { env });
    return /^\s*Tests\s+(.*)$/m.exec(output)?.[1];
  });
});
