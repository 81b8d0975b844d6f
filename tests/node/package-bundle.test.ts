import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { beforeAll, expect, onTestFinished, test } from "vitest";
import { install, ROOT } from "./package-app.js";

const require = createRequire(import.meta.url);
/** Returns the bundler that `owner` depends on. */
const toolOf = (owner: string, name: string) =>
  import(createRequire(require.resolve(`${owner}/package.json`)).resolve(name));

const EVENT = '{"eventTypeId":"page_load","trafficTypeName":"user","key":"Ava","timestamp":"1645557824","value":1}';
const CHECK = `console.log(JSON.stringify(await check('[${EVENT}]')));\n`;
/** The page for a bundler that finds the module by itself. */
const PLAIN = `import { check } from "split-events";\n${CHECK}`;
/** The page for a bundler that must be given the module. */
const TOLD = `import { check, init } from "split-events";
import module from "split-events/split_events.wasm";
await init(new URL(module, import.meta.url));
${CHECK}`;
const WASM = readFileSync(join(ROOT, "pkg/dist/wasm/split_events_bg.wasm"));

let app: string;

beforeAll(() => {
  app = mkdtempSync(join(tmpdir(), "split-events-app-"));
  install(app);
  writeFileSync(join(app, "plain.js"), PLAIN);
  writeFileSync(join(app, "told.js"), TOLD);
  writeFileSync(join(app, "index.html"), '<script type="module" src="/plain.js"></script>');
  writeFileSync(
    join(app, "as-browser.mjs"),
    `import { readFileSync } from "node:fs";
globalThis.fetch = async (url) =>
  new Response(readFileSync(new URL(url)), { headers: { "content-type": "application/wasm" } });
await import(process.argv[2]);
`,
  );
  return () => rmSync(app, { recursive: true, force: true });
});

test("Vite's build uses the browser's entry and copies its module", async () => {
  const { build } = await import("vite");
  await build({
    root: app,
    base: "./",
    configFile: false,
    logLevel: "error",
    build: { outDir: "vite", modulePreload: { polyfill: false }, target: "es2022" },
  });
  expectBrowserBundle("vite");
});

test("Vite's dev server finds the module of the package that it has bundled", async () => {
  const { createServer } = await import("vite");
  const server = await createServer({
    root: app,
    configFile: false,
    logLevel: "error",
    server: { host: "127.0.0.1", port: 0, ws: false },
  });
  onTestFinished(() => server.close());
  await server.listen();
  const origin = server.resolvedUrls?.local[0];
  const page = await (await fetch(new URL("/plain.js", origin))).text();
  const dependency = /from "(\/node_modules\/\.vite\/deps\/split-events\.js[^"]*)"/.exec(page)?.[1] as string;
  const script = await (await fetch(new URL(dependency, origin))).text();
  const address = /new URL\("([^"]+\.wasm[^"]*)"/.exec(script)?.[1] as string;
  const module = await fetch(new URL(address, new URL(dependency, origin)));
  expect(module.headers.get("content-type")).toBe("application/wasm");
  expect(Buffer.from(await module.arrayBuffer()).equals(WASM)).toBe(true);
});

test("esbuild uses the browser's entry, and init takes the module", async () => {
  const { build } = await toolOf("wrangler", "esbuild");
  await build({
    absWorkingDir: app,
    entryPoints: ["told.js"],
    outdir: "esbuild",
    bundle: true,
    format: "esm",
    platform: "browser",
    loader: { ".wasm": "file" },
  });
  expectBrowserBundle("esbuild");
});

test("Rolldown uses the browser's entry, and init takes the module", async () => {
  const { rolldown } = await toolOf("vite", "rolldown");
  const input = { cwd: app, input: "told.js", platform: "browser", moduleTypes: { ".wasm": "asset" } };
  const bundle = await rolldown(input);
  await bundle.write({ dir: join(app, "rolldown"), format: "esm" });
  await bundle.close();
  expectBrowserBundle("rolldown");
});

test("a store brings no WebAssembly along, and Node's modules only for a directory", async () => {
  const { build } = await toolOf("wrangler", "esbuild");
  const pulled = async (stdin: string) => {
    const result = await build({
      stdin: { contents: stdin, resolveDir: app },
      bundle: true,
      write: false,
      metafile: true,
      format: "esm",
      platform: "browser",
      external: ["node:*"],
      loader: { ".wasm": "empty" },
    });
    const { inputs, outputs } = result.metafile as Bundle;
    const imports = Object.values(outputs).flatMap((output) => output.imports.map(({ path }) => path));
    const files = Object.keys(inputs).map((path) => path.replaceAll("\\", "/"));
    return {
      node: imports.some((path) => path.startsWith("node:")),
      wasm: files.some((path) => path.endsWith("/shared/api.js")),
    };
  };
  const nothing = { node: false, wasm: false };
  expect(await pulled('export * from "split-events"')).toEqual({ ...nothing, wasm: true });
  expect(await pulled('export * from "split-events/stores/memory"')).toEqual(nothing);
  expect(await pulled('export * from "split-events/stores/durable-object"')).toEqual(nothing);
  expect(await pulled('export * from "split-events/stores/indexed-db"')).toEqual(nothing);
  expect(await pulled('export * from "split-events/stores/directory"')).toEqual({ ...nothing, node: true });
});

interface Bundle {
  inputs: Record<string, unknown>;
  outputs: Record<string, { imports: { path: string }[] }>;
}

/** Runs the bundle in a folder of its own, where only files of the bundler can be fetched. */
function expectBrowserBundle(folder: string): void {
  const files = readdirSync(join(app, folder), { recursive: true, encoding: "utf8" });
  const scripts = files.filter((file) => file.endsWith(".js"));
  const script = scripts.find((file) => /(^|[\\/])(told|index)[^\\/]*\.js$/.test(file));
  const [module, ...more] = files.filter((file) => file.endsWith(".wasm"));
  expect(more).toEqual([]);
  expect(readFileSync(join(app, folder, module as string)).equals(WASM)).toBe(true);

  const loaded = loadedBy(join(app, folder), script as string);
  expect(loaded.filter((file) => /parquet|zip|zstd|workbook|saxes|xxhash/.test(file))).toEqual([]);

  const path = join(app, folder, script as string);
  const code = readFileSync(path, "utf8");
  expect(code).not.toContain("node:fs");
  expect(code).toMatch(/["'`]browser["'`]/);
  const report = execFileSync(process.execPath, [join(app, "as-browser.mjs"), path], { encoding: "utf8" });
  expect(JSON.parse(report)).toMatchObject({ events: 1, repaired: 1 });
}

/** Returns the files that a script loads at once, itself among them. What it imports when it needs it is not among them. */
function loadedBy(folder: string, script: string, loaded: string[] = []): string[] {
  if (loaded.includes(script)) return loaded;
  loaded.push(script);
  const code = readFileSync(join(folder, script), "utf8");
  for (const [, from = ""] of code.matchAll(/(?:from|import)\s*["'`](\.\.?\/[^"'`]+\.js)["'`]/g)) {
    loadedBy(folder, join(dirname(script), from), loaded);
  }
  return loaded;
}
