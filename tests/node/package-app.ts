import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const PKG = join(ROOT, "pkg");

export interface Manifest extends Record<"bin" | "main" | "module" | "browser" | "types", unknown> {
  version: string;
  dependencies?: Record<string, string>;
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

/** Installs the tarball into a folder. Nothing is downloaded. */
export function install(folder: string): Packed {
  const packed = pack(folder);
  const dependencies = { "split-events": `file:${packed.filename}` };
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
