import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { environment, succeed } from "../../scripts/lib/child.mjs";
import { root } from "../../scripts/lib/root.mjs";
import { Failure } from "../../scripts/lib/say.mjs";
import type { Variant } from "./fixture.ts";

const minute = 60_000;
const shared = join(root, "tests/packaging/shared");

/** Packs the package as for publication. Returns the path of the tarball. */
export async function pack(into: string): Promise<string> {
  const args = ["pack", "--json", "--ignore-scripts", "--pack-destination", into];
  const { stdout } = await succeed("npm", args, { cwd: join(root, "pkg"), env: cleanEnvironment() });
  const [{ filename }] = JSON.parse(stdout) as [{ filename: string }];
  return join(into, filename);
}

/** Copies a fixture into `folder`, and installs the tarball and its tools there. */
export async function install({ folder: from, packages }: Variant, tarball: string, folder: string): Promise<void> {
  cpSync(shared, folder, { recursive: true });
  cpSync(from, folder, { recursive: true, filter: (path) => !path.startsWith(join(from, "node_modules")) });
  const own = JSON.parse(readFileSync(join(from, "package.json"), "utf8")) as object;
  const linked = Object.keys(packages).filter((name) => packages[name] === "*");
  const fetched = Object.entries(packages).filter(([, version]) => version !== "*");
  writeManifest(folder, { ...own, ...dependencies(tarball, fetched) });
  if (fetched.length > 0) {
    await npmInstall(folder, "--prefer-offline");
  } else {
    alone ??= installAlone(tarball);
    cpSync(join(await alone, "node_modules"), join(folder, "node_modules"), { recursive: true });
  }
  for (const name of linked) link(name, folder);
}

let alone: Promise<string> | undefined;

/** Installs the tarball and no other package, once for all fixtures that download none. Returns the folder. */
async function installAlone(tarball: string): Promise<string> {
  const folder = `${tarball}-alone`;
  mkdirSync(folder);
  writeManifest(folder, dependencies(tarball, []));
  await npmInstall(folder, "--offline");
  return folder;
}

function dependencies(tarball: string, others: [name: string, version: string][]): object {
  return { dependencies: { ...Object.fromEntries(others), "split-events": `file:${tarball}` }, devDependencies: {} };
}

function writeManifest(folder: string, manifest: object): void {
  writeFileSync(join(folder, "package.json"), `${JSON.stringify({ private: true, ...manifest }, null, 2)}\n`);
}

async function npmInstall(folder: string, from: "--offline" | "--prefer-offline"): Promise<void> {
  const args = ["install", from, "--no-audit", "--no-fund", "--loglevel", "error"];
  await succeed("npm", args, { cwd: folder, env: cleanEnvironment(), timeout: 10 * minute });
}

/** Returns the version of a package that is installed in `folder`. */
export function installedVersion(folder: string, name: string): string {
  const { version } = JSON.parse(readFileSync(join(folder, "node_modules", name, "package.json"), "utf8"));
  return version as string;
}

/** Returns the environment of a fixture's commands: its own tools first, then those of the workspace. */
export function environmentOf(folder: string): Record<string, string | undefined> {
  const { PATH, ...others } = cleanEnvironment();
  return {
    ...others,
    PATH: `${join(folder, "node_modules/.bin")}${delimiter}${PATH}`,
    CI: "1",
    NEXT_TELEMETRY_DISABLED: "1",
    ASTRO_TELEMETRY_DISABLED: "1",
    WRANGLER_SEND_METRICS: "false",
    WRANGLER_SEND_ERROR_REPORTS: "false",
    WRANGLER_HIDE_BANNER: "true",
    CLOUDFLARE_CF_FETCH_ENABLED: "false",
  };
}

/** Returns the environment without what npm sets for its scripts, which would change the npm of a fixture. */
function cleanEnvironment(): Record<string, string | undefined> {
  const kept = Object.entries(environment()).filter(([name]) => !/^(npm_|NODE_OPTIONS$|VITEST)/i.test(name));
  return Object.fromEntries(kept);
}

/** Links a package of the workspace, and its commands. */
function link(name: string, folder: string): void {
  const target = join(root, "node_modules", name);
  if (!existsSync(target)) throw new Failure(`${name} is not in node_modules of this workspace`);
  const path = join(folder, "node_modules", name);
  mkdirSync(dirname(path), { recursive: true });
  symlinkSync(target, path, "dir");
}
