import { chromiumFlags, findChromium } from "../../scripts/chromium.mjs";
import type { Browser, Engine, Page } from "./engine.js";
import { asExpression, Child, Commands, parsed, type Serializable, until } from "./remote.js";

/** By its own protocol: what stands between drivers and Chromium turns the back/forward cache off. */
export const chromium: Engine = {
  name: "Chromium",
  async start(profile) {
    const executable = findChromium();
    if (executable === undefined) throw new Error("no Chromium: run npm run test:engines, which installs it");
    const flags = [...chromiumFlags, "--headless", "--remote-debugging-port=0", `--user-data-dir=${profile}`];
    const child = new Child(executable, [...flags, "about:blank"]);
    const commands = await Commands.connect(await child.says(/DevTools listening on (ws:\S+)/));
    return new Chromium(child, commands);
  },
};

class Chromium implements Browser {
  readonly #child: Child;
  readonly #commands: Commands;

  constructor(child: Child, commands: Commands) {
    this.#child = child;
    this.#commands = commands;
  }

  async open(url: string): Promise<Page> {
    const { targetId } = await this.#commands.send<{ targetId: string }>("Target.createTarget", { url: "about:blank" });
    const attached = await this.#commands.send<{ sessionId: string }>("Target.attachToTarget", {
      targetId,
      flatten: true,
    });
    const page = new Tab(this.#commands, targetId, attached.sessionId);
    await page.goto(url);
    return page;
  }

  async close(): Promise<void> {
    await this.#commands.send("Browser.close").catch(() => {});
    await this.#child.ended();
  }

  kill(): Promise<void> {
    return this.#child.kill();
  }
}

class Tab implements Page {
  readonly #commands: Commands;
  readonly #target: string;
  readonly #session: string;

  constructor(commands: Commands, target: string, session: string) {
    this.#commands = commands;
    this.#target = target;
    this.#session = session;
  }

  async goto(url: string): Promise<void> {
    const { errorText } = await this.#send<{ errorText?: string }>("Page.navigate", { url });
    if (errorText) throw new Error(`${url}: ${errorText}`);
    await this.#shown();
  }

  async evaluate<A extends Serializable[], R>(action: (...args: A) => R | Promise<R>, ...args: A): Promise<R> {
    type Evaluated = { result: { value?: string }; exceptionDetails?: { exception?: { description?: string } } };
    const { result, exceptionDetails } = await this.#send<Evaluated>("Runtime.evaluate", {
      expression: asExpression(action, args),
      awaitPromise: true,
      returnByValue: true,
    });
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? JSON.stringify(exceptionDetails));
    return parsed(result.value);
  }

  async reload(): Promise<void> {
    const before = await this.#loader();
    await this.#send("Page.reload");
    await until("reloading", async () => (await this.#loader()) !== before);
    await this.#shown();
  }

  back(): Promise<void> {
    return this.#go(-1);
  }

  forward(): Promise<void> {
    return this.#go(1);
  }

  async close(): Promise<void> {
    await this.#send("Page.close").catch(() => {});
    await until("closing a page", async () => {
      const { targetInfos } = await this.#commands.send<{ targetInfos: { targetId: string }[] }>("Target.getTargets");
      return targetInfos.every(({ targetId }) => targetId !== this.#target);
    });
  }

  async #go(steps: number): Promise<void> {
    type History = { currentIndex: number; entries: { id: number; url: string }[] };
    const { currentIndex, entries } = await this.#send<History>("Page.getNavigationHistory");
    const entry = entries[currentIndex + steps];
    if (entry === undefined) throw new Error("there is no such page in the history");
    await this.#send("Page.navigateToHistoryEntry", { entryId: entry.id });
    await until(`going to ${entry.url}`, () =>
      this.evaluate((url) => location.href === url && document.readyState === "complete", entry.url),
    );
  }

  async #shown(): Promise<void> {
    await until("loading", () => this.evaluate(() => document.readyState === "complete"));
  }

  async #loader(): Promise<string> {
    const { frameTree } = await this.#send<{ frameTree: { frame: { loaderId: string } } }>("Page.getFrameTree");
    return frameTree.frame.loaderId;
  }

  #send<T>(method: string, params: object = {}): Promise<T> {
    return this.#commands.send<T>(method, params, { sessionId: this.#session });
  }
}
