import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { wasmTarget } from "./cargo.mjs";
import { succeed } from "./child.mjs";
import { writeFiles } from "./files.mjs";
import { root } from "./root.mjs";
import { Failure } from "./say.mjs";

/** Texts of licences that the packages themselves lack, as `NAME.txt`, and that of Rust's standard library. */
const own = join(root, "scripts/notices");

/** If a package may be used under one of several licences, the first of these is taken. */
const preferred = [/mit/i, /^licen[cs]e(\.md|\.txt)?$/i, /bsd|isc|boost/i, /./];

/** @typedef {{ name: string, version: string, licence: string, folder: string }} Package */

/**
 * Writes the licences of all that is inside the package: libraries in JavaScript, and crates in the module.
 *
 * @param {string[]} bundled paths of the libraries' files
 */
export async function notices(bundled) {
  const packages = [...npmPackages(bundled), ...(await crates())];
  /** @type {Map<string, string[]>} */
  const byText = new Map();
  for (const each of packages) {
    const text = licenceOf(each);
    byText.set(text, [...(byText.get(text) ?? []), `${each.name} ${each.version} (${each.licence})`]);
  }
  const parts = [...byText].map(([text, names]) => `${names.join("\n")}\n\n${text}\n`);
  const head = "split-events is under the licence in the file LICENSE. These parts of it have licences of their own.\n";
  const text = [head, ...parts, readFileSync(join(own, "rust-std.txt"), "utf8")].join(`\n${"-".repeat(80)}\n\n`);
  writeFiles(join(root, "pkg"), new Map([["THIRD-PARTY-NOTICES.txt", text]]), () => false);
  return `${packages.length} packages`;
}

/**
 * @param {string[]} bundled
 * @returns {Package[]}
 */
function npmPackages(bundled) {
  const folders = new Set(bundled.map((path) => /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? ""));
  return [...folders].sort().map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    return { name, version, licence: license, folder };
  });
}

/**
 * Returns the crates that are compiled into the module. Macros and what they use run in the compiler only.
 *
 * @returns {Promise<Package[]>}
 */
async function crates() {
  const args = ["metadata", "--format-version", "1", "--locked", "--filter-platform", wasmTarget];
  const { packages, resolve, workspace_members } = JSON.parse((await succeed("cargo", args)).stdout);
  /** @type {Map<string, any>} */
  const byId = new Map(packages.map((/** @type {any} */ each) => [each.id, each]));
  const dependencies = new Map(resolve.nodes.map((/** @type {any} */ { id, deps }) => [id, deps]));
  const found = new Set(packages.filter((/** @type {any} */ { name }) => name === "split-events-bindings"));
  for (const { id } of found) {
    for (const { pkg, dep_kinds } of dependencies.get(id)) {
      const dependency = byId.get(pkg);
      const isMacro = dependency.targets.some((/** @type {any} */ { kind }) => kind.includes("proc-macro"));
      if (!isMacro && dep_kinds.some((/** @type {any} */ { kind }) => kind === null)) found.add(dependency);
    }
  }
  return [...found]
    .filter(({ id }) => !workspace_members.includes(id))
    .map(({ name, version, license, manifest_path }) => ({
      name,
      version,
      licence: license,
      folder: dirname(manifest_path),
    }));
}

/** @param {Package} package */
function licenceOf({ name, version, licence, folder }) {
  const instead = join(own, `${name.replaceAll("/", "-")}.txt`);
  if (existsSync(instead)) return readFileSync(instead, "utf8").trim();
  const files = readdirSync(folder).filter((file) => /^(licen[cs]e|copying|unlicense|notice)/i.test(file));
  if (files.length === 0) {
    throw new Failure(`${name} ${version} (${licence}) has no text of its licence: write it to ${instead}`);
  }
  // all of them if it is under several licences at once
  const first = preferred.flatMap((kind) => files.find((file) => kind.test(file)) ?? [])[0];
  const texts = / and /i.test(licence) ? files : [first, ...files.filter((file) => /^notice/i.test(file))];
  const read = (/** @type {string} */ file) => readFileSync(join(folder, file), "utf8").replaceAll("\r\n", "\n").trim();
  return [...new Set(texts)].map((file) => read(/** @type {string} */ (file))).join("\n\n");
}
