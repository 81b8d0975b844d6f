import { readFileSync } from "node:fs";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { build } from "./lib/build.mjs";
import { finish, succeed } from "./lib/child.mjs";
import { root } from "./lib/root.mjs";
import { Failure, run, step } from "./lib/say.mjs";
import { setup } from "./lib/setup.mjs";

const folder = join(root, "tests/runtimes");

// 340 MB that nobody needs who does not test for these runtimes: they are no part of `npm ci`.
await run(async () => {
  await setup({ forTests: true });
  await build();
  await step("npm install in tests/runtimes", fetchRuntimes);
  await step("vitest run --project runtimes", async () => {
    const { output } = await succeed("vitest", ["run", "--project", "runtimes"]);
    return /^\s*Tests\s+(.*)$/m.exec(stripVTControlCharacters(output))?.[1];
  });
});

async function fetchRuntimes() {
  if (isFetched()) return "up to date";
  // not `npm ci`: it wants every platform's package in the lock file, and not every registry has them all
  const { code, output } = await finish(
    "npm",
    ["install", "--no-save", "--no-audit", "--no-fund", "--loglevel", "error"],
    {
      cwd: folder,
    },
  );
  if (code !== 0) throw new Failure("npm install failed; is npm's registry reachable?", output);
  return "fetched";
}

/** npm writes what it installed to node_modules/.package-lock.json, last. */
function isFetched() {
  const { dependencies } = read("package.json") ?? {};
  const found = read("node_modules/.package-lock.json")?.packages;
  return Object.entries(dependencies ?? {}).every(
    ([name, version]) => found?.[`node_modules/${name}`]?.version === version,
  );
}

/**
 * @param {string} file
 * @returns {{ dependencies?: Record<string, string>, packages?: Record<string, { version?: string }> } | undefined}
 */
function read(file) {
  try {
    return JSON.parse(readFileSync(join(folder, file), "utf8"));
  } catch {
    return undefined;
  }
}
