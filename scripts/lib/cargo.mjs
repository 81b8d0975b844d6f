import { homedir } from "node:os";
import { join } from "node:path";
import { environment, finish } from "./child.mjs";
import { root } from "./root.mjs";

export const wasmTarget = "wasm32-unknown-unknown";

/** In CI cargo fails if Cargo.lock is not complete; elsewhere it may complete it. */
export const locked = process.env.CI ? ["--locked"] : [];

/** Returns the folders of this machine whose paths must not be in the module, each with its replacement. */
export async function machineFolders() {
  const cargoHome = process.env.CARGO_HOME ?? join(homedir(), ".cargo");
  const { stdout } = await finish("rustc", ["--print", "sysroot"]);
  return [
    [root, "/split-events"],
    [join(cargoHome, "registry/src"), "/crates"],
    [join(cargoHome, "git/checkouts"), "/crates"],
    [join(stdout.trim(), "lib/rustlib/src/rust"), "/rust"],
  ];
}

/**
 * Returns the arguments and the environment with which cargo builds the same module on every machine.
 *
 * @param {string[][]} folders
 */
export function reproducibly(folders) {
  const flags = folders.map(([from, to]) => `--remap-path-prefix=${from}=${to}`);
  const { RUSTFLAGS, CARGO_ENCODED_RUSTFLAGS, ...env } = environment();
  // with a name of its own for each set of features; else they would overwrite each other in target/
  env.__CARGO_DEFAULT_LIB_METADATA = "split-events";
  return { args: ["--config", `target.${wasmTarget}.rustflags=${JSON.stringify(flags)}`], env };
}
