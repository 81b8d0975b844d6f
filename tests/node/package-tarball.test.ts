import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import type { Report } from "split-events";
import { beforeAll, expect, test } from "vitest";
import { install, manifest, nodes, type Packed, ROOT } from "./package-app.js";

const EXAMPLE = readFileSync(join(ROOT, "tests/data/sending-event-data.json"), "utf8");
const SAMPLE = { events: 2, repaired: 2, issueCounts: { timestamp_string: 2, timestamp_seconds: 2 } };

let app: string;
let packed: Packed;

beforeAll(() => {
  app = mkdtempSync(join(tmpdir(), "split-events-app-"));
  packed = install(app);
  return () => rmSync(app, { recursive: true, force: true });
});

test("the tarball has what was built from the sources, the command, the licence and the README, and no more", () => {
  const sources = readdirSync(join(ROOT, "pkg/src"), { recursive: true, encoding: "utf8" });
  const modules = sources.filter((path) => path.endsWith(".ts") && !path.endsWith(".d.ts"));
  const worker = readdirSync(join(ROOT, "worker/src"), { recursive: true, encoding: "utf8" });
  const ofWorker = worker.filter((path) => path.endsWith(".ts")).map((path) => `worker/${path}`);
  const built = [...modules, ...ofWorker].flatMap((path) => {
    const name = `dist/${path.slice(0, -".ts".length)}`;
    return [`${name}.js`, `${name}.d.ts`];
  });
  const wasm = ["split_events.js", "split_events.d.ts", "split_events_bg.wasm", "split_events_bg.wasm.d.ts"];
  wasm.push("split_events_inline.js", "split_events_inline.d.ts");
  expect(packed.files.map(({ path }) => path).toSorted()).toEqual(
    [
      "LICENSE",
      "README.md",
      "bin/split-events.js",
      "package.json",
      ...built,
      ...wasm.map((name) => `dist/wasm/${name}`),
    ].toSorted(),
  );
});

test("no file of the tarball contains a path of the machine that built it", () => {
  const folder = join(app, "node_modules/split-events");
  const leaking = packed.files.filter(({ path }) => readFileSync(join(folder, path)).includes(ROOT));
  expect(leaking).toEqual([]);
});

test.each(nodes())("import runs in Node $version", ({ path }) => {
  const script = 'import { check } from "split-events"; console.log(JSON.stringify(await check(process.argv[1])));';
  const report = execFileSync(path, ["--input-type=module", "--eval", script, "--", EXAMPLE], { cwd: app });
  expect(JSON.parse(report.toString())).toMatchObject(SAMPLE);
});

test.each(nodes())("a store in a directory keeps what it was given in Node $version", ({ path }) => {
  const script = `import { directoryStore } from "split-events/stores/directory";
    const open = () => directoryStore("store-of-${path.length}");
    const store = await open();
    store.put("key", new TextEncoder().encode("value"));
    await store.sync();
    await store.close();
    for await (const [key, value] of (await open()).entries()) console.log(key, new TextDecoder().decode(value));`;
  const said = execFileSync(path, ["--input-type=module", "--eval", script], { cwd: app, encoding: "utf8" });
  expect(said).toBe("key value\n");
});

test.each(nodes())("npx split-events runs in Node $version", ({ path }) => {
  const env = { ...process.env, PATH: `${join(path, "..")}${delimiter}${process.env.PATH}` };
  const report = execFileSync("npx", ["--no", "--", "split-events", "check", "-", "--json"], {
    cwd: app,
    env,
    input: EXAMPLE,
    stdio: ["pipe", "pipe", "pipe"],
  });
  expect(JSON.parse(report.toString()) as Report).toMatchObject(SAMPLE);
});

test("the types compile without others, and so do the README's examples", () => {
  const readme = readFileSync(join(app, "node_modules/split-events/README.md"), "utf8");
  const examples = Array.from(readme.matchAll(/^```ts\n(.*?)^```$/gms), ([, code]) => code as string);
  expect(examples.length).toBeGreaterThan(0);
  const given = "declare const apiKey: string, file: File, chunks: AsyncIterable<Uint8Array>;\n";
  const stores = Object.keys(manifest.exports).filter((path) => path.startsWith("./stores/"));
  const all = stores.map((path) => `export * from "split-events${path.slice(1)}";\n`).join("");
  const files = [...examples, all].map((code, index) => {
    const name = `example-${index}.ts`;
    writeFileSync(join(app, name), `${given}${code}export {};\n`);
    return name;
  });
  const options = ["--ignoreConfig", "--noEmit", "--strict", "--exactOptionalPropertyTypes", "--types", ""];
  const target = ["--target", "es2022", "--module", "nodenext", "--lib", "es2022,dom,dom.asynciterable"];
  const tsc = join(createRequire(import.meta.url).resolve("typescript/package.json"), "../bin/tsc");
  expect(output(process.execPath, [tsc, ...options, ...target, ...files])).toBe("");
});

/** Returns what a command prints, whether it succeeds or not. */
function output(command: string, args: string[]): string {
  try {
    return execFileSync(command, args, { cwd: app, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    return `${stdout}${stderr}`;
  }
}
