import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";
import { Ajv } from "ajv";
import standalone from "ajv/dist/standalone/index.js";
import { type BuildOptions, build, type Plugin, stop } from "esbuild";
import { schema } from "./pipelines/schema.ts";
import type { RuntimeName } from "./runtimes/runtime.ts";

const here = fileURLToPath(new URL(".", import.meta.url));

/** The module that the build made. */
export const modulePath = createRequire(import.meta.url).resolve("split-events/split_events.wasm");

const targets: Record<RuntimeName, BuildOptions> = {
  // From its own place, where it finds its module.
  node: { entryPoints: ["stage/stage.ts"], platform: "node", external: ["split-events"] },
  workerd: { entryPoints: ["stage/worker.ts"], platform: "neutral", conditions: ["workerd"] },
  browser: { entryPoints: ["stage/page.ts"], platform: "browser" },
};

/** Puts stage, pipelines and peers into one file for a runtime, which for Node imports `entry` if given; returns its path. */
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

/** The code that ajv writes: Workers may not compile any at run time. Lengths and patterns go by UTF-16 units, as the rules do. */
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
