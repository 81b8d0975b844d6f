import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";
import { Ajv } from "ajv";
import standalone from "ajv/dist/standalone/index.js";
import { type BuildOptions, build, type Plugin, stop } from "esbuild";
import { schema } from "./pipelines/schema.ts";
import type { RuntimeName } from "./runtimes/runtime.ts";

const here = fileURLToPath(new URL(".", import.meta.url));

/** The module of the package that was built. */
export const modulePath = createRequire(import.meta.url).resolve("split-events/split_events.wasm");

const targets: Record<RuntimeName, BuildOptions> = {
  // imported from where it is, so that it finds its module
  node: { entryPoints: ["stage/node.ts"], platform: "node", external: ["split-events"] },
  workerd: { entryPoints: ["stage/worker.ts"], platform: "neutral", conditions: ["workerd"] },
  browser: { entryPoints: ["stage/page.ts"], platform: "browser" },
};

/** Bundles stage, pipelines and peers into one file for a runtime; returns its path. For Node it imports `entry`. */
export async function bundle(runtime: RuntimeName, entry?: string): Promise<string> {
  if (!existsSync(modulePath)) throw new Error("the package is not built: run `npm run build` first");
  const outfile = `dist/${entry === undefined ? runtime : "baseline"}/bench.js`;
  await build({
    absWorkingDir: here,
    outfile,
    bundle: true,
    format: "esm",
    target: "es2022",
    mainFields: ["module", "main"],
    logLevel: "error",
    plugins: [ajvStandalone, moduleBeside, ...(entry === undefined ? [] : [packageAt(entry)])],
    ...targets[runtime],
  });
  await stop();
  return `${here}${outfile}`;
}

/** Returns the code that ajv generates, since Workers may not compile any. Lengths count UTF-16 units, as ours do. */
const ajvStandalone: Plugin = {
  name: "ajv-standalone",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^ajv-standalone$/ }, ({ path }) => ({ path, namespace: "written" }));
    onLoad({ filter: /.*/, namespace: "written" }, () => ({ contents: validator(), resolveDir: here }));
  },
};

export function validator(): string {
  const ajv = new Ajv({
    code: { source: true, esm: true },
    unicode: false,
    unicodeRegExp: false,
    allowUnionTypes: true,
    logger: false,
  });
  return standalone.default(ajv, ajv.compile(schema));
}

function packageAt(entry: string): Plugin {
  const path = pathToFileURL(entry).href;
  return {
    name: "package-at",
    setup({ onResolve }) {
      onResolve({ filter: /^split-events$/ }, () => ({ path, external: true }));
    },
  };
}

const moduleBeside: Plugin = {
  name: "module-beside",
  setup({ onResolve }) {
    onResolve({ filter: /\.wasm$/ }, () => ({ path: "./split_events_bg.wasm", external: true }));
  },
};
