import { type Browser, chromium } from "playwright-core";
import { chromiumFlags, findChromium, howToGetChromium } from "../../scripts/chromium.mjs";
import { Failure } from "../../scripts/lib/say.mjs";

const PATIENCE = 60_000;

let launched: Promise<Browser> | undefined;

/** Opens a page in a profile of its own, and returns the result that it shows. */
export async function open(url: string): Promise<string> {
  launched ??= launch();
  const context = await (await launched).newContext();
  const told: string[] = [];
  try {
    const page = await context.newPage();
    page.on("console", (message) => told.push(`${message.type()}: ${message.text()}`));
    page.on("pageerror", (error) => told.push(`uncaught: ${error.message}`));
    page.on("requestfailed", (request) => told.push(`failed: ${request.url()}: ${request.failure()?.errorText}`));
    await page.goto(url, { timeout: PATIENCE });
    const shown = page.locator("#result, #error");
    await shown.waitFor({ timeout: PATIENCE });
    const text = (await shown.textContent()) ?? "";
    if ((await shown.getAttribute("id")) === "error") throw new Failure(text, told.join("\n"));
    return text;
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw new Failure(`the page shows no result: ${(error as Error).message.split("\n", 1)[0]}`, told.join("\n"));
  } finally {
    await context.close();
  }
}

/** Ends the Chromium, if one was started. */
export async function closeBrowser(): Promise<void> {
  await (await launched)?.close();
  launched = undefined;
}

function launch(): Promise<Browser> {
  const executablePath = findChromium();
  if (executablePath === undefined) throw new Failure(`no Chromium: ${howToGetChromium}`);
  return chromium.launch({ executablePath, args: chromiumFlags });
}
