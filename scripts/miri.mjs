import { environment, finish, succeed } from "./lib/child.mjs";
import { Failure, run, step } from "./lib/say.mjs";
import { lookUp, miri, nightly } from "./lib/setup/prerequisites.mjs";

const minute = 60_000;

/** The tests that Miri runs: scans that begin at each byte, and whole inputs, the fuzzer's seeds among them. */
const tests = [
  ["--package", "split-events-checking", "--lib", "check::fast::bounds"],
  ["--test", "memory"],
];

await run(async () => {
  await lookUp([nightly, miri]);
  await step("cargo +nightly miri setup", async () => {
    await succeed("cargo", ["+nightly", "miri", "setup"]);
  });
  for (const test of tests) {
    const args = ["+nightly", "miri", "test", "--locked", ...test];
    await step(`cargo ${args.join(" ")}`, () => interpret(args));
  }
});

/** @param {string[]} args */
async function interpret(args) {
  const env = { ...environment(), MIRIFLAGS: "-Zmiri-disable-isolation" }; // the seeds are files
  const { code, stdout, output } = await finish("cargo", args, { env, timeout: 60 * minute });
  if (code !== 0) throw new Failure("failed (its output is above)", output);
  const passed = /test result: ok\. ([1-9]\d*) passed/.exec(stdout)?.[1];
  if (passed === undefined) throw new Failure("does not say how many tests it has run (its output is above)", output);
  return `${passed} passed, no undefined behaviour`;
}
