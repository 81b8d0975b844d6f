import { renameSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { type BuildOptions, build } from "esbuild";

const here = fileURLToPath(new URL("..", import.meta.url));

/** The module of the package that was built. */
export const modulePath = createRequire(import.meta.url).resolve("split-events/split_events.wasm");
export const MODULE = "split_events_bg.wasm";

const targets = {
  // imported from where it is, so that each runtime finds its entry
  lines: { platform: "node", external: ["split-events"] },
  smoke: { platform: "node", external: ["split-events"] },
  worker: { platform: "neutral", conditions: ["workerd"] },
  page: { platform: "browser" },
} satisfies Record<string, BuildOptions>;

/** Bundles a program of `stage/` into one file, and returns its path. */
export async function bundle(program: keyof typeof targets): Promise<string> {
  const path = `${here}dist/${program}.js`;
  // renamed into place, since tests that run at the same time write the same file
  const own = `${path}.${process.pid}`;
  await build({
    absWorkingDir: here,
    entryPoints: [`stage/${program}.ts`],
    outfile: own,
    bundle: true,
    format: "esm",
    target: "es2022",
    mainFields: ["module", "main"],
    logLevel: "error",
    plugins: [moduleBeside],
    ...targets[program],
  });
  renameSync(own, path);
  return path;
}

const moduleBeside = {
  name: "module-beside",
  setup({ onResolve }: { onResolve: (on: { filter: RegExp }, then: () => { path: string; external: true }) => void }) {
    onResolve({ filter: /\.wasm$/ }, () => ({ path: `./${MODULE}`, external: true }));
  },
};
