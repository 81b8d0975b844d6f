import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { Browser, Engine, Key, Page } from "./engine.js";
import { startProxy, type TestProxy } from "./proxy.js";
import { asExpression, Child, parsed, type Serializable, until, within } from "./remote.js";

const script = fileURLToPath(new URL("webkit.py", import.meta.url));

const KEYS: Record<Key, string> = {
  Tab: "Tab",
  Enter: "Return",
  Escape: "Escape",
  Space: "space",
  Delete: "Delete",
};

/** X's names of the characters that are not named by themselves. */
const CHARACTERS: Record<string, string> = { " ": "space", "-": "minus", ".": "period", ":": "colon", "/": "slash" };

/** The double-click time of GTK is 400 ms. */
const DOUBLE_CLICK_MS = 600;

declare global {
  var handled: number;
}

/** By a small program of our own, on a display that nobody sees. */
export const webkit: Engine = {
  name: "WebKit",
  async start(profile, { dark = false } = {}) {
    const downloads = join(profile, "saved");
    mkdirSync(downloads, { recursive: true });
    const proxy = await startProxy();
    const display = new Child("Xvfb", ["-displayfd", "2", "-screen", "0", "1280x1024x24", "-nolisten", "tcp"]);
    const number = await display.says(/^(\d+)$/m);
    const env = { ...process.env, DISPLAY: `:${number}`, GDK_BACKEND: "x11", NO_AT_BRIDGE: "1" };
    const flags = [profile, downloads, proxy.url, dark ? "dark" : "light"];
    const child = new Child("/usr/bin/python3", [script, ...flags], env);
    const browser = new WebKit(child, display, downloads, proxy);
    await browser.ready();
    return browser;
  },
};

type Answer = { id?: number; value?: string | null; error?: string; page?: string; asked?: string; chosen?: true };

class WebKit implements Browser {
  readonly downloads: string;
  readonly proxy: TestProxy;
  readonly #child: Child;
  readonly #display: Child;
  readonly #waiting = new Map<number, { resolve(value: string | undefined): void; reject(error: Error): void }>();
  readonly #ready: Promise<void>;
  readonly #pages = new Map<string, View>();
  #count = 0;
  #hasGone = false;

