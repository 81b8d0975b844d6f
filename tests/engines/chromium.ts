import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { chromiumFlags, findChromium } from "../../scripts/chromium.mjs";
import type { Browser, Engine, Key, Page, Settings } from "./engine.js";
import { asExpression, Child, Commands, parsed, type Serializable, until } from "./remote.js";

const KEYS: Record<Key, { code: string; windowsVirtualKeyCode: number; text?: string }> = {
  Tab: { code: "Tab", windowsVirtualKeyCode: 9 },
  Enter: { code: "Enter", windowsVirtualKeyCode: 13, text: "\r" },
  Escape: { code: "Escape", windowsVirtualKeyCode: 27 },
  Space: { code: "Space", windowsVirtualKeyCode: 32, text: " " },
  Delete: { code: "Delete", windowsVirtualKeyCode: 46 },
};

/** By its own protocol: what stands between drivers and Chromium turns the back/forward cache off. */
export const chromium: Engine = {
  name: "Chromium",
  async start(profile, settings = {}) {
    const executable = findChromium();
    if (executable === undefined) throw new Error("no Chromium: run npm run test:engines, which installs it");
    const flags = [
      ...chromiumFlags,
      "--headless",
      "--remote-debugging-port=0",
      "--force-prefers-reduced-motion",
      "--host-resolver-rules=MAP *.test 127.0.0.1",
      `--user-data-dir=${profile}`,
    ];
    const child = new Child(executable, [...flags, "about:blank"]);
    const commands = await Commands.connect(await child.says(/DevTools listening on (ws:\S+)/));
    const downloads = join(profile, "saved");
    mkdirSync(downloads, { recursive: true });
    await commands.send("Browser.setDownloadBehavior", { behavior: "allow", downloadPath: downloads });
    return new Chromium(child, commands, downloads, settings);
  },
};

class Chromium implements Browser {
  readonly downloads: string;
  readonly #child: Child;
  readonly #commands: Commands;
  readonly #settings: Settings;

  constructor(child: Child, commands: Commands, downloads: string, settings: Settings) {
    this.#child = child;
    this.#commands = commands;
    this.downloads = downloads;
    this.#settings = settings;
  }

  async open(url: string): Promise<Page> {
    const { targetId } = await this.#commands.send<{ targetId: string }>("Target.createTarget", { url: "about:blank" });
    const attached = await this.#commands.send<{ sessionId: string }>("Target.attachToTarget", {
      targetId,
      flatten: true,
    });
    const page = new Tab(this.#commands, targetId, attached.sessionId);
    await page.begin(this.#settings);
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
  readonly asked: string[] = [];
  readonly #commands: Commands;
  readonly #target: string;
  readonly #session: string;
  #yes = true;
  #picked: string[] = [];

  constructor(commands: Commands, target: string, session: string) {
    this.#commands = commands;
    this.#target = target;
    this.#session = session;
    commands.listen(({ method, params, sessionId }) => {
      if (sessionId !== session) return;
      if (method === "Page.javascriptDialogOpening") {
        this.asked.push(String(params.type));
        void this.#send("Page.handleJavaScriptDialog", { accept: this.#yes }).catch(() => {});
      }
      if (method === "Page.fileChooserOpened") {
        const { backendNodeId } = params;
        void this.#send("DOM.setFileInputFiles", { backendNodeId, files: this.#picked.splice(0) }).catch(() => {});
      }
    });
  }

  async begin({ dark = false }: Settings): Promise<void> {
    await this.#send("Page.enable");
    const features = [{ name: "prefers-color-scheme", value: dark ? "dark" : "light" }];
    await this.#send("Emulation.setEmulatedMedia", { features });
  }

  async goto(url: string): Promise<void> {
    const { errorText } = await this.#send<{ errorText?: string }>("Page.navigate", { url });
    if (errorText) throw new Error(`${url}: ${errorText}`);
    await this.#shown();
  }

  async evaluate<A extends Serializable[], R>(action: (...args: A) => R | Promise<R>, ...args: A): Promise<R> {
    return parsed(await this.run(asExpression(action, args)));
  }

  async run(expression: string): Promise<string | undefined> {
    type Evaluated = { result: { value?: string }; exceptionDetails?: { exception?: { description?: string } } };
    const { result, exceptionDetails } = await this.#send<Evaluated>("Runtime.evaluate", {
      expression,
      awaitPromise: true,
      returnByValue: true,
    });
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? JSON.stringify(exceptionDetails));
    return result.value;
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

  async click(x: number, y: number, times: number): Promise<void> {
    await this.#send("Page.bringToFront");
    for (let clickCount = 1; clickCount <= times; clickCount += 1) {
      const what = { x, y, button: "left", clickCount };
      await this.#send("Input.dispatchMouseEvent", { type: "mousePressed", ...what });
      await this.#send("Input.dispatchMouseEvent", { type: "mouseReleased", ...what });
    }
  }

  async press(key: Key): Promise<void> {
    const what = { key: key === "Space" ? " " : key, ...KEYS[key] };
    await this.#send("Input.dispatchKeyEvent", { type: what.text ? "keyDown" : "rawKeyDown", ...what });
    await this.#send("Input.dispatchKeyEvent", { type: "keyUp", ...what });
  }

  async type(text: string): Promise<void> {
    await this.#send("Input.insertText", { text });
  }

  async pick(paths: string[]): Promise<void> {
    this.#picked = paths;
    await this.#send("Page.setInterceptFileChooserDialog", { enabled: true });
  }

  get isPicking(): boolean {
    return this.#picked.length > 0;
  }

  answer(yes: boolean): void {
    this.#yes = yes;
  }

  async setOffline(offline: boolean): Promise<void> {
    await this.#send("Network.enable");
    const speed = { latency: 0, downloadThroughput: -1, uploadThroughput: -1 };
    await this.#send("Network.emulateNetworkConditions", { offline, ...speed });
  }

  async resize(width: number, height: number): Promise<void> {
    await this.#send("Emulation.setDeviceMetricsOverride", { width, height, deviceScaleFactor: 1, mobile: false });
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
