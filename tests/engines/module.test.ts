import { expect, onTestFinished, test } from "vitest";
import { newProfile } from "./engines.js";
import type {} from "./pages/module.js";
import { useSite } from "./site.js";

const site = useSite("pages/module.ts");

test("a policy that forbids the module is named, with the source to add", async () => {
  const browser = await newProfile().start();
  onTestFinished(() => site.headers({}));
  site.headers({ "Content-Security-Policy": "script-src 'self'; connect-src 'self'" });
  const forbidden = await browser.open(site.url());
  expect(await forbidden.evaluate(() => loading.load())).toMatch(
    /^module_forbidden: the page's Content-Security-Policy forbids WebAssembly: add 'wasm-unsafe-eval' to its script-src, as in "script-src 'self' 'wasm-unsafe-eval'" .*\): ./,
  );
  site.headers({ "Content-Security-Policy": "script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'" });
  const allowed = await browser.open(site.url("/allowed"));
  expect(await allowed.evaluate(() => loading.load())).toBe("loaded");
});

test("a page in place of the module is told as one", async () => {
  const browser = await newProfile().start();
  const page = await browser.open(site.url());
  const said = await page.evaluate((url) => loading.load(url), site.blank());
  expect(said).toContain(
    `module_not_compiled: what ${site.blank()} gave (text/html) is not the module of this version of`,
  );
  expect(said).not.toContain("SIMD");
  expect(await page.evaluate(() => loading.load("/favicon.ico"))).toMatch(/^module_not_loaded: .*404/);
  expect(await page.evaluate(() => loading.load())).toBe("loaded");
});
