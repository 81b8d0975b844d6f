import { existsSync } from "node:fs";
import { findChromium, howToGetChromium, isExecutable } from "../../chromium.mjs";
import { environment, finish, firstLine, succeed } from "../child.mjs";
import { Failure, say, step } from "../say.mjs";
import { usableRust } from "./rust.mjs";

/**
 * What the scripts need and do not bring along. `find` returns its version, or `undefined` if it is missing.
 *
 * @typedef {object} Prerequisite
 * @property {string} name
 * @property {string} why what it is needed for
 * @property {() => Promise<string | undefined>} find
 * @property {string} install what to do to get it
 * @property {string[]} [apt] Debian's packages that have it; only with these is it installed by a script
 */

/** @type {Prerequisite} */
export const node = {
  name: "Node 20.19, or 22.12 or newer",
  why: `runs the scripts; this is Node ${process.versions.node}`,
  find: async () => (isNodeUsable() ? `Node ${process.versions.node}` : undefined),
  install: "https://nodejs.org",
};

/** @type {Prerequisite} */
export const npm = {
  name: "npm",
  why: "installs the packages that package-lock.json names",
  find: async () => prefixed("npm", await firstLine("npm", "--version")),
  install: "https://nodejs.org brings it along; on Debian: apt-get install npm",
};

/** @type {Prerequisite} */
export const compiler = {
  name: "a C compiler as cc",
  why: "links Rust programs",
  find: () => firstLine("cc", "--version"),
  install:
    process.platform === "darwin"
      ? "xcode-select --install"
      : "apt-get install build-essential (Debian, Ubuntu), dnf install gcc (Fedora), apk add build-base (Alpine)",
};

/** @type {Prerequisite} */
export const rustup = {
  name: "rustup",
  why: "installs Rust with the target wasm32-unknown-unknown",
  find: async () => prefixed("Rust", await usableRust()) ?? (await firstLine("rustup", "--version")),
  install: "curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs | sh",
};

/** @type {Prerequisite} */
export const chromium = {
  name: "Chromium or Google Chrome",
  why: "runs the tests of project browser; `npm test -- lint`, `rust`, `node` and `worker` do without",
  find: async () => {
    const path = findChromium();
    return path && isExecutable(path) ? firstLine(path, "--version") : undefined;
  },
  ...(process.env.CHROMIUM_PATH
    ? { install: `CHROMIUM_PATH is ${process.env.CHROMIUM_PATH}: unset it, or set it to a program` }
    : { install: howToGetChromium, apt: ["chromium"] }),
};

const webkit = `import gi
gi.require_version("Gtk", "3.0")
gi.require_version("WebKit2", "4.1")
from gi.repository import WebKit2
print(f"WebKitGTK {WebKit2.get_major_version()}.{WebKit2.get_minor_version()}.{WebKit2.get_micro_version()}")`;

const xtest = `import ctypes
ctypes.CDLL("libXtst.so.6")
print("XTest")`;

/** @type {Prerequisite[]} */
export const engines = [
  byApt("Firefox ESR", () => firstLine(process.env.FIREFOX_PATH ?? "firefox-esr", "--version"), ["firefox-esr"]),
  byApt("WebKitGTK", () => firstLine("/usr/bin/python3", "-c", webkit), ["gir1.2-webkit2-4.1", "python3-gi"]),
  byApt("XTest", () => firstLine("/usr/bin/python3", "-c", xtest), ["libxtst6"]),
  byApt("Xvfb", () => firstLine("Xvfb", "-help").then((found) => found && "Xvfb"), ["xvfb"]),
];

/** @type {Prerequisite} */
export const nightly = {
  name: "a nightly Rust",
  why: "has what fuzzing and Miri need of the compiler",
  find: () => firstLine("cargo", "+nightly", "--version"),
  install: "rustup toolchain install nightly",
};

/** @type {Prerequisite} */
export const cargoFuzz = {
  name: "cargo-fuzz",
  why: "drives libFuzzer",
  find: () => firstLine("cargo", "+nightly", "fuzz", "--version"),
  install: "cargo install cargo-fuzz",
};

/** @type {Prerequisite} */
export const miri = {
  name: "Miri",
  why: "interprets the tests and finds undefined behaviour",
  find: () => firstLine("cargo", "+nightly", "miri", "--version"),
  install: "rustup component add --toolchain nightly miri rust-src",
};

/** @type {Prerequisite} */
export const cargoDeny = {
  name: "cargo-deny",
  why: "holds the crates to deny.toml: licences, duplicates, sources, advisories",
  find: () => firstLine("cargo", "deny", "--version"),
  install: "cargo install --locked cargo-deny",
};

/**
 * Looks all of them up at once and says in one list which are missing.
 *
 * @param {Prerequisite[]} wanted
 */
export async function lookUp(wanted) {
  if (process.platform === "win32") throw new Failure("the scripts need a POSIX system; on Windows use WSL");
  let missing = /** @type {Prerequisite[]} */ ([]);
  await step("prerequisites", async () => {
    const found = await Promise.all(wanted.map(({ find }) => find()));
    missing = wanted.filter((_, index) => found[index] === undefined);
    if (!missing.every(canInstall)) throw new Failure(`${missing.length} missing (above)`, list(missing));
    return found.filter(Boolean).join(", ");
  });
  if (missing.length > 0) await installByApt(missing);
}

/** @param {Prerequisite[]} missing */
async function installByApt(missing) {
  const packages = missing.flatMap(({ apt = [] }) => apt);
  say(`Missing: ${missing.map(({ name }) => name).join(", ")}. Installs as root, by apt-get: ${packages.join(", ")}`);
  await step(`apt-get install ${packages.join(" ")}`, async () => {
    const env = { ...environment(), DEBIAN_FRONTEND: "noninteractive" };
    const args = ["install", "-y", "-qq", "--no-install-recommends", ...packages];
    // where the lists are fresh, the first try saves the time of apt-get update
    if ((await finish("apt-get", args, { env })).code === 0) return;
    await finish("apt-get", ["update", "-qq"], { env });
    await succeed("apt-get", args, { env });
  });
  const found = await Promise.all(missing.map(({ find }) => find()));
  const still = missing.filter((_, index) => found[index] === undefined);
  if (still.length > 0) throw new Failure(`apt-get has installed the packages, but still missing:\n${list(still)}`);
}

/** Returns whether the `engines` of package.json allow this Node. */
function isNodeUsable() {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  return major === 20 ? minor >= 19 : major > 22 || (major === 22 && minor >= 12);
}

/** @param {Prerequisite} prerequisite */
function canInstall({ apt }) {
  return apt !== undefined && process.getuid?.() === 0 && existsSync("/etc/debian_version");
}

/** @param {Prerequisite[]} missing */
function list(missing) {
  return missing.map(({ name, why, install }) => `  ${name}: ${why}\n      ${install}`).join("\n");
}

/**
 * @param {string} name
 * @param {() => Promise<string | undefined>} find
 * @param {string[]} apt
 * @returns {Prerequisite}
 */
function byApt(name, find, apt) {
  return {
    name,
    why: "runs the tests of Firefox and WebKit",
    find,
    install: `apt-get install ${apt.join(" ")} (Debian 12 or newer)`,
    apt,
  };
}

/**
 * @param {string} name
 * @param {string | undefined} found
 */
function prefixed(name, found) {
  return found === undefined ? undefined : `${name} ${found}`;
}
