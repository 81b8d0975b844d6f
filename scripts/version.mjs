import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { succeed } from "./lib/child.mjs";
import { root } from "./lib/root.mjs";
import { Failure, run, step } from "./lib/say.mjs";

const changelog = join(root, "CHANGELOG.md");
/** Where changesets reads and writes it. It is not in git. */
const ofPackage = join(root, "pkg/CHANGELOG.md");
const cargo = join(root, "Cargo.toml");

await run(async () => {
  const before = version();
  await step("changeset version", async () => {
    copyFileSync(changelog, ofPackage);
    await succeed("changeset", ["version"]);
    if (version() === before) throw new Failure("no changeset says what is new; write one by: npx changeset");
    copyFileSync(ofPackage, changelog);
    return `${before} → ${version()}`;
  });
  await step("Cargo.toml", () => {
    const manifest = readFileSync(cargo, "utf8");
    const bumped = manifest.replace(/(?<=^\[workspace\.package\]\nversion = ")[^"]+/m, version());
    if (bumped === manifest) throw new Failure("[workspace.package] does not begin with another version");
    writeFileSync(cargo, bumped);
  });
  await command("cargo", ["update", "--quiet", "--workspace"]);
  await command("cargo", [
    "update",
    "--quiet",
    "--manifest-path",
    "fuzz/Cargo.toml",
    "split-events",
    "split-events-base",
    "split-events-checking",
    "split-events-mapping",
  ]);
  await command("npm", ["install", "--package-lock-only", "--ignore-scripts", "--no-audit", "--no-fund"]);
});

/** @returns {string} */
function version() {
  return JSON.parse(readFileSync(join(root, "pkg/package.json"), "utf8")).version;
}

/**
 * @param {string} name
 * @param {string[]} args
 */
async function command(name, args) {
  await step([name, ...args].join(" "), async () => {
    await succeed(name, args);
  });
}
