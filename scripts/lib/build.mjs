import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { locked, machineFolders, reproducibly, wasmTarget } from "./cargo.mjs";
import { succeed } from "./child.mjs";
import { writeChanged } from "./files.mjs";
import { parts, whole } from "./modules.mjs";
import { notices } from "./notices.mjs";
import { pages } from "./pages.mjs";
import { root } from "./root.mjs";
import { Failure, step } from "./say.mjs";

// Paths are relative to the root, where every command runs.
export const bindings = ["--package", "split-events-bindings", "--target", wasmTarget];
export const linkedName = "split_events_bindings.wasm";
const linked = `target/${wasmTarget}/release/${linkedName}`;
export const moduleName = "split_events_bg.wasm";

/** @typedef {import("./modules.mjs").Module} Module */

/** Returns the folders of a module: bound, with its glue for the bundler, and as it is packed. */
export function foldersOf(/** @type {Module} */ { name }) {
  return {
    bound: `target/wasm-bindgen/${name || "whole"}`,
    glue: ["pkg/build/wasm", name].filter(Boolean).join("/"),
    out: ["pkg/dist", name, "wasm"].filter(Boolean).join("/"),
  };
}

/**
 * What Rust's target enables by default stands in the module's own list of features, which wasm-opt goes by. LLVM has
 * inlined what is called once where that pays; more of it makes long functions that compress worse.
 */
export const wasmOptArgs = ["-O3", "--one-caller-inline-max-function-size=20"];

/** Builds everything that `npm start` and `npm test` run. Each step can be run by hand as it is printed. */
export async function build() {
  const folders = await machineFolders();
  const { args, env } = reproducibly(folders);
  /** @type {Promise<void>[]} */
  const optimising = [];
  for (const module of [whole, ...parts]) {
    const features = ["--no-default-features", "--features", module.features.join()];
    await command("cargo", ["build", "--release", ...bindings, ...features, ...locked], { hidden: args, env });
    const { bound } = foldersOf(module);
    const input = `${bound}.wasm`;
    mkdirSync(join(root, bound), { recursive: true });
    writeChanged(join(root, input), readFileSync(join(root, linked)));
    // while the next is compiled
    optimising.push(optimised(module, input, folders));
    optimising.at(-1)?.catch(() => {});
  }
  await Promise.all(optimising);
  removeStale("pkg/build/worker", "worker/src");
  removeStale("pkg/build", "pkg/src", ["wasm", "worker"]);
  await command("tsc", ["--build", "pkg", "sandbox", "worker", "www"]);
  /** @type {string[]} */
  let libraries = [];
  await step("pkg/dist", async () => {
    // it imports npm packages, which the set-up installs
    const { bundle } = await import("./bundle.mjs");
    const bundled = await bundle();
    libraries = bundled.libraries;
    return `${bundled.files} files`;
  });
  await step("pkg/THIRD-PARTY-NOTICES.txt", () => notices(libraries));
  await step("pkg: pages, examples, template", pages);
  await command("vite", ["build", "www"]);
}

/**
 * @param {string} name
 * @param {string[]} args
 * @param {{ hidden?: string[], env?: Record<string, string | undefined> }} [options] `hidden` is what differs between machines
 */
async function command(name, args, { hidden = [], ...options } = {}) {
  await step([name, ...args].join(" "), async () => {
    await succeed(name, [...hidden, ...args], options);
  });
}

/** Binds a module and makes it small, unless that was done before. */
async function optimised(/** @type {Module} */ module, /** @type {string} */ input, /** @type {string[][]} */ folders) {
  const { bound, glue, out } = foldersOf(module);
  await command("cargo", ["run", "--quiet", "-p", "xtask", ...locked, "--", "bindgen", input, bound]);
  const output = join(root, out, moduleName);
  const stamp = join(root, `${bound}.stamp`);
  const args = [...wasmOptArgs, `${bound}/${moduleName}`, "-o", `${out}/${moduleName}`];
  await step(["wasm-opt", ...args].join(" "), async () => {
    const binaryen = readFileSync(join(root, "node_modules/binaryen/package.json"));
    const from = createHash("sha256");
    from
      .update(readFileSync(join(root, bound, moduleName)))
      .update(binaryen)
      .update(args.join(" "));
    const digest = from.digest("hex");
    mkdirSync(join(root, out), { recursive: true });
    for (const file of ["split_events.js", "split_events.d.ts"]) {
      writeChanged(join(root, glue, file), readFileSync(join(root, bound, file)));
    }
    if (!(existsSync(output) && existsSync(stamp) && readFileSync(stamp, "utf8") === digest)) {
      await succeed("wasm-opt", args);
      writeFileSync(stamp, digest);
    }
    const bytes = readFileSync(output);
    writeChanged(join(root, glue, moduleName), bytes);
    inline(join(root, glue), bytes);
    return measured(
      bytes,
      folders.map(([from]) => /** @type {string} */ (from)),
    );
  });
}

/** Writes a module as text, for entries that carry it inside. */
function inline(/** @type {string} */ folder, /** @type {Buffer} */ bytes) {
  writeChanged(join(folder, "split_events_inline.js"), `export default "${bytes.toString("base64")}";\n`);
  writeChanged(join(folder, "split_events_inline.d.ts"), "declare const module: string;\nexport default module;\n");
}

/**
 * Removes what the compiler wrote for sources that are gone: it would be packed.
 *
 * @param {string} built
 * @param {string} sources
 * @param {string[]} [others] folders of `built` that have other sources
 */
function removeStale(built, sources, others = []) {
  if (!existsSync(join(root, built))) return;
  for (const file of readdirSync(join(root, built), { recursive: true, encoding: "utf8" })) {
    const [, name] = /^(.+?)(?:\.d\.ts|\.js)$/.exec(file) ?? [];
    if (name === undefined || others.includes(/** @type {string} */ (file.split(/[\\/]/)[0]))) continue;
    if (!existsSync(join(root, sources, `${name}.ts`))) rmSync(join(root, built, file));
  }
}

/** Returns the size of a module. Throws if it has the path of a folder of this machine. */
function measured(/** @type {Buffer} */ bytes, /** @type {string[]} */ folders) {
  const leaked = folders.find((folder) => bytes.includes(folder));
  if (leaked)
    throw new Failure(`the module contains the path ${leaked}; add it to machineFolders() in scripts/lib/cargo.mjs`);
  const count = (/** @type {Uint8Array} */ { length }) => length.toLocaleString("en-US");
  return `${count(bytes)} bytes, gzip ${count(gzipSync(bytes, { level: 9 }))}, brotli ${count(brotliCompressSync(bytes))}`;
}
