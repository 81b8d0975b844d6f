import { type Browser, chromium } from "playwright-core";
import { afterAll, beforeAll } from "vitest";
import { chromiumFlags, findChromium } from "../../scripts/chromium.mjs";

/** One Chromium for the tests of a file, started with these flags as well. */
export function useChromium(flags: readonly string[] = []): { browser: () => Browser } {
  let browser: Browser;
  beforeAll(async () => {
    const executablePath = findChromium();
    if (executablePath === undefined) throw new Error("no Chromium: install it, or name it in CHROMIUM_PATH");
    browser = await chromium.launch({ executablePath, args: [...chromiumFlags, ...flags] });
  });
  afterAll(() => browser?.close());
  return { browser: () => browser };
}
