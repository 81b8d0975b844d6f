import { createHash } from "node:crypto";
import { once } from "node:events";
import { cpSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { join, relative } from "node:path";
import { inflateSync } from "node:zlib";
import { bindings, build, linkedName, moduleName } from "./lib/build.mjs";
import { wasmTarget } from "./lib/cargo.mjs";
import { environment, succeed } from "./lib/child.mjs";
import { root } from "./lib/root.mjs";
import { run, step } from "./lib/say.mjs";
import { setup } from "./lib/setup.mjs";
import { name, number, readSections } from "./lib/wasm.mjs";

// Lists the Rust files of which at least one line is executed when one clean event in a Uint8Array goes through `send`
// without a journal. The module is built with rustc's coverage. LLVM's tools are not needed: a file counts if a counter
// of one of its functions is above zero.

const folder = join(root, "target/way");
const linked = join(folder, wasmTarget, "debug", linkedName);
const flags = [
  "-Cinstrument-coverage",
  "-Zno-profiler-runtime",
  "-Clink-arg=--allow-undefined",
  // wasm-bindgen interprets the functions that describe types; with this they have no counters.
  "--cfg=wasm_bindgen_unstable_test_coverage",
];

await run(async () => {
  await setup();
  await build();
  await step("the module with rustc's coverage", instrument);
  const memory = await sendOne();
  const files = [...readFunctions()].filter((each) => hasRun(each, memory)).map(({ file }) => relative(root, file));
  const ours = [...new Set(files)].filter((file) => !file.startsWith("..")).sort();
  const rules = ours.filter((file) => file.startsWith("base/src/rules/")).length;
  console.log(
    `\n${ours.length} Rust files are on the way of one event; ${ours.length - rules + 1} if base/src/rules/ is one:`,
  );
  console.log(ours.join("\n"));
});

async function instrument() {
  const config = ["--config", `target.${wasmTarget}.rustflags=${JSON.stringify(flags)}`];
  const env = { ...environment(), RUSTC_BOOTSTRAP: "1", CARGO_TARGET_DIR: folder, CARGO_PROFILE_DEV_DEBUG: "0" };
  await succeed("cargo", [...config, "build", ...bindings], { env });
  await succeed("cargo", ["run", "--quiet", "-p", "xtask", "--", "bindgen", linked, join(folder, "bound")]);
  cpSync(join(root, "pkg/build"), join(folder, "build"), { recursive: true });
  cpSync(join(folder, "bound"), join(folder, "build/wasm"), { recursive: true });
}

/** Sends one clean event to a server that accepts it, and returns the module's memory after that. */
async function sendOne() {
  const { send } = await import(join(folder, "build/node.js"));
  const { initSync } = await import(join(folder, "build/wasm", moduleName.replace("_bg.wasm", ".js")));
  const server = createServer((request, response) => request.resume().on("end", () => response.writeHead(202).end()));
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  const event = { eventTypeId: "buy", trafficTypeName: "user", key: "ada", timestamp: Date.now(), value: 1 };
  const bytes = new TextEncoder().encode(JSON.stringify([event]));
  const receipt = await send(bytes, { apiKey: "a-key", endpoint: `http://127.0.0.1:${port}/` });
  server.close();
  if (receipt.accepted !== 1) throw new Error(`the event was not accepted: ${JSON.stringify(receipt)}`);
  return Buffer.from(initSync().memory.buffer);
}

/**
 * Yields the file of each function, and the name and hash with which its record in memory begins.
 *
 * @returns {Generator<{ begin: Buffer, file: string }>}
 */
function* readFunctions() {
  const maps = customSection("__llvm_covmap");
  const functions = customSection("__llvm_covfun");
  /** @type {Map<bigint, string[]>} */
  const files = new Map();
  for (let at = 0; at + 16 < maps.length; ) {
    const end = at + 16 + maps.readUInt32LE(at + 4);
    const names = maps.subarray(at + 16, end);
    files.set(createHash("md5").update(names).digest().readBigUInt64LE(), fileNames(names));
    at = Math.ceil(end / 8) * 8;
  }
  for (let at = 0; at + 28 < functions.length; ) {
    const end = at + 28 + functions.readUInt32LE(at + 8);
    const begin = Buffer.concat([functions.subarray(at, at + 8), functions.subarray(at + 12, at + 20)]);
    const names = files.get(functions.readBigUInt64LE(at + 20)) ?? [];
    const ids = { at: at + 28 };
    for (let left = number(functions, ids); left > 0; left -= 1) {
      yield { begin, file: names[number(functions, ids)] ?? "" };
    }
    at = Math.ceil(end / 8) * 8;
  }
}

/** @param {string} wanted */
function customSection(wanted) {
  for (const { id, body } of readSections(readFileSync(linked))) {
    const at = { at: 0 };
    if (id === 0 && name(body, at) === wanted) return body.subarray(at.at);
  }
  throw new Error(`${linked} has no section ${wanted}`);
}

/** @param {Buffer} encoded */
function fileNames(encoded) {
  const at = { at: 0 };
  const count = number(encoded, at);
  const length = number(encoded, at);
  const compressed = number(encoded, at);
  const names = encoded.subarray(at.at, at.at + (compressed || length));
  const text = compressed ? inflateSync(names) : names;
  const next = { at: 0 };
  return Array.from({ length: count }, () => name(text, next));
}

/**
 * Returns whether a counter of the function is above zero. A function has a record in each unit of code that has a copy
 * of it, and none if no code calls it.
 *
 * @param {{ begin: Buffer }} function
 * @param {Buffer} memory
 */
function hasRun({ begin }, memory) {
  for (let at = memory.indexOf(begin); at >= 0; at = memory.indexOf(begin, at + 1)) {
    const counters = at + memory.readInt32LE(at + 16);
    const count = memory.readUInt32LE(at + 32);
    if (memory.subarray(counters, counters + count * 8).some((byte) => byte > 0)) return true;
  }
  return false;
}
