import { readFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "./lib/build.mjs";
import { runProject } from "./lib/checks.mjs";
import { finish } from "./lib/child.mjs";
import { root } from "./lib/root.mjs";
import { Failure, run, step } from "./lib/say.mjs";
import { installedPackages } from "./lib/setup/packages.mjs";
import { setup } from "./lib/setup.mjs";

const folder = join(root, "tests/runtimes");

// Not in `npm test`, and no part of `npm ci`: the runtimes are 340 MB.
await run(async () => {
  await setup();
  await build();
  await step("npm install in tests/runtimes", fetchRuntimes);
  await runProject("runtimes");
});

async function fetchRuntimes() {
  if (isFetched()) return "up to date";
  // not `npm ci`: it wants every platform's package in the lock file, and not every registry has them all
  const args = ["install", "--no-save", "--no-audit", "--no-fund", "--loglevel", "error"];
  const { code, output } = await finish("npm", args, { cwd: folder });
  if (code !== 0) throw new Failure("npm install failed; is npm's registry reachable?", output);
  return "fetched";
}

function isFetched() {
  const { dependencies } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const found = installedPackages(folder);
  return Object.entries(dependencies).every(([name, version]) => found?.[`node_modules/${name}`]?.version === version);
}
