import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, onTestFinished } from "vitest";
import { chromium } from "./chromium.js";
import type { Browser, Engine, Settings } from "./engine.js";
import { firefox } from "./firefox.js";
import { webkit } from "./webkit.js";

const named = [chromium, firefox, webkit].find(({ name }) => name === process.env.ENGINE);
if (named === undefined) throw new Error(`ENGINE is ${process.env.ENGINE}: vitest.config.ts sets it for each project`);

/** The engine that this project of vitest tests. */
export const engine: Engine = named;

/** A profile that ends with the test, as does every browser that is started with it. */
export function newProfile(): { start(settings?: Settings): Promise<Browser> } {
  const { start, end } = profile();
  onTestFinished(end);
  return { start };
}

/** One browser for the tests of a file. Their pages have origins of their own, so that none finds what another stored. */
export function useBrowser(): () => Browser {
  const { start, end } = profile();
  let browser: Browser;
  beforeAll(async () => {
    browser = await start();
  });
  afterAll(end);
  return () => browser;
}

function profile() {
  const folder = mkdtempSync(join(tmpdir(), "split-events-profile-"));
  const started: Browser[] = [];
  return {
    async start(settings?: Settings) {
      const browser = await engine.start(folder, settings);
      started.push(browser);
      return browser;
    },
    async end() {
      for (const browser of started) await browser.kill();
      rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
    },
  };
}
