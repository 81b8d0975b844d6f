import { readFileSync } from "node:fs";
import { brotliCompressSync } from "node:zlib";
import { name, number, readSections } from "./wasm.mjs";

/**
 * The parts of the module, by the names of their functions; the first that fits counts.
 *
 * @type {[string, RegExp][]}
 */
const PARTS = [
  [
    "sending, journals and the client: delivery, and of bindings send.rs, drive.rs, fetch.rs and what waits",
    /split_events_delivery|split_events_base::undelivered|xxhash|bindings::(send|input|drive|deliver|taking|fetch|wake|hooks)|futures|Target::/,
  ],
  ["the fast checker: checking/src/check/fast", /split_events_checking::check::fast/],
  ["reading: src/read, csv-core, memchr", /split_events(_base)?::(read|text)|csv_core|memchr/],
  ["gzip: base/src/gzip.rs, miniz_oxide", /(split_events_base|bindings)::gzip|miniz_oxide|^rawgunzip/],
  ["options and the interface: the rest of bindings", /split_events_bindings|^raw|^[a-z]+[A-Z]|^codes$/],
  ["known keys and shapes: base/src/keys", /split_events_base::keys/],
  ["mapping: mapping/, checking/src/map", /split_events_mapping|split_events_checking::map/],
  ["rules, JSON, issues, report, batches: the rest of base, checking and src", /split_events/],
  ["serialisation: serde-wasm-bindgen", /serde|hashbrown/],
  ["allocator: talc", /talc|__rdl_|__rust_/],
  ["formatting: core::fmt", /core::fmt|alloc::fmt/],
  ["glue: wasm-bindgen, js-sys", /wasm_bindgen|wbindgen|js_sys|web_sys|shim/],
  ["the standard library", /./],
];

/**
 * Returns the size of each part of a module with names, in bytes, as it is and after brotli has compressed it alone.
 *
 * @param {string} path
 */
export function parts(path) {
  const bytes = readFileSync(path);
  /** @type {Map<string, Buffer[]>} */
  const found = new Map();
  const add = (/** @type {string} */ part, /** @type {Buffer} */ body) =>
    found.set(part, [...(found.get(part) ?? []), body]);
  const sections = [...readSections(bytes)];
  const names = functionNames(sections);
  for (const { id, body } of sections) {
    if (id === 10) {
      functions(body).forEach((code, index) => {
        const called = (names.get(index + names.imports) ?? "").replace(/\[[0-9a-f]{16}\]/g, "");
        add(PARTS.find(([, pattern]) => pattern.test(called || "?"))?.[0] ?? "", code);
      });
    } else if (id === 11) add("texts and tables", body);
    else if (id !== 0) add("imports, exports, types", body);
  }
  return [...found]
    .map(([part, bodies]) => ({ part, bytes: Buffer.concat(bodies) }))
    .map(({ part, bytes }) => ({ part, raw: bytes.length, brotli: brotliCompressSync(bytes).length }))
    .sort((a, b) => b.raw - a.raw);
}

/** @param {Buffer} body */
function functions(body) {
  const at = { at: 0 };
  return Array.from({ length: number(body, at) }, () => {
    const length = number(body, at);
    at.at += length;
    return body.subarray(at.at - length, at.at);
  });
}

/** @param {import("./wasm.mjs").Section[]} sections */
function functionNames(sections) {
  const names = Object.assign(new Map(), { imports: 0 });
  const imports = sections.find(({ id }) => id === 2)?.body ?? Buffer.alloc(1);
  const at = { at: 0 };
  for (let left = number(imports, at); left > 0; left -= 1) {
    name(imports, at);
    name(imports, at);
    if (imports[at.at++] !== 0) throw new Error("the module imports something that is no function");
    number(imports, at);
    names.imports += 1;
  }
  for (const { id, body } of sections) {
    if (id !== 0) continue;
    const at = { at: 0 };
    if (name(body, at) !== "name") continue;
    while (at.at < body.length) {
      const kind = body[at.at++];
      const end = number(body, at) + at.at;
      if (kind === 1) {
        for (let left = number(body, at); left > 0; left -= 1) {
          names.set(number(body, at), name(body, at));
        }
      }
      at.at = end;
    }
  }
  return names;
}
