import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Engine, Key, Page } from "./engine.js";
import { asExpression, Child, Commands, parsed, type Serializable, until } from "./remote.js";

/** Nothing is asked of hosts outside of this machine. What Firefox sets for drivers by itself is enough otherwise. */
const PREFERENCES = {
  "app.normandy.enabled": false,
  "app.update.disabledForTesting": true,
  "browser.download.alwaysOpenPanel": false,
  "browser.download.folderList": 2,
  "browser.region.network.url": "",
  "browser.safebrowsing.blockedURIs.enabled": false,
  "browser.safebrowsing.malware.enabled": false,
  "browser.safebrowsing.phishing.enabled": false,
  "browser.shell.checkDefaultBrowser": false,
  "browser.startup.page": 0,
  "datareporting.policy.dataSubmissionEnabled": false,
  "extensions.update.enabled": false,
  "network.captive-portal-service.enabled": false,
  "network.connectivity-service.enabled": false,
  "network.dns.localDomains": "service.test",
  "services.settings.server": "data:,",
  "toolkit.telemetry.server": "",
  "ui.prefersReducedMotion": 1,
};

const KEYS: Record<Key, string> = {
  Tab: "\ue004",
  Enter: "\ue007",
  Escape: "\ue00c",
  Space: " ",
  Delete: "\ue017",
};

/** By WebDriver BiDi, which Firefox speaks itself: geckodriver is not needed. */
export const firefox: Engine = {
  name: "Firefox",
  async start(profile, { dark = false } = {}) {
    const downloads = join(profile, "saved");
    mkdirSync(downloads, { recursive: true });
    const preferences = {
      ...PREFERENCES,
      "browser.download.dir": downloads,
      "layout.css.prefers-color-scheme.content-override": dark ? 0 : 1,
    };
    const lines = Object.entries(preferences).map(([name, value]) => `user_pref("${name}", ${JSON.stringify(value)});`);
    writeFileSync(join(profile, "user.js"), lines.join("\n"));
    const flags = ["--headless", "--no-remote", "--remote-debugging-port", "0", "--profile", profile];
    const child = new Child(process.env.FIREFOX_PATH ?? "firefox-esr", [...flags, "about:blank"]);
    const address = await child.says(/WebDriver BiDi listening on (ws:\S+)/);
    const commands = await Commands.connect(`${address}/session`);
    const unhandledPromptBehavior = { default: "ignore", file: "dismiss" };
    await commands.send("session.new", { capabilities: { alwaysMatch: { unhandledPromptBehavior } } });
    await commands.send("session.subscribe", {
      events: ["browsingContext.userPromptOpened", "input.fileDialogOpened"],
    });
    return new Firefox(child, commands, downloads);
  },
};

class Firefox implements Browser {
  readonly downloads: string;
  readonly #child: Child;
  readonly #commands: Commands;

  constructor(child: Child, commands: Commands, downloads: string) {
    this.#child = child;
    this.#commands = commands;
    this.downloads = downloads;
  }

  async open(url: string): Promise<Page> {
    const { context } = await this.#commands.send<{ context: string }>("browsingContext.create", { type: "tab" });
    const page = new Tab(this.#commands, context);
    await page.goto(url);
    return page;
  }

  async close(): Promise<void> {
    await this.#commands.send("browser.close").catch(() => {});
    await this.#child.ended();
  }

  kill(): Promise<void> {
    return this.#child.kill();
  }
}

class Tab implements Page {
  readonly asked: string[] = [];
  readonly #commands: Commands;
  readonly #context: string;
  #yes = true;
  #picked: string[] = [];

  constructor(commands: Commands, context: string) {
    this.#commands = commands;
    this.#context = context;
    commands.listen(({ method, params }) => {
      if (params.context !== context) return;
      if (method === "browsingContext.userPromptOpened") {
        this.asked.push(String(params.type));
        void this.#send("browsingContext.handleUserPrompt", { accept: this.#yes }).catch(() => {});
      }
      if (method === "input.fileDialogOpened") {
        const { element } = params;
        void this.#send("input.setFiles", { element, files: this.#picked.splice(0) }).catch(() => {});
      }
    });
  }

  async goto(url: string): Promise<void> {
    await this.#send("browsingContext.navigate", { url, wait: "complete" });
  }

  async evaluate<A extends Serializable[], R>(action: (...args: A) => R | Promise<R>, ...args: A): Promise<R> {
    return parsed(await this.run(asExpression(action, args)));
  }

  async run(expression: string): Promise<string | undefined> {
    type Evaluated = { result?: { value?: string }; exceptionDetails?: { text: string } };
    const { result, exceptionDetails } = await this.#commands.send<Evaluated>("script.evaluate", {
      target: { context: this.#context },
      expression,
      awaitPromise: true,
    });
    if (exceptionDetails) throw new Error(exceptionDetails.text);
    return result?.value;
  }

  async reload(): Promise<void> {
    await this.#send("browsingContext.reload", { wait: "complete" });
  }

  back(): Promise<void> {
    return this.#go(-1);
  }

  forward(): Promise<void> {
    return this.#go(1);
  }

  async close(): Promise<void> {
    await this.#send("browsingContext.close", { promptUnload: true }); // as a person closes it
  }

  async click(x: number, y: number, times: number): Promise<void> {
    await this.#send("browsingContext.activate");
    const twice = [
      { type: "pointerDown", button: 0 },
      { type: "pointerUp", button: 0 },
    ];
    const actions = [{ type: "pointerMove", x: Math.round(x), y: Math.round(y) }, ...Array(times).fill(twice).flat()];
    await this.#send("input.performActions", { actions: [{ type: "pointer", id: "mouse", actions }] });
  }

  press(key: Key): Promise<void> {
    return this.type(KEYS[key]);
  }

  async type(text: string): Promise<void> {
    const actions = Array.from(text).flatMap((value) => [
      { type: "keyDown", value },
      { type: "keyUp", value },
    ]);
    await this.#send("input.performActions", { actions: [{ type: "key", id: "keyboard", actions }] });
  }

  async pick(paths: string[]): Promise<void> {
    this.#picked = paths;
  }

  get isPicking(): boolean {
    return this.#picked.length > 0;
  }

  answer(yes: boolean): void {
    this.#yes = yes;
  }

  async setOffline(offline: boolean): Promise<void> {
    await this.#commands.send("emulation.setNetworkConditions", {
      contexts: [this.#context],
      networkConditions: offline ? { type: "offline" } : null,
    });
  }

  async resize(width: number, height: number): Promise<void> {
    await this.#send("browsingContext.setViewport", { viewport: { width, height } });
  }

  async #go(delta: number): Promise<void> {
    const before = await this.evaluate(() => location.href);
    await this.#send("browsingContext.traverseHistory", { delta });
    await until("going through the history", () =>
      this.evaluate((url) => location.href !== url && document.readyState === "complete", before),
    );
  }

  #send(method: string, params: object = {}): Promise<unknown> {
    return this.#commands.send(method, { context: this.#context, ...params });
  }
}
