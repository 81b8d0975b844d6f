import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const PKG = join(ROOT, "pkg");

export interface Manifest {
  dependencies: Record<string, string>;
  exports: { [path: string]: unknown; ".": Record<string, string> };
}

export const manifest = JSON.parse(readFileSync(join(PKG, "package.json"), "utf8")) as Manifest;

export interface Packed {
  filename: string;
  files: { path: string; mode: number }[];
}

/** Packs the package as for publication. */
export function pack(folder: string): Packed {
  const [packed] = JSON.parse(npm(PKG, "pack", "--json", "--ignore-scripts", "--pack-destination", folder));
  return packed;
}

/**
 * Installs the tarball into a folder, with its dependencies from this checkout. Nothing is downloaded, and what it does
 * not name as a dependency is missing.
 */
export function install(folder: string): Packed {
  const packed = pack(folder);
  const own = Object.keys(manifest.dependencies).map((name) => [name, `file:${installed(name)}`]);
  const dependencies = { ...Object.fromEntries(own), "split-events": `file:${packed.filename}` };
  writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true, type: "module", dependencies }));
  npm(folder, "install", "--offline", "--ignore-scripts", "--no-audit", "--no-fund");
  return packed;
}

/** Returns the versions of Node on this machine, ours first, then those on the path. */
export function nodes(): { version: string; path: string }[] {
  const folders = (process.env.PATH ?? "").split(delimiter).filter(Boolean);
  const paths = [process.execPath, ...folders.map((folder) => join(folder, "node")).filter((path) => existsSync(path))];
  const byVersion = new Map<string, string>();
  for (const path of paths) {
    const version = execFileSync(path, ["--version"], { encoding: "utf8" }).trim();
    if (!byVersion.has(version)) byVersion.set(version, path);
  }
  return Array.from(byVersion, ([version, path]) => ({ version, path }));
}

function npm(cwd: string, ...args: string[]): string {
  return execFileSync("npm", args, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}

function installed(name: string): string {
  for (let folder = PKG; ; folder = dirname(folder)) {
    const path = join(folder, "node_modules", name);
    if (existsSync(path)) return path;
    if (folder === dirname(folder)) throw new Error(`${name}, on which pkg depends, is not installed: run npm ci`);
  }
}
