import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Receipt } from "split-events";
import { onTestFinished } from "vitest";
import { Folder } from "../../support/folder.js";
import type { Browser, Key, Page, Settings } from "../engine.js";
import { newProfile, useBrowser } from "../engines.js";
import { until } from "../remote.js";
import { Locator, type Role, type Wanted } from "./locator.js";
import { servePage } from "./site.js";

/** The key that is typed in. */
export const KEY = "sdk-key-7c1e-must-never-show";

/** A file that a test hands to the page. */
export interface TestFile {
  name: string;
  text: string | Buffer;
}

export type Kind = "events" | "clean" | "repaired" | "refused" | "warned" | "accepted" | "unknown" | "unsent";

interface VisitOptions extends Settings {
  endpoint?: string;
  /** A script that runs before those of the page. */
  before?: string;
  /** The folder of the server that the page lies in, with a slash at both ends. */
  folder?: string;
}

/** Returns a function that opens the page, each time at an origin of its own. */
export function useVisits(): (options?: VisitOptions) => Promise<Visit> {
  const browser = useBrowser();
  return async ({ endpoint, before, folder, dark = false } = {}) => {
    const query = endpoint === undefined ? "" : `?endpoint=${encodeURIComponent(endpoint)}`;
    const used = dark ? await newProfile().start({ dark }) : browser();
    return Visit.begin(used, `${await servePage(before, folder)}${query}`);
  };
}

/** A person in front of the page. */
export class Visit {
  readonly page: Screen;
  readonly #browser: Browser;
  readonly #address: string;

  static async begin(browser: Browser, address: string): Promise<Visit> {
    const page = await browser.open(address);
    onTestFinished(async () => {
      page.answer(true);
      await page.close().catch(() => {});
    });
    const visit = new Visit(browser, new Screen(page), address);
    await visit.#shown();
    return visit;
  }

  private constructor(browser: Browser, page: Screen, address: string) {
    this.#browser = browser;
    this.page = page;
    this.#address = address;
  }

  get origin(): string {
    return new URL(this.#address).origin;
  }

  /** The current step, without the announcements for screen readers. */
  get main(): Locator {
    return this.page.locator("main");
  }

  /** The addresses of all requests of the page and its thread that have ended. */
  requests(): Promise<string[]> {
    return this.page.evaluate(async () => {
      const channel = new BroadcastChannel("requests");
      const ofThread = new Promise<string[]>((resolve) => {
        channel.onmessage = ({ data }) => resolve(data);
        setTimeout(() => resolve([]), 500);
      });
      channel.postMessage("");
      const own = performance.getEntriesByType("resource").map(({ name }) => name);
      const all = [...own, ...(await ofThread)];
      channel.close();
      return all;
    });
  }

  /** Everything that broke the page's policy, every uncaught error, and every error or warning on the console. */
  faults(): Promise<string[]> {
    return this.page.evaluate(() => (globalThis as unknown as { faults: string[] }).faults);
  }

  /** Waits for a step with this in its heading. */
  async heading(name: Wanted): Promise<void> {
    await this.page.getByRole("heading", { name }).waitFor();
  }

  async choose(...files: TestFile[]): Promise<void> {
    const folder = new Folder();
    await this.choosePaths(...files.map(({ name, text }) => folder.write(name, text)));
    await this.page.getByRole("list", { name: "Files" }).waitFor();
  }

  async choosePaths(...paths: string[]): Promise<void> {
    await this.page.getByLabel("Choose files").setInputFiles(paths);
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

  /** Loads the page again, and goes to its first step. */
  async reload(): Promise<void> {
    await this.page.reload();
    await this.page.getByRole("heading").waitFor();
    if (await this.page.evaluate(() => location.hash !== "")) {
      await this.receipt();
      await this.page.getByRole("link", { name: "File" }).click();
    }
    await this.#shown();
  }

  /** Opens the same page in another tab of the same browser. */
  otherTab(): Promise<Visit> {
    return Visit.begin(this.#browser, this.#address);
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
  async download(link: string | RegExp): Promise<{ name: string; text: string }> {
    const found = this.page.getByRole("link", { name: link });
    const name = (await found.getAttribute("download")) ?? "";
    const path = join(this.#browser.downloads, name);
    await found.click();
    // Firefox begins with an empty file, beside which the content is written
    const isSaved = () => existsSync(path) && !existsSync(`${path}.part`);
    const text = await until(`${path} to be saved`, async () => (isSaved() && readFileSync(path, "utf8")) || undefined);
    rmSync(path);
    return { name, text };
  }

  async savedReceipt(): Promise<Receipt> {
    return JSON.parse((await this.download("Receipt (JSON)")).text) as Receipt;
  }

  async text(): Promise<string> {
    return (await this.main.innerText()).replaceAll(/\s+/g, " ");
  }

  async #shown(): Promise<void> {
    await this.heading("Know what Split would drop.");
    await this.page.evaluate(() => {
      const faults: string[] = [];
      Object.assign(globalThis, { faults });
      addEventListener("error", ({ message }) => faults.push(`uncaught: ${message}`));
      addEventListener("unhandledrejection", ({ reason }) => faults.push(`uncaught: ${reason}`));
      document.addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) =>
        faults.push(`policy: ${violatedDirective} ${blockedURI}`),
      );
      for (const kind of ["error", "warn"] as const) {
        console[kind] = (...words) => void faults.push(`console: ${words.join(" ")}`);
      }
    });
  }
}

/** What a person sees of a page, and the keyboard. */
export class Screen {
  readonly #page: Page;
  readonly #root: Locator;

  constructor(page: Page) {
    this.#page = page;
    this.#root = new Locator(page);
  }

  /** The kinds of the questions of the browser so far, such as `beforeunload`. */
  get asked(): readonly string[] {
    return this.#page.asked;
  }

  locator = (css: string): Locator => this.#root.locator(css);
  getByLabel = (label: Wanted): Locator => this.#root.getByLabel(label);
  getByText = (text: Wanted, options?: { exact?: boolean }): Locator => this.#root.getByText(text, options);
  getByRole = (role: Role, options?: { name?: Wanted }): Locator => this.#root.getByRole(role, options);
  evaluate: Page["evaluate"] = (action, ...args) => this.#page.evaluate(action, ...args);
  run = (expression: string): Promise<string | undefined> => this.#page.run(expression);
  answer = (yes: boolean): void => this.#page.answer(yes);
  press = (key: Key): Promise<void> => this.#page.press(key);
  type = (text: string): Promise<void> => this.#page.type(text);
  pick = (...paths: string[]): Promise<void> => this.#page.pick(paths);
  setOffline = (offline: boolean): Promise<void> => this.#page.setOffline(offline);
  resize = (width: number, height: number): Promise<void> => this.#page.resize(width, height);
  reload = (): Promise<void> => this.#page.reload();
  close = (): Promise<void> => this.#page.close();
}
