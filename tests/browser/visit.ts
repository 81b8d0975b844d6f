import { readFile } from "node:fs/promises";
import type { BrowserContextOptions, Download, Locator, Page } from "playwright-core";
import type { Receipt } from "split-events";
import { onTestFinished } from "vitest";
import { useChromium } from "./chromium.js";
import { useSite } from "./site.js";

/** The key that is typed in. */
export const KEY = "sdk-key-7c1e-must-never-show";

/** A file that a test hands to the page. */
export interface TestFile {
  name: string;
  text: string | Buffer;
}

export type Kind = "events" | "clean" | "repaired" | "refused" | "warned" | "accepted" | "unknown" | "unsent";

/** Returns a function that opens the page, each time in a browser profile of its own. */
export function useVisits(
  flags?: readonly string[],
): (options?: { endpoint?: string } & BrowserContextOptions) => Promise<Visit> {
  const { browser } = useChromium(flags);
  const site = useSite();
  return async ({ endpoint, ...options } = {}) => {
    const context = await browser().newContext({ reducedMotion: "reduce", ...options });
    onTestFinished(() => context.close());
    const visit = new Visit(await context.newPage(), site.url());
    const query = endpoint === undefined ? "" : `?endpoint=${encodeURIComponent(endpoint)}`;
    await visit.page.goto(`${site.url()}${query}`);
    await visit.heading("Know what Split would drop.");
    return visit;
  };
}

/** A person in front of the page. */
export class Visit {
  readonly page: Page;
  readonly origin: string;
  /** Everything that the console showed, and every uncaught error. */
  readonly console: string[] = [];
  /** Every request, as `GET http://...`. */
  readonly requests: string[] = [];

  constructor(page: Page, site: string) {
    this.page = page;
    this.origin = new URL(site).origin;
    page.setDefaultTimeout(10_000);
    page.on("console", (message) => this.console.push(`${message.type()}: ${message.text()}`));
    page.on("pageerror", (error) => this.console.push(`uncaught: ${error.message}`));
    page.on("request", (request) => this.requests.push(`${request.method()} ${request.url()}`));
  }

  /** The current step, without the announcements for screen readers. */
  get main(): Locator {
    return this.page.locator("main");
  }

  /** The POST requests of the page. */
  get posts(): string[] {
    return this.requests.filter((request) => request.startsWith("POST "));
  }

  /** Waits for a step whose heading begins with `start`. */
  async heading(start: string | RegExp): Promise<void> {
    await this.page.getByRole("heading", { level: 1, name: start }).waitFor();
  }

  async choose(...files: TestFile[]): Promise<void> {
    const payloads = files.map(({ name, text }) => ({ name, mimeType: "text/plain", buffer: Buffer.from(text) }));
    await this.page.getByLabel("Choose files").setInputFiles(payloads);
    await this.page.getByRole("list", { name: "Files" }).waitFor();
  }

  async chooseExample(): Promise<void> {
    await this.press("Try the documentation’s example");
    await this.page.getByRole("list", { name: "Files" }).waitFor();
  }

  async press(name: string | RegExp): Promise<void> {
    await this.page.getByRole("button", { name }).click();
  }

  /** Goes from the check on, and presses Send. */
  async send(key: string = KEY): Promise<void> {
    await this.press(/^Continue with/);
    await this.page.getByLabel("SDK key").fill(key);
    await this.press(/^Send /);
  }

  async receipt(): Promise<void> {
    await this.page.getByText("Every event is accounted for.").waitFor();
  }

  /** Reads the figure of a kind. */
  async figure(kind: Kind): Promise<number> {
    const text = await this.page.locator(`[data-kind="${kind}"] .count`).textContent();
    return Number(text?.replaceAll(",", ""));
  }

  /** Opens the page again, as after a crash or the next day. */
  async reload(): Promise<void> {
    await this.page.reload();
    await this.heading("Know what Split would drop.");
  }

  /** Opens another tab of the same browser. */
  async otherTab(): Promise<Visit> {
    const address = this.page.url();
    const visit = new Visit(await this.page.context().newPage(), address);
    await visit.page.goto(address);
    await visit.heading("Know what Split would drop.");
    return visit;
  }

  /** Opens every folded part of the page. */
  async openAll(): Promise<void> {
    const closed = this.page.locator("details:not([open]) > summary");
    while ((await closed.count()) > 0) await closed.first().click();
  }

  async states(): Promise<Record<"accepted" | "refused" | "unknown" | "unsent", number>> {
    return {
      accepted: await this.figure("accepted"),
      refused: await this.figure("refused"),
      unknown: await this.figure("unknown"),
      unsent: await this.figure("unsent"),
    };
  }

  issue(code: string): Locator {
    return this.page.locator(`[data-code="${code}"]`);
  }

  /** Returns the file that a link saves. */
  async download(name: string | RegExp): Promise<{ name: string; text: string }> {
    const saved = this.page.waitForEvent("download");
    await this.page.getByRole("link", { name }).click();
    const download: Download = await saved;
    return { name: download.suggestedFilename(), text: await readFile(await download.path(), "utf8") };
  }

  async savedReceipt(): Promise<Receipt> {
    return JSON.parse((await this.download("Receipt (JSON)")).text) as Receipt;
  }

  async text(): Promise<string> {
    return (await this.page.locator("main").innerText()).replaceAll(/\s+/g, " ");
  }
}
