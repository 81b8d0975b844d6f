import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { chromium } from "playwright-core";
import { chromiumFlags, findChromium, howToGetChromium } from "../../scripts/chromium.mjs";
import { bundle, modulePath } from "../bundle.ts";
import type { Page } from "../stage/page.ts";
import type { Runtime } from "./runtime.ts";

/** These headers isolate the page, which makes its clock precise. */
const HEADERS = { "cross-origin-opener-policy": "same-origin", "cross-origin-embedder-policy": "require-corp" };

declare const bench: Page;

/** Runs the pipelines in a page of Chromium. */
export async function browser(): Promise<Runtime> {
  const executablePath = findChromium();
  if (executablePath === undefined) throw new Error(`there is no Chromium: ${howToGetChromium}`);
  const script = await bundle("browser");
  let bytes: Uint8Array = new Uint8Array();
  const files: Record<string, () => [type: string, body: string | Uint8Array]> = {
    "/": () => ["text/html", '<!doctype html><title>bench</title><script type="module" src="/page.js"></script>'],
    "/page.js": () => ["text/javascript", readFileSync(script)],
    "/split_events.wasm": () => ["application/wasm", readFileSync(modulePath)],
    "/input": () => ["application/octet-stream", bytes],
  };
  const server = createServer(({ url }, response) => {
    const [type, body] = files[url ?? ""]?.() ?? [];
    if (type === undefined) return void response.writeHead(404).end();
    response.writeHead(200, { ...HEADERS, "content-type": type, "cache-control": "no-store" }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const instance = await chromium.launch({ executablePath, args: ["--js-flags=--expose-gc", ...chromiumFlags] });
  const page = await instance.newPage();
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`, { waitUntil: "load" });
  return {
    title: `Chromium ${instance.version()}`,
    load: async (input) => {
      const { bytes: own, ...rest } = input;
      bytes = own;
      await page.evaluate((input) => bench.load(input), rest);
      bytes = new Uint8Array();
    },
    agree: () => page.evaluate(() => bench.agree()),
    time: (name) => page.evaluate((name) => bench.time(name), name),
    drop: () => page.evaluate(() => bench.drop()),
    close: async () => {
      await instance.close();
      server.close();
      server.closeAllConnections();
    },
  };
}
