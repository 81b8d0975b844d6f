import { readdirSync } from "node:fs";
import { join } from "node:path";
import { wasmTarget } from "../cargo.mjs";
import { finish, firstLine } from "../child.mjs";
import { root } from "../root.mjs";
import { Failure, say } from "../say.mjs";

/** The oldest Rust 1.x that builds the project and its tools. */
const oldest = 90;

/** Makes Rust able to build for WebAssembly and says which Rust that is. */
export async function rust() {
  const found = await usableRust();
  if (found) return found;
  const from = process.env.WASM_TARGET_FROM || "rustup";
  if (from === "debian") await byDebian();
  else if (from === "rustup") await byRustup();
  else throw new Failure(`WASM_TARGET_FROM is "${from}"; it may be "debian" or unset`);
  const installed = await usableRust();
  if (installed) return `${installed}, installed`;
  throw new Failure("what was installed is not the Rust that is used here; see: rustup show, which rustc");
}

/**
 * Returns the version of the Rust in use, or `undefined` if it is too old or lacks the target, clippy or rustfmt.
 */
export async function usableRust() {
  const [version, libraries = "", ...tools] = await Promise.all([
    newEnoughRust(),
    firstLine("rustc", "--print", "target-libdir", "--target", wasmTarget),
    firstLine("cargo", "--version"),
    firstLine("cargo-clippy", "--version"),
    firstLine("rustfmt", "--version"),
  ]);
  return hasStandardLibrary(libraries) && tools.every(Boolean) ? version : undefined;
}

async function newEnoughRust() {
  const [, version, minor] = /^rustc (1\.(\d+)\.\d+)/.exec((await firstLine("rustc", "--version")) ?? "") ?? [];
  return Number(minor) >= oldest ? version : undefined;
}

/** @param {string} folder */
function hasStandardLibrary(folder) {
  try {
    return readdirSync(folder).some((file) => file.startsWith("libstd-"));
  } catch {
    return false;
  }
}

async function byRustup() {
  const commands = (await newEnoughRust())
    ? [`target add ${wasmTarget}`, "component add clippy rustfmt"]
    : [`toolchain install stable --no-self-update --target ${wasmTarget} --component clippy --component rustfmt`];
  for (const command of commands) {
    const { code, output } = await finish("rustup", command.split(" "));
    if (code === 0) continue;
    if (await firstLine("apt-get", "--version")) {
      say(`rustup ${command} failed, so Rust is taken from Debian.`);
      return byDebian();
    }
    const advice = 'if its servers cannot be reached from here, see "Without rustup\'s servers" in CONTRIBUTING.md';
    throw new Failure(`rustup ${command} failed (its output is above); ${advice}`, output);
  }
}

async function byDebian() {
  say("Takes Rust from Debian's packages. If apt's lists are old, apt-get update runs as root.");
  const { code, output } = await finish(join(root, "scripts/debian-toolchain.sh"), ["--override", root]);
  if (code === 0) return;
  const lines = output.trim().split("\n");
  throw new Failure(lines.pop() || "scripts/debian-toolchain.sh failed", lines.join("\n"));
}
