import { finish } from "../child.mjs";
import { Failure } from "../say.mjs";

const advice = {
  linux: "apt-get install build-essential (Debian, Ubuntu), dnf install gcc (Fedora), apk add build-base (Alpine)",
  darwin: "xcode-select --install",
};

/** Rust links through the C compiler. */
export async function compiler() {
  const found = await finish("cc", ["--version"]).catch(() => undefined);
  if (found?.code !== 0) {
    throw new Failure(
      `no cc on this machine; install one: ${advice[/** @type {"linux"} */ (process.platform)] ?? advice.linux}`,
    );
  }
  return found.stdout.split("\n", 1)[0];
}
