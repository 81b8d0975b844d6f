import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Engine, Page } from "./engine.js";
import { asExpression, Child, Commands, parsed, type Serializable, until } from "./remote.js";

/** Nothing is asked of hosts outside of this machine. What Firefox sets for drivers by itself is enough otherwise. */
const PREFERENCES = {
  "app.normandy.enabled": false,
  "app.update.disabledForTesting": true,
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
  "services.settings.server": "data:,",
  "toolkit.telemetry.server": "",
};

/** By WebDriver BiDi, which Firefox speaks itself: geckodriver is not needed. */
export const firefox: Engine = {
  name: "Firefox",
  async start(profile) {
    const lines = Object.entries(PREFERENCES).map(([name, value]) => `user_pref("${name}", ${JSON.stringify(value)});`);
    writeFileSync(join(profile, "user.js"), lines.join("\n"));
    const flags = ["--headless", "--no-remote", "--remote-debugging-port", "0", "--profile", profile];
    const child = new Child(process.env.FIREFOX_PATH ?? "firefox-esr", [...flags, "about:blank"]);
    const address = await child.says(/WebDriver BiDi listening on (ws:\S+)/);
    const commands = await Commands.connect(`${address}/session`);
    await commands.send("session.new", { capabilities: {} });
    return new Firefox(child, commands);
  },
};

class Firefox implements Browser {
  readonly #child: Child;
  readonly #commands: Commands;

  constructor(child: Child, commands: Commands) {
    this.#child = child;
    this.#commands = commands;
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
  readonly #commands: Commands;
  readonly #context: string;

  constructor(commands: Commands, context: string) {
    this.#commands = commands;
    this.#context = context;
  }

  async goto(url: string): Promise<void> {
    await this.#send("browsingContext.navigate", { url, wait: "complete" });
  }

  async evaluate<A extends Serializable[], R>(action: (...args: A) => R | Promise<R>, ...args: A): Promise<R> {
    type Evaluated = { result?: { value?: string }; exceptionDetails?: { text: string } };
    const { result, exceptionDetails } = await this.#commands.send<Evaluated>("script.evaluate", {
      target: { context: this.#context },
      expression: asExpression(action, args),
      awaitPromise: true,
    });
    if (exceptionDetails) throw new Error(exceptionDetails.text);
    return parsed(result?.value);
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
