import { environment, finish } from "./lib/child.mjs";
import { Failure, run, step } from "./lib/say.mjs";

const minute = 60_000;

/** What Miri runs: the scans from everywhere, and whole inputs, the fuzzer's seeds among them. */
const tests = [
  ["--lib", "check::fast::bounds"],
  ["--test", "memory"],
];

await run(async () => {
  await step("Miri and a nightly Rust", tools);
  for (const test of tests) {
    const args = ["+nightly", "miri", "test", "--locked", ...test];
    await step(`cargo ${args.join(" ")}`, () => interpret(args));
  }
});

async function tools() {
  const nightly = await cargo("--version");
  if (nightly.code !== 0) {
    throw new Failure(
      "there is no nightly Rust: rustup toolchain install nightly --component miri --component rust-src",
    );
  }
  const miri = await cargo("miri", "--version");
  if (miri.code !== 0) {
    throw new Failure("there is no Miri: rustup component add --toolchain nightly miri rust-src");
  }
  const setup = await cargo("miri", "setup");
  if (setup.code !== 0) throw new Failure("Miri cannot be set up (its output is above)", setup.output);
  return `${miri.stdout.trim()}, ${nightly.stdout.trim()}`;
}

/** @param {string[]} args */
function cargo(...args) {
  return finish("cargo", ["+nightly", ...args], { env: nightlyEnvironment() });
}

/** A toolchain that is missing is asked for in words, never downloaded unasked. The seeds are files. */
function nightlyEnvironment() {
  return { ...environment(), RUSTUP_AUTO_INSTALL: "0", MIRIFLAGS: "-Zmiri-disable-isolation" };
}

/** @param {string[]} args */
async function interpret(args) {
  const { code, stdout, output } = await finish("cargo", args, { env: nightlyEnvironment(), timeout: 60 * minute });
  if (code !== 0) throw new Failure("failed (its output is above)", output);
  const passed = /test result: ok\. ([1-9]\d*) passed/.exec(stdout)?.[1];
  if (passed === undefined) throw new Failure("does not say what it has run (its output is above)", output);
  return `${passed} passed, no undefined behaviour`;
}
