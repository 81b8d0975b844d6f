import { renameSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { type BuildOptions, build } from "esbuild";

const here = fileURLToPath(new URL("..", import.meta.url));

/** The module that the build made. */
export const modulePath = createRequire(import.meta.url).resolve("split-events/split_events.wasm");
export const MODULE = "split_events_bg.wasm";

const targets = {
  // From its own place, where each runtime finds its entry of the package.
  lines: { platform: "node", external: ["split-events"] },
  smoke: { platform: "node", external: ["split-events"] },
  worker: { platform: "neutral", conditions: ["workerd"] },
  page: { platform: "browser" },
} satisfies Record<string, BuildOptions>;

/** Puts one program of `stage/` into one file; returns its path. */
export async function bundle(program: keyof typeof targets): Promise<string> {
  const path = `${here}dist/${program}.js`;
  // Tests that run at the same time write the same file: it is never seen half.
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
