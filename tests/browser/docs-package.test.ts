import { expect, test } from "vitest";
import { blocksFor } from "../support/package-page.js";
import { fileOf, Pasted } from "../support/pasted.js";
import { useChromium } from "./chromium.js";

const chromium = useChromium();

test("the page of docs/PACKAGE.md runs as pasted, by Node alone and by a bundler", async () => {
  const blocks = blocksFor("browser");
  expect(blocks.map((block) => fileOf(block))).toEqual(["main.js", "index.html", "serve.mjs", undefined]);
  const pasted = await Pasted.begin();
  await pasted.run("npm install split-events");
  await pasted.serve("npx split-events sandbox --port 8787", "the sandbox is at");
  for (const block of blocks.slice(0, 3)) pasted.save(block);

  await pasted.serve("node serve.mjs", "open http");
  await shows(pasted.url(8790), "1 accepted, 0 unknown, 0 unsent");
  expect(await pasted.ledger()).toHaveLength(1);

  await pasted.serve(blocks[3]?.text ?? "", "Local:");
  await shows(pasted.url(8789).replace("127.0.0.1", "localhost"), "1 accepted, 0 unknown, 0 unsent");
  expect(await pasted.ledger()).toHaveLength(2);
});

async function shows(url: string, text: string): Promise<void> {
  const context = await chromium.browser().newContext();
  const page = await context.newPage();
  const told: string[] = [];
  page.on("console", (message) => told.push(message.text()));
  page.on("pageerror", (error) => told.push(error.message));
  await page.goto(url);
  await page
    .getByText(text)
    .waitFor({ timeout: 30_000 })
    .catch(() => expect(told).toEqual([text]));
  await context.close();
}
