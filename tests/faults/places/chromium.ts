import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { chromium } from "playwright-core";
import { chromiumFlags, findChromium, howToGetChromium } from "../../../scripts/chromium.mjs";
import type { Job, Result } from "../job.ts";
import { bundle, modulePath } from "./bundle.ts";
import type { Place } from "./place.ts";

declare const perform: (job: Job) => Promise<Result>;

/** Starts a page of Chromium. */
export async function startChromium(): Promise<Place> {
  const executablePath = findChromium();
  if (executablePath === undefined) throw new Error(`there is no Chromium: ${howToGetChromium}`);
  const script = await bundle("page");
  const files: Record<string, () => [type: string, body: string | Uint8Array]> = {
    "/": () => ["text/html", '<!doctype html><title>faults</title><script type="module" src="/page.js"></script>'],
    "/page.js": () => ["text/javascript", readFileSync(script)],
    "/split_events.wasm": () => ["application/wasm", readFileSync(modulePath)],
  };
  const server = createServer(({ url }, response) => {
    const [type, body] = files[url ?? ""]?.() ?? [];
    if (type === undefined) return void response.writeHead(404).end();
    response.writeHead(200, { "content-type": type, "cache-control": "no-store" }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const browser = await chromium.launch({ executablePath, args: chromiumFlags });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const page = await browser.newPage();
  await page.goto(url, { waitUntil: "load" });
  await page.waitForFunction("globalThis.perform");
  return {
    name: "chromium",
    title: `chromium ${browser.version()}`,
    perform: (job) => page.evaluate((job) => perform(job), job),
    close: async () => {
      await browser.close();
      server.close();
      server.closeAllConnections();
    },
  };
}
