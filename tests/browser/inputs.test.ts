import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { beforeAll, expect, onTestFinished, test } from "vitest";
import { inputCases } from "../support/input-contract.js";
import { useChromium } from "./chromium.js";
import type {} from "./inputs/page.js";

/** Nothing listens there: the page is handed to Chromium as it asks for it. */
const PAGE = "http://localhost/";

const { browser } = useChromium();
let script: string;
let wasm: Buffer;

beforeAll(async () => {
  const entry = fileURLToPath(new URL("inputs/page.ts", import.meta.url));
  const result = await build({ entryPoints: [entry], bundle: true, write: false, format: "esm", platform: "browser" });
  script = result.outputFiles[0]?.text as string;
  wasm = await readFile(fileURLToPath(new URL("../../pkg/dist/wasm/split_events_bg.wasm", import.meta.url)));
});

test.each(inputCases)("$name", async ({ name }) => {
  const context = await browser().newContext();
  onTestFinished(() => context.close());
  await context.route("**/*", (route) => {
    const { pathname } = new URL(route.request().url());
    if (pathname.endsWith(".js")) return route.fulfill({ contentType: "text/javascript", body: script });
    if (pathname.endsWith(".wasm")) return route.fulfill({ contentType: "application/wasm", body: wasm });
    return route.fulfill({ contentType: "text/html", body: '<script type="module" src="page.js"></script>' });
  });
  const page = await context.newPage();
  await page.goto(PAGE);
  await page.waitForFunction(() => "inputs" in globalThis);
  const said = await page.evaluate(
    (name) =>
      inputs.runCase(name)?.then(
        () => "well",
        (error) => String(error),
      ),
    name,
  );
  expect(said).toBe("well");
});
