import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
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

test("the tarball has every file that package.json names", () => {
  const { bin, main, module, browser, types, exports } = manifest;
  const named =
    JSON.stringify([bin, main, module, browser, types, exports]).match(/(?:\.\/)?(?:bin|dist)\/[^"]+/g) ?? [];
  const packedPaths = new Set(packed.files.map(({ path }) => path));
  expect(named.length).toBeGreaterThan(20);
  expect(named.filter((path) => !packedPaths.has(path.replace("./", "")))).toEqual([]);
});

test("npm install adds one package", () => {
  const { packages } = JSON.parse(readFileSync(join(app, "package-lock.json"), "utf8"));
  expect(Object.keys(packages)).toEqual(["", "node_modules/split-events"]);
});

test("no file imports anything but files of the package, itself, and modules of Node and workerd", () => {
  const outside = packed.files.flatMap(({ path }) => {
    if (!path.endsWith(".js")) return [];
    const code = readFileSync(join(app, "node_modules/split-events", path), "utf8");
    const names = [...code.matchAll(/\b(?:from|import|import\(|require\()\s*["'`]([\w@/.:-]+)["'`]/g)].map(
      ([, name]) => name,
    );
    return names
      .filter((name = "") => !/^(\.{1,2}\/|node:|cloudflare:|split-events(\/|$))/.test(name))
      .map((name) => `${path}: ${name}`);
  });
  expect(outside).toEqual([]);
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

test("the types of all stores compile without others", () => {
  const stores = Object.keys(manifest.exports).filter((path) => path.startsWith("./stores/"));
  const all = stores.map((path) => `export * from "split-events${path.slice(1)}";\n`).join("");
  writeFileSync(join(app, "stores.ts"), all);
  const options = ["--ignoreConfig", "--noEmit", "--strict", "--exactOptionalPropertyTypes", "--types", ""];
  const target = ["--target", "es2022", "--module", "nodenext", "--lib", "es2022,dom,dom.asynciterable"];
  const tsc = join(createRequire(import.meta.url).resolve("typescript/package.json"), "../bin/tsc");
  expect(output(process.execPath, [tsc, ...options, ...target, "stores.ts"])).toBe("");
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
