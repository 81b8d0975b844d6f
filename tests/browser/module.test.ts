import { expect, onTestFinished, test } from "vitest";
import type {} from "../engines/pages/module.js";
import { useSite } from "../engines/site.js";
import { useChromium } from "./chromium.js";

const { browser } = useChromium();
const site = useSite("pages/module.ts");

test("a security policy that forbids the module is named with the source to add, and that helps", async () => {
  onTestFinished(() => site.headers({}));
  const load = async (policy: string) => {
    site.headers({ "Content-Security-Policy": policy });
    const page = await browser().newPage();
    onTestFinished(() => page.close());
    await page.goto(site.url());
    await page.waitForFunction(() => "loading" in globalThis);
    return page.evaluate(() => loading.load());
  };
  expect(await load("script-src 'self'")).toMatch(
    /^module_forbidden: the page's Content-Security-Policy forbids WebAssembly: add 'wasm-unsafe-eval' to its script-src/,
  );
  expect(await load("script-src 'self' 'wasm-unsafe-eval'")).toBe("loaded");
});
