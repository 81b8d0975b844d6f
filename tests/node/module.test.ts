import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type * as Package from "split-events";
import { beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";

const path = fileURLToPath(import.meta.resolve("split-events/split_events.wasm"));
const bytes = readFileSync(path);
const response = (body: BodyInit, type = "application/wasm") =>
  new Response(body, { headers: { "content-type": type } });

/** Imports an entry that Node does not choose. */
const entry = (name: string): Promise<typeof Package> => import(`../../pkg/dist/${name}.js`);

let split: typeof Package;

beforeEach(async () => {
  vi.resetModules();
  split = await import("split-events");
});

test("importing compiles nothing, and the module is compiled once, when it is first needed", async () => {
  const compile = vi.spyOn(WebAssembly, "Module");
  onTestFinished(() => compile.mockRestore());
  vi.resetModules();
  const { check, codes } = await import("split-events");
  expect(compile).not.toHaveBeenCalled();
  expect(codes().length).toBeGreaterThan(50);
  await Promise.all([check("[]"), check("[]")]);
  expect(compile).toHaveBeenCalledTimes(1);
});

describe("init takes", () => {
  test.each<[string, () => Parameters<typeof Package.init>[0]]>([
    ["bytes", () => bytes],
    ["a buffer", () => new Uint8Array(bytes).buffer],
    ["a compiled module", () => new WebAssembly.Module(bytes)],
    ["the address of a file", () => new URL(`file://${path}`)],
    ["the address of a file as text", () => `file://${path}`],
    ["the path of a file", () => path],
    ["a response", () => response(bytes)],
    ["a response of another type", () => response(bytes, "application/octet-stream")],
    ["a promise of bytes", async () => bytes],
    ["a promise of a response", async () => response(bytes)],
    ["a promise of what an import returned", async () => ({ default: new WebAssembly.Module(bytes) })],
  ])("%s", async (_, module) => {
    await split.init(module());
    expect(await split.check([{}])).toMatchObject({ refused: 1 });
  });
});

describe("what is not the module is refused, and init can be called again:", () => {
  const header = Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0);
  test.each<[string, () => unknown, string, RegExp]>([
    [
      "text",
      () => new TextEncoder().encode("<!doctype html>"),
      "module_not_compiled",
      /^what init\(\) was given \(15 bytes, beginning "<!doctype html>"\) is not the module of this version of the package: /,
    ],
    ["nothing", () => new Uint8Array(), "module_not_compiled", /^what init\(\) was given \(0 bytes, beginning ""\)/],
    ["a part", () => bytes.subarray(0, 1000), "module_not_compiled", /\(1000 bytes, beginning .* is not the module of/],
    [
      "another module",
      () => header,
      "module_not_compiled",
      /^what init\(\) was given .* is not the module of this package/,
    ],
    ["a page", () => response("<html>", "text/html; charset=utf-8"), "module_not_loaded", /\(got HTML\)$/],
    ["a 404", () => new Response("", { status: 404 }), "module_not_loaded", /\(got 404\)$/],
    ["a number", () => 7, "invalid_option", /^init\(\) takes the module, its bytes, its address/],
    ["a file that is not there", () => "/nothing.wasm", "module_not_loaded", /from \/nothing\.wasm: ENOENT/],
    ["an address that does not answer", () => "http://127.0.0.1:1/", "module_not_loaded", /: check the connection/],
  ])("%s", async (_, module, code, message) => {
    const wrong = module() as Parameters<typeof Package.init>[0];
    await expect(split.init(wrong)).rejects.toMatchObject({
      name: "ConfigError",
      code,
      message: expect.stringMatching(message),
    });
    await split.init(bytes);
    expect(await split.check("[]")).toMatchObject({ events: 0 });
  });

  test("the module of another version", async () => {
    const other = Uint8Array.from(bytes);
    const version = Buffer.from(bytes).indexOf("split-events 0.");
    expect(version).toBeGreaterThan(0);
    other[version + "split-events ".length] = "9".charCodeAt(0);
    await expect(split.init(other)).rejects.toMatchObject({
      code: "module_not_compiled",
      message: expect.stringContaining("is not the module of this version of the package"),
    });
    await split.init();
  });
});

test("what is given to init is used although an earlier call without it fails", async () => {
  vi.resetModules();
  const { init, check } = await entry("browser");
  const fetch = vi.spyOn(globalThis, "fetch").mockImplementation(async () => response("<html>", "text/html"));
  onTestFinished(() => fetch.mockRestore());
  const failing = check("[]");
  const given = init(bytes);
  await expect(failing).rejects.toMatchObject({
    code: "module_not_loaded",
    message: expect.stringContaining("the module"),
  });
  await given;
  expect(await check("[]")).toMatchObject({ events: 0 });
});

test("what is given to init is used although an earlier call was given something else", async () => {
  const wrong = split.init(new Uint8Array(3));
  const right = split.init(bytes);
  await expect(wrong).rejects.toMatchObject({ code: "module_not_compiled" });
  await right;
});

test("a promise that init does not need may reject", async () => {
  const unhandled = vi.fn();
  process.on("unhandledRejection", unhandled);
  onTestFinished(() => void process.off("unhandledRejection", unhandled));
  const rejected = () => Promise.reject(new Error("not fetched"));
  await Promise.all([split.init(sleep(10, bytes)), split.init(rejected())]);
  await split.init(rejected());
  await sleep(10);
  expect(unhandled).not.toHaveBeenCalled();
});

test("an entry whose bundler did not move the module says so, and what to do", async () => {
  vi.resetModules();
  const { check } = await entry("browser");
  const page = response("<html>", "text/html");
  Object.defineProperty(page, "url", { value: "https://example.com/assets/split_events_bg.wasm" });
  const fetch = vi.spyOn(globalThis, "fetch").mockImplementation(async () => page);
  onTestFinished(() => fetch.mockRestore());
  await expect(check("[]")).rejects.toThrow(
    'the bundler did not move the module (asked for https://example.com/assets/split_events_bg.wasm, got HTML): give it to init(), or import from "split-events/inline"',
  );
});

test("an entry that is bundled for an unknown runtime carries the module for a bundler that did not move it", async () => {
  vi.resetModules();
  const { check } = await entry("default");
  const fetch = vi.spyOn(globalThis, "fetch").mockImplementation(async () => response("<html>", "text/html"));
  onTestFinished(() => fetch.mockRestore());
  expect(await check("[]")).toMatchObject({ events: 0 });
});

test("an address that holds a module is cut in errors", async () => {
  const wrong = `data:application/wasm;base64,${"A".repeat(100_000)}`;
  await expect(split.init(wrong)).rejects.toThrow(
    /^what data:application\/wasm;base64,A+\.\.\. \(100029 characters\) gave/,
  );
});

test("addresses are read in browsers without URL.canParse", async () => {
  const { canParse } = URL;
  onTestFinished(() => void Object.assign(URL, { canParse }));
  Object.assign(URL, { canParse: undefined });
  await split.createClient({ apiKey: "key", endpoint: "http://127.0.0.1:1/" }).close();
  expect(() => split.createClient({ apiKey: "key", endpoint: "nowhere" })).toThrow("endpoint must be");
});

test("what is synchronous says to call init first if the module is not at hand", async () => {
  vi.resetModules();
  const { codes } = await entry("browser");
  expect(() => codes()).toThrow("the module is not loaded yet: call `await init()` first");
});

test("the inline entry needs no file and no init", async () => {
  vi.resetModules();
  const { codes, check } = await entry("inline");
  expect(codes().length).toBeGreaterThan(50);
  expect(await check("[]")).toMatchObject({ events: 0 });
});

test("in a runtime without SIMD the error says which have it", async () => {
  const validate = vi.spyOn(WebAssembly, "validate").mockReturnValue(false);
  onTestFinished(() => validate.mockRestore());
  await expect(split.init(new Uint8Array(8))).rejects.toMatchObject({
    code: "module_not_compiled",
    message: expect.stringMatching(/^this runtime lacks WebAssembly's SIMD, which is in Chrome since 91, /),
  });
});