  constructor(child: Child, display: Child, downloads: string, proxy: TestProxy) {
    this.downloads = downloads;
    this.proxy = proxy;
    this.#child = child;
    this.#display = display;
    const lines = createInterface({ input: child.process.stdout as NodeJS.ReadableStream });
    this.#ready = new Promise((resolve) => lines.once("line", () => resolve()));
    lines.on("line", (line) => this.#settle(JSON.parse(line)));
    lines.on("close", () => {
      this.#hasGone = true;
      for (const { reject } of this.#waiting.values()) reject(new Error("the browser has gone"));
      this.#waiting.clear();
    });
  }

  async ready(): Promise<void> {
    const ended = this.#child.gone.then(() => this.#child.fail("WebKit has ended"));
    await within("starting WebKit", Promise.race([this.#ready, ended]));
  }

  async open(url: string): Promise<Page> {
    const name = (await this.send("open")) as string;
    const page = new View(this, name);
    this.#pages.set(name, page);
    await page.goto(url);
    return page;
  }

  async close(): Promise<void> {
    await this.send("quit").catch(() => {});
    await this.#child.ended().finally(() => this.#display.kill());
    this.proxy.close();
  }

  async kill(): Promise<void> {
    await this.#child.kill();
    await this.#display.kill();
    this.proxy.close();
  }

  async send(action: string, more: object = {}): Promise<string | undefined> {
    if (this.#hasGone) throw new Error("the browser has gone");
    this.#count += 1;
    const id = this.#count;
    const answer = new Promise<string | undefined>((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
    this.#child.process.stdin?.write(`${JSON.stringify({ id, do: action, ...more })}\n`);
    return within(`${action} ${JSON.stringify(more).slice(0, 500)}`, answer).finally(() => this.#waiting.delete(id));
  }

  #settle({ id, value, error, page: name, asked, chosen }: Answer): void {
    const page = name === undefined ? undefined : this.#pages.get(name);
    if (asked) page?.asked.push(asked);
    if (page && chosen) page.isPicking = false;
    const waiting = id === undefined ? undefined : this.#waiting.get(id);
    if (error === undefined) waiting?.resolve(value ?? undefined);
    else waiting?.reject(new Error(error));
  }
}

class View implements Page {
  isPicking = false;
  #clicked = 0;
  readonly asked: string[] = [];
  readonly #browser: WebKit;
  readonly #page: string;

  constructor(browser: WebKit, page: string) {
    this.#browser = browser;
    this.#page = page;
  }

  goto(url: string): Promise<void> {
    return this.#load("goto", { url });
  }

  async evaluate<A extends Serializable[], R>(action: (...args: A) => R | Promise<R>, ...args: A): Promise<R> {
    return parsed(await this.run(asExpression(action, args)));
  }

  run(expression: string): Promise<string | undefined> {
    return this.#send("evaluate", { body: `return ${expression}` });
  }

  reload(): Promise<void> {
    return this.#load("reload");
  }

  back(): Promise<void> {
    return this.#load("back");
  }

  forward(): Promise<void> {
    return this.#load("forward");
  }

  async close(): Promise<void> {
    await this.#send("close");
  }

  async click(x: number, y: number, times: number): Promise<void> {
    // a click that follows at once at the same place is a double click
    await sleep(this.#clicked + DOUBLE_CLICK_MS - Date.now());
    this.#clicked = Date.now();
    await this.#handled("mouseup", times, () => this.#send("click", { x, y, times }));
  }

  async press(key: Key): Promise<void> {
    await this.#handled("keyup", 1, () => this.#send("type", { names: [KEYS[key]] }));
  }

  async type(text: string): Promise<void> {
    const names = Array.from(text, (character) => CHARACTERS[character] ?? character);
    await this.#handled("keyup", names.length, () => this.#send("type", { names }));
  }

  async pick(paths: string[]): Promise<void> {
    this.isPicking = true;
    await this.#send("pick", { paths });
  }

  answer(yes: boolean): void {
    void this.#send("answer", { yes }).catch(() => {}); // it may be closed
  }

  /** WebKitGTK takes this from the network of the machine. So the page is told, and the proxy takes nothing. */
  async setOffline(offline: boolean): Promise<void> {
    this.#browser.proxy.setOffline(offline);
    await this.evaluate((offline) => {
      Object.defineProperty(navigator, "onLine", { configurable: true, value: !offline });
      dispatchEvent(new Event(offline ? "offline" : "online"));
    }, offline);
  }

  async resize(width: number, height: number): Promise<void> {
    await this.#send("resize", { width, height });
    await until("resizing", () =>
      this.evaluate((width, height) => innerWidth === width && innerHeight === height, width, height),
    );
  }

  /** The X server takes keys and clicks at once, and the page gets them later. A dialog or another page may take the last. */
  async #handled(type: "mouseup" | "keyup", count: number, act: () => Promise<unknown>): Promise<void> {
    await this.evaluate((type) => {
      Object.assign(globalThis, { handled: 0 });
      addEventListener(
        type,
        function count() {
          handled += 1;
        },
        { capture: true },
      );
    }, type);
    await act();
    const isHandled = () => this.evaluate((count) => typeof handled === "undefined" || handled >= count, count);
    await until("handling", isHandled, 2_000).catch(() => {});
  }

  /** WebKit says "finished" of the page before too. */
  async #load(action: string, more: object = {}): Promise<void> {
    const shown = () => this.evaluate(() => `${location.href} ${performance.timeOrigin} ${document.readyState}`);
    const before = await shown();
    await this.#send(action, more);
    await until(action, async () => {
      const now = await shown();
      return now !== before && now.endsWith(" complete");
    });
  }

  #send(action: string, more: object = {}): Promise<string | undefined> {
    return this.#browser.send(action, { page: this.#page, ...more });
  }
}
