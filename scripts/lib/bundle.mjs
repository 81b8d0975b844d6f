import { existsSync, readFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { join, posix, relative, sep } from "node:path";
import { rolldown } from "rolldown";
import { minify } from "rolldown/utils";
import { writeFiles } from "./files.mjs";
import { parts } from "./modules.mjs";
import { partOptions } from "./part-options.mjs";
import { root } from "./root.mjs";
import { Failure } from "./say.mjs";

const built = join(root, "pkg/build");
const out = join(root, "pkg/dist");
/** The declarations that the exports map names, without `.d.ts`, by the folder that they are built into. */
const declared = {
  [built]: [
    "index",
    "index.check",
    "index.client",
    "stores/memory",
    "stores/directory",
    "stores/indexed-db",
    "stores/durable-object",
    "worker/index",
  ],
  [join(root, "sandbox/dist")]: ["server"],
};

const RUNTIMES = ["node", "bun", "deno", "workerd", "edge-light", "browser", "default", "inline"];

/** The files that programs import, by what they are built from. */
const entries = {
  ...asBuilt(...RUNTIMES),
  ...asBuilt("stores/memory", "stores/directory", "stores/indexed-db", "stores/durable-object"),
  "internal/debug": join(built, "module/debug.js"),
  "internal/joined": join(built, "stores/joined.js"),
  "internal/near": join(built, "options/near.js"),
  "internal/words": join(built, "words/index.js"),
  "internal/worker-settings": join(built, "worker/settings.js"),
  "shared/inline": join(built, "module/inline.js"),
  sandbox: join(root, "sandbox/dist/server.js"),
  worker: join(built, "worker/index.js"),
  "cli/main": join(built, "cli/main.js"),
};

/** The same of the parts, each with a module of its own. */
const entriesOf = {
  check: asBuilt(...RUNTIMES),
  client: asBuilt(...RUNTIMES),
  worker: asBuilt("workerd"),
};

/** What an import of the module returns differs between bundlers. The type fits both, so that no program needs a cast. */
const typeOfModule = `/**
 * The compiled module, as in Workers, or its address, as from bundlers that copy the file. \`init()\` takes both.
 */
declare const module: WebAssembly.Module & string;
export default module;
`;

/** The files that parts share with the whole: classes of errors, and which stores are in use. */
const ERRORS = /^(errors\/|stores\/(store|in-use)\.|platform\.)/;

/** What carries the module as text. */
const INLINE = /split_events_inline\.js$|[\\/]module[\\/]inline\.js$/;

/**
 * The files that entries share, by the folders whose code they hold. The first that matches counts. Each holds what is
 * imported together, so that a store brings no WebAssembly along, and a check loads nothing that only a delivery needs.
 *
 * @type {[name: string, test: RegExp][]}
 */
const shared = [
  ["containers/fzstd", /\/node_modules\/fzstd\//],
  ["containers/hyparquet", /\/node_modules\/(hyparquet|hyparquet-compressors|hysnappy)\//],
  ["containers/saxes", /\/node_modules\/(saxes|xmlchars)\//],
  ["containers/xxhash", /\/node_modules\/xxhash-wasm\//],
  ["containers/zip-js", /\/node_modules\/@zip\.js\//],
  ["cli/commander", /\/node_modules\/commander\//],
  ["cli/cli-table3", /\/node_modules\/(cli-table3|picocolors|string-width)\//],
  ["shared/errors", ERRORS],
  ["shared/near", /^options\/near\./],
  ["shared/options", /^options\//],
  ["shared/words", /^words\//],
  ["shared/joined", /^stores\/joined\./],
  ["shared/buffered", /^stores\/(buffered|group-commit|pending)\./],
  ["shared/directory", /^stores\/directory/],
  ["shared/worker-settings", /^worker\/(settings|log|origins|secrets|surroundings)\./],
  [
    "shared/api",
    /^(wasm\/split_events\.|(module|input|hooks|known-keys|journal|check|mapping|delivery|outbox|client|send|receipt)\/|index\.)(?!inline)/,
  ],
  [
    "cli/common",
    /^cli\/(exit|failure|interrupt|environment\/|flags\/|output\/(input-errors|output-files|output|progress|progress-text|text)\.)/,
  ],
  ["cli/inputs", /^cli\/(input\/|commands\/found)/],
  ["cli/delivery", /^cli\/(commands\/deliver|stores\/)/],
  ["containers/common", /^containers\/(csv|held|times|writer)\./],
];

/**
 * Bundles what the compiler wrote into `pkg/build`, and the libraries that it imports, into `pkg/dist`. Writes what has
 * changed, and removes what is not built any more. Returns the number of files, and the paths of the libraries' files.
 */
export async function bundle() {
  /** @type {string[]} */
  const inside = [];
  const made = await rolldown({
    cwd: root,
    input: entries,
    platform: "node",
    external: [/^node:/, /^cloudflare:/, /^split-events\//],
    checks: { bundlerTimings: false },
    plugins: [asFiles, asModule(inside), smallLibraries],
    onLog,
  });
  const { output } = await made.generate({
    format: "esm",
    entryFileNames: "[name].js",
    chunkFileNames: nameOf,
    comments: { jsdoc: false },
    minifyInternalExports: false,
    codeSplitting: {
      groups: shared.map(([name, pattern], index) => ({
        name,
        test: (/** @type {string} */ id) => pattern.test(inBuild(id)),
        priority: shared.length - index,
      })),
    },
  });
  await made.close();
  const files = new Map(output.map((file) => [file.fileName, file.type === "chunk" ? file.code : ""]));
  for (const [folder, names] of Object.entries(declared)) {
    for (const name of names) addTypes(folder, name, files);
  }
  files.set("types/split_events.wasm.d.ts", typeOfModule);
  for (const part of parts) for (const [path, code] of await bundledPart(part)) files.set(path, code);
  writeFiles(out, files, (path) => !/^(\w+\/)?wasm\//.test(path));
  const modules = output.flatMap((file) => (file.type === "chunk" ? file.moduleIds : []));
  return { files: files.size, libraries: [...modules, ...inside].filter((id) => id.includes("/node_modules/")) };
}

/**
 * Fails for a warning of the bundler.
 *
 * @param {string} level
 * @param {{ message: string }} log
 */
function onLog(level, { message }) {
  if (level === "warn") throw new Failure(`rolldown: ${message}`);
}

/**
 * Bundles a part of the package with its module. Returns its files by their paths in `pkg/dist`.
 *
 * @param {import("./modules.mjs").Module} part
 */
async function bundledPart(part) {
  const made = await rolldown({
    cwd: root,
    input: entriesOf[/** @type {keyof typeof entriesOf} */ (part.name)],
    platform: "node",
    external: [/^node:/],
    checks: { bundlerTimings: false },
    plugins: [await standIns(part)],
    onLog,
  });
  const { output } = await made.generate({
    format: "esm",
    entryFileNames: "[name].js",
    chunkFileNames: ({ name }) => `${name.includes("/") ? "" : "shared/"}${name}.js`,
    comments: { jsdoc: false },
    minifyInternalExports: false,
    codeSplitting: {
      groups: [
        { name: "shared/inline", test: INLINE, priority: 2 },
        {
          name: "shared/api",
          test: (id) => inBuild(id).includes("/") || inBuild(id).startsWith("index."),
          priority: 1,
        },
      ],
    },
  });
  await made.close();
  return output.map((file) => {
    const path = `${part.name}/${file.fileName}`;
    const errors = posix.relative(posix.dirname(path), "shared/errors.js");
    return /** @type {const} */ ([path, file.type === "chunk" ? file.code.replaceAll('"#errors"', `"${errors}"`) : ""]);
  });
}

/**
 * Puts what a part has of its own in the place of the whole's: its glue, files with its suffix, its options, its name.
 *
 * @param {import("./modules.mjs").Module} part
 * @returns {Promise<import("rolldown").Plugin>}
 */
async function standIns(part) {
  const place = { ENTRY: `split-events/${part.name}`, FOLDER: `dist/${part.name}`, ELSEWHERE: part.elsewhere };
  const written = new Map([["place.js", exported(place)]]);
  if (part.takers.length > 0) written.set("options/table.js", exported(await partOptions(part)));
  return {
    name: "stand-ins",
    async resolveId(id, importer, options) {
      if (/\.wasm(\?module)?$/.test(id)) return { id, external: true };
      if (builtinModules.includes(id)) return { id: `node:${id}`, external: true };
      const found = await this.resolve(id, importer, { ...options, skipSelf: true });
      if (!found || found.external) return found;
      const path = inBuild(found.id);
      if (ERRORS.test(path)) return { id: "#errors", external: true };
      if (/^wasm\/split_events/.test(path))
        return { ...found, id: join(built, path.replace("wasm/", `wasm/${part.name}/`)) };
      const own = part.suffixes
        .map((suffix) => found.id.replace(/\.js$/, `.${suffix}.js`))
        .find((file) => existsSync(file));
      return own === undefined ? found : { ...found, id: own };
    },
    load: (id) => written.get(inBuild(id)),
  };
}

/** Writes a file that exports these values. */
function exported(/** @type {object} */ values) {
  const lines = Object.entries(values).map(([name, value]) => `export const ${name} = ${JSON.stringify(value)};\n`);
  return lines.join("");
}

/**
 * Returns the name of a chunk. One that is imported when it is needed is named by its file, or its library.
 *
 * @param {import("rolldown").PreRenderedChunk} chunk
 */
function nameOf({ name, facadeModuleId }) {
  if (name.includes("/")) return `${name}.js`;
  if (inBuild(facadeModuleId ?? "").startsWith("containers/")) return `containers/${name}.js`;
  const library = /node_modules\/(?:@[^/]+\/)?([^/]+)\//.exec(facadeModuleId ?? "")?.[1];
  return `cli/${library ?? name}.js`;
}

/**
 * Leaves imports of the module, which lies beside the entries before and after, as they are written. The command imports
 * Node's entry, and entries the module as text, as files of their own; else code of theirs would move to a third file.
 * Node's modules get their whole names.
 *
 * @type {import("rolldown").Plugin}
 */
const asFiles = {
  name: "as-files",
  resolveId(id, importer = "") {
    if (/\.wasm(\?module)?$/.test(id)) return { id, external: true };
    if (id.endsWith("/node.js") && inBuild(importer).startsWith("cli/")) return { id: "../node.js", external: true };
    // in a Worker, the part for it
    if (id === "split-events" && inBuild(importer).startsWith("worker/"))
      return { id: "split-events/internal/worker-part", external: true };
    // the sandbox asks the package about events: the same one
    if (id === "split-events") return { id, external: true };
    if (id === "./module/inline.js") return { id: "./shared/inline.js", external: true };
    if (builtinModules.includes(id)) return { id: `node:${id}`, external: true };
    return undefined;
  },
};

/**
 * Makes a module of saxes, which is CommonJS: what the bundler adds to that for Node would be loaded by pages. Adds the
 * paths of its files to `inside`.
 *
 * @param {string[]} inside
 * @returns {import("rolldown").Plugin}
 */
function asModule(inside) {
  return {
    name: "as-module",
    async load(id) {
      if (!/\/node_modules\/saxes\/saxes\.js$/.test(id)) return undefined;
      const entry = "\0saxes";
      const made = await rolldown({
        input: entry,
        platform: "browser",
        plugins: [
          {
            name: "entry",
            resolveId: (name) => (name === entry ? name : undefined),
            load: (name) => (name === entry ? `export { SaxesParser } from ${JSON.stringify(id)};` : undefined),
          },
        ],
      });
      const { output } = await made.generate({ format: "esm" });
      await made.close();
      inside.push(...output[0].moduleIds);
      return { code: output[0].code, moduleType: "js" };
    },
  };
}

/**
 * Minifies the files that hold nothing but libraries: undici alone is 870 KB. The package's own code stays readable.
 *
 * @type {import("rolldown").Plugin}
 */
const smallLibraries = {
  name: "small-libraries",
  async renderChunk(code, { fileName, moduleIds }) {
    if (moduleIds.length === 0 || !moduleIds.every((id) => id.includes("node_modules"))) return undefined;
    const small = await minify(fileName, code, { module: true });
    if (small.errors.length > 0) throw new Failure(`${fileName} was not minified: ${small.errors[0]?.message}`);
    return { code: small.code, map: null };
  },
};

/** @param {string[]} names */
function asBuilt(...names) {
  return Object.fromEntries(names.map((name) => [name, join(built, `${name}.js`)]));
}

/** @param {string} id */
function inBuild(id) {
  return relative(built, id).replaceAll(sep, "/");
}

/**
 * Adds a file of declarations, and those that it imports.
 *
 * @param {string} folder
 * @param {string} name
 * @param {Map<string, string>} files
 */
function addTypes(folder, name, files) {
  const to = posix.join("types", folder === built ? "" : "sandbox", `${name}.d.ts`);
  if (files.has(to)) return;
  const code = declarations(join(folder, `${name}.d.ts`));
  files.set(to, code);
  for (const [, imported = ""] of code.matchAll(/(?:from |import\()"(\.[^"]+)\.js"/g)) {
    addTypes(folder, posix.join(posix.dirname(name), imported), files);
  }
}

/**
 * Reads a file of declarations. Of those of the module's glue, the package needs the tables of words; what follows names
 * types of the DOM.
 *
 * @param {string} file
 */
function declarations(file) {
  const code = readFileSync(file, "utf8");
  return inBuild(file).startsWith("wasm/") ? code.slice(0, code.search(/^\/\*\*\n(?: \*.*\n)+export class /m)) : code;
}
