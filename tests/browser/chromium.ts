import { type Browser, chromium } from "playwright-core";
import { afterAll, beforeAll } from "vitest";
import { chromiumFlags, findChromium } from "../../scripts/chromium.mjs";

/** One Chromium for the tests of a file. */
export function useChromium(): { browser: () => Browser } {
  let browser: Browser;
  beforeAll(async () => {
    const executablePath = findChromium();
    if (executablePath === undefined) throw new Error("no Chromium: install it, or name it in CHROMIUM_PATH");
    browser = await chromium.launch({ executablePath, args: chromiumFlags });
  });
  afterAll(() => browser?.close());
  return { browser: () => browser };
}
