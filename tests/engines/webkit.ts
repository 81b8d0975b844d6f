import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Browser, Engine, Page } from "./engine.js";
import { asExpression, Child, parsed, type Serializable, until, within } from "./remote.js";

const script = fileURLToPath(new URL("webkit.py", import.meta.url));

/** By a small program of our own, on a display that nobody sees. */
export const webkit: Engine = {
  name: "WebKit",
  async start(profile) {
    const display = new Child("Xvfb", ["-displayfd", "2", "-screen", "0", "1280x1024x24", "-nolisten", "tcp"]);
    const number = await display.says(/^(\d+)$/m);
    const env = { ...process.env, DISPLAY: `:${number}`, GDK_BACKEND: "x11", NO_AT_BRIDGE: "1" };
    const child = new Child("/usr/bin/python3", [script, profile], env);
    const browser = new WebKit(child, display);
    await browser.ready();
    return browser;
  },
};

type Answer = { id?: number; value?: string | null; error?: string };

class WebKit implements Browser {
  readonly #child: Child;
  readonly #display: Child;
  readonly #waiting = new Map<number, { resolve(value: string | undefined): void; reject(error: Error): void }>();
  readonly #ready: Promise<void>;
  #count = 0;

  constructor(child: Child, display: Child) {
    this.#child = child;
    this.#display = display;
    const lines = createInterface({ input: child.process.stdout as NodeJS.ReadableStream });
    this.#ready = new Promise((resolve) => lines.once("line", () => resolve()));
    lines.on("line", (line) => this.#settle(JSON.parse(line)));
    lines.on("close", () => {
      for (const { reject } of this.#waiting.values()) reject(new Error("the browser has gone"));
      this.#waiting.clear();
    });
  }

  async ready(): Promise<void> {
    const ended = this.#child.gone.then(() => this.#child.fail("WebKit has ended"));
    await within("starting WebKit", Promise.race([this.#ready, ended]));
  }

  async open(url: string): Promise<Page> {
    const page = new View(this, (await this.send("open")) as string);
    await page.goto(url);
    return page;
  }

  async close(): Promise<void> {
    await this.send("quit").catch(() => {});
    await this.#child.ended().finally(() => this.#display.kill());
  }

  async kill(): Promise<void> {
    await this.#child.kill();
    await this.#display.kill();
  }

  send(action: string, more: object = {}): Promise<string | undefined> {
    this.#count += 1;
    const id = this.#count;
    const answer = new Promise<string | undefined>((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
    this.#child.process.stdin?.write(`${JSON.stringify({ id, do: action, ...more })}\n`);
    return within(`${action} ${JSON.stringify(more).slice(0, 500)}`, answer).finally(() => this.#waiting.delete(id));
  }

  #settle({ id, value, error }: Answer): void {
    const waiting = id === undefined ? undefined : this.#waiting.get(id);
    if (error === undefined) waiting?.resolve(value ?? undefined);
    else waiting?.reject(new Error(error));
  }
}

class View implements Page {
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
    return parsed(await this.#send("evaluate", { body: `return ${asExpression(action, args)}` }));
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
