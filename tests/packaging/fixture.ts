import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../../scripts/lib/root.mjs";

const fixturesFolder = join(root, "tests/packaging/fixtures");

/** What a `fixture.json` says. README.md beside this file explains each line. */
export interface Fixture {
  consumer: string;
  /** One package of `devDependencies`, and its versions. Each is tried. */
  versions?: Record<string, string[]>;
  runs: Run[];
}

export interface Run {
  name: string;
  /** The lines of docs/PACKAGE.md that this way needs. */
  settings?: string[];
  /** The versions that this run is for. Default: all. */
  only?: string[];
  /** Left out by `--quick`. */
  slow?: boolean;
  build?: string;
  /** A command that prints the result as its last line. The endpoint is its last argument. */
  program?: string;
  /** A command that has to succeed. It sends no events. */
  succeeds?: string;
  /** A folder that is served as static files. */
  files?: string;
  /** A command that serves at `$PORT` until it is ended. */
  server?: string;
  /** The path that Chromium opens, which shows the result. */
  page?: string;
  /** The path whose response is the result. */
  response?: string;
  /** The run has to fail with a text that contains this one. */
  fails?: string;
}

/** A fixture with one version of its consumer. */
export interface Variant {
  name: string;
  folder: string;
  consumer: string;
  version: string | undefined;
  tool: string | undefined;
  runs: Run[];
  /** The packages to install, with their versions. `*` is the package of this workspace, which is linked. */
  packages: Record<string, string>;
}

/** Returns each fixture with each of its versions. */
export function variants(): Variant[] {
  return readdirSync(fixturesFolder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name }) => variantsOf(name))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Returns the variants that download no package, without their slow runs. */
export function quickVariants(): Variant[] {
  return variants()
    .filter(({ packages }) => isOffline(packages))
    .map((variant) => ({ ...variant, runs: variant.runs.filter(({ slow }) => !slow) }));
}

/** Returns whether all packages are those of this workspace. */
function isOffline(packages: Variant["packages"]): boolean {
  return Object.values(packages).every((version) => version === "*");
}

function variantsOf(name: string): Variant[] {
  const folder = join(fixturesFolder, name);
  const { consumer, versions = {}, runs } = readJson<Fixture>(join(folder, "fixture.json"));
  const { dependencies = {}, devDependencies = {} } = readJson<Manifest>(join(folder, "package.json"));
  const packages = { ...dependencies, ...devDependencies };
  const [[tool, all] = [undefined, [undefined]]] = Object.entries(versions) as [string, string[]][];
  return all.map((version) => ({
    name: version === undefined || version === "*" ? name : `${name}@${version}`,
    folder,
    consumer,
    tool,
    version,
    runs: runs.filter(({ only }) => only === undefined || only.includes(version ?? "")),
    packages: tool === undefined || version === undefined ? packages : { ...packages, [tool]: version },
  }));
}

interface Manifest {
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
}

function readJson<T>(file: string): T {
  return JSON.parse(readFileSync(file, "utf8")) as T;
}
