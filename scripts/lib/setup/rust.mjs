import { join } from "node:path";
import { finish } from "../child.mjs";
import { root } from "../root.mjs";
import { Failure } from "../say.mjs";

/** A Rust that builds for this machine and for WebAssembly. */
export async function rust() {
  const { code, stdout, output } = await finish(join(root, "scripts/wasm-toolchain.sh"), ["--override", root]);
  if (code !== 0) {
    const lines = output.trim().split("\n");
    throw new Failure(lines.pop() || "scripts/wasm-toolchain.sh failed", lines.join("\n"));
  }
  const [, toolchain, version] = /^toolchain=(\S+) rustc=(\S+)$/m.exec(stdout) ?? [];
  return `${version} for wasm32-unknown-unknown (${toolchain})`;
}
