import { join } from "node:path";
import { build } from "./lib/build.mjs";
import { finish } from "./lib/child.mjs";
import { root } from "./lib/root.mjs";
import { Failure, run, step } from "./lib/say.mjs";
import { setup } from "./lib/setup.mjs";

const folder = join(root, "tests/senders");
const venv = join(folder, ".venv");
const python = join(venv, "bin/python3");

// Not in `npm test`, and no part of `npm ci`: it asks npm's registry and PyPI for the SDKs.
await run(async () => {
  await setup({ forBrowser: true });
  await build();
  await step("npm ci in tests/senders", () => done("npm", ["ci", "--no-audit", "--no-fund", "--ignore-scripts"]));
  await step("pip install in tests/senders", async () => {
    await done("python3", ["-m", "venv", venv]);
    return done(python, ["-m", "pip", "install", "--quiet", "--requirement", "requirements.txt"]);
  });
  await step("senders", () => done("node", ["main.ts", "--python", python, ...process.argv.slice(2)]));
});

/**
 * @param {string} program
 * @param {string[]} args
 */
async function done(program, args) {
  const { code, output } = await finish(program, args, { cwd: folder });
  if (code !== 0) throw new Failure(`${program} ${args[0]} failed`, output);
  return output.trim().split("\n").at(-1);
}
