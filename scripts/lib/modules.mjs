/**
 * A WebAssembly module of the package, and the files that are bundled with it.
 *
 * @typedef {object} Module
 * @property {string} name the folder of `pkg/dist` that has it; empty for the whole
 * @property {string[]} features what it is built with: see bindings/Cargo.toml
 * @property {string[]} suffixes a file `x.SUFFIX.ts` stands in for `x.ts`
 * @property {string[]} takers the functions whose options it checks
 * @property {string[]} elsewhere what of these only the whole takes: options, and words as `format csv`
 */

const READ_ELSEWHERE = [
  ...["preset", "mapping", "map", "set", "separator", "skipRows", "decimal", "sheet"],
  ...["timestampFormat", "timestampZone", "encoding", "knownKeys", "format csv", "format tsv"],
];

/** @type {Module} */
export const whole = { name: "", features: ["default"], suffixes: [], takers: [], elsewhere: [] };

/** @type {Module[]} */
export const parts = [
  {
    name: "check",
    features: ["check"],
    suffixes: ["check", "no-keys", "no-tables"],
    takers: ["check", "Batcher", "Sources"],
    elsewhere: READ_ELSEWHERE,
  },
  {
    name: "client",
    features: ["client"],
    suffixes: ["client", "no-keys", "no-tables"],
    takers: ["createClient", "client.flush", "client.close"],
    elsewhere: ["knownKeys"],
  },
  {
    name: "worker",
    features: ["check", "gzip", "outbox", "tables"],
    suffixes: ["worker", "no-keys"],
    takers: [],
    elsewhere: [],
  },
];
