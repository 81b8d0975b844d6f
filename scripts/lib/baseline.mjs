import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { finish, succeed } from "./child.mjs";
import { root } from "./root.mjs";
import { Failure, step } from "./say.mjs";

/** The commit that later ones may not be slower than. */
const commit = "f94be8d7fb7333ce32e67f96c008635eac6bb8c4";

const folder = join(root, "target/baseline");
/** Written last, so that a build that was broken off is begun again. */
const stamp = join(folder, ".built");
const short = commit.slice(0, 7);

/** Returns the path of that commit's package for Node. Throws if it is not built. */
export function baselineEntry() {
  if (!isBuilt()) throw new Error("the baseline is not built: run `npm run baseline` first");
  return join(folder, "pkg/dist/node.js");
}

/** Builds that commit in a folder of its own, with its own scripts and packages. */
export async function buildBaseline() {
  if (isBuilt()) return step(`target/baseline: ${short}`, () => "up to date");
  await step(`git archive ${short}`, extract);
  await step("target/baseline: node scripts/build.mjs", async () => {
    await succeed("node", ["scripts/build.mjs"], { cwd: folder });
    writeFileSync(stamp, commit);
  });
}

function isBuilt() {
  return existsSync(stamp) && readFileSync(stamp, "utf8") === commit;
}

async function extract() {
  const { code } = await finish("git", ["cat-file", "-e", `${commit}^{commit}`]);
  if (code !== 0) throw new Failure("this clone does not have that commit; run: git fetch --unshallow");
  rmSync(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const archive = `${folder}.tar`;
  await succeed("git", ["archive", "--format=tar", `--output=${archive}`, commit]);
  await succeed("tar", ["-xf", archive, "-C", folder]);
  rmSync(archive);
}
