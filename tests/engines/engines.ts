import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { chromium } from "./chromium.js";
import type { Browser, Engine } from "./engine.js";
import { firefox } from "./firefox.js";
import { webkit } from "./webkit.js";

/** All of them, or those that `ENGINES=Firefox,WebKit` names. */
export const engines: Engine[] = [chromium, firefox, webkit].filter(
  ({ name }) => !process.env.ENGINES || process.env.ENGINES.split(",").includes(name),
);

/** A profile that ends with the test, as does every browser that is started with it. */
export function newProfile(engine: Engine): { start(): Promise<Browser> } {
  const folder = mkdtempSync(join(tmpdir(), "split-events-profile-"));
  const started: Browser[] = [];
  onTestFinished(async () => {
    for (const browser of started) await browser.kill();
    rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
  });
  return {
    async start() {
      const browser = await engine.start(folder);
      started.push(browser);
      return browser;
    },
  };
}
