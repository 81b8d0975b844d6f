import { build } from "./lib/build.mjs";
import { checks, halves, perform } from "./lib/checks.mjs";
import { Failure, run, say, step } from "./lib/say.mjs";
import { setup } from "./lib/setup.mjs";

await run(async () => {
  const wanted = process.argv.slice(2);
  const unknown = wanted.find((word) => !halves.some((half) => half === word));
  if (unknown !== undefined) {
    throw new Failure(`there is no part named ${unknown}; usage: npm test [-- ${halves.join("|")}]`);
  }
  await setup({ forBrowser: wanted.length === 0 || wanted.includes("browser") || wanted.includes("packaging") });
  if (wanted.length === 0 || wanted.some((half) => half !== "rust")) await build();

  let passed = 0;
  for (const check of await checks()) {
    if (wanted.length > 0 && !wanted.includes(check.half)) continue;
    const title = check.command.join(" ");
    try {
      await step(title, () => perform(check));
    } catch (error) {
      if (error instanceof Failure) say(`${passed} passed, 1 failed: ${title}`);
      throw error;
    }
    passed += 1;
  }
  say(`${passed} passed, 0 failed`);
});
