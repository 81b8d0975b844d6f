import type { Page } from "../engine.js";
import { parsed, type Serializable, until } from "../remote.js";

/** How long a page may take until it shows what is waited for. */
const PATIENCE_MS = 15_000;

declare global {
  /** Whether the last click came to its element. */
  var isHit: boolean;
}

/** A part of a name or text, in whatever case, or a pattern. */
export type Wanted = string | RegExp;

export type Role = "alert" | "button" | "dialog" | "heading" | "link" | "list" | "progressbar" | "status";

type Match = { text: string; exact: boolean } | { source: string; flags: string };

/** One step from the elements found so far to those within them. */
type Step =
  | { by: "css"; css: string }
  | { by: "label" | "text"; match: Match }
  | { by: "role"; role: Role; name: Match | undefined }
  | { by: "index"; index: number };

/** Elements of a page as a person finds them. They are looked for anew at each use. */
export class Locator {
  readonly #page: Page;
  readonly #steps: readonly Step[];

  constructor(page: Page, steps: readonly Step[] = []) {
    this.#page = page;
    this.#steps = steps;
  }

  locator(css: string): Locator {
    return this.#with({ by: "css", css });
  }

  getByLabel(label: Wanted): Locator {
    return this.#with({ by: "label", match: matching(label) });
  }

  /** The innermost elements with this text. */
  getByText(text: Wanted, { exact = false } = {}): Locator {
    return this.#with({ by: "text", match: matching(text, exact) });
  }

  /** Visible elements of a role. */
  getByRole(role: Role, { name }: { name?: Wanted } = {}): Locator {
    return this.#with({ by: "role", role, name: name === undefined ? undefined : matching(name) });
  }

  first(): Locator {
    return this.#with({ by: "index", index: 0 });
  }

  async all(): Promise<Locator[]> {
    return Array.from({ length: await this.count() }, (_, index) => this.#with({ by: "index", index }));
  }

  count(): Promise<number> {
    return this.#on((elements) => elements.length);
  }

  /** Waits until one of them is visible, or all are gone. */
  async waitFor({ state = "visible" }: { state?: "visible" | "detached" } = {}): Promise<void> {
    await this.#until(`to be ${state}`, async () => {
      if (state === "detached") return (await this.count()) === 0;
      return this.#on((elements) => elements.some((element) => element.checkVisibility({ visibilityProperty: true })));
    });
  }

  /** Runs the function with the first of them, once there is one. */
  async evaluate<A extends Serializable[], E extends Element, R>(
    action: (element: E, ...args: A) => R,
    ...args: A
  ): Promise<R> {
    await this.#until("to be there", async () => (await this.count()) > 0);
    return this.#run(`(${action})(found[0], ...${JSON.stringify(args)})`);
  }

  textContent(): Promise<string | null> {
    return this.evaluate((element) => element.textContent);
  }

  innerText(): Promise<string> {
    return this.evaluate((element: HTMLElement) => element.innerText);
  }

  allInnerTexts(): Promise<string[]> {
    return this.#on((elements) => elements.map((element) => (element as HTMLElement).innerText));
  }

  getAttribute(name: string): Promise<string | null> {
    return this.evaluate((element, name) => element.getAttribute(name), name);
  }

  inputValue(): Promise<string> {
    return this.evaluate((element: HTMLInputElement) => element.value);
  }

  isDisabled(): Promise<boolean> {
    return this.evaluate((element) => element.matches(":disabled"));
  }

  /** Clicks the first that is visible, once nothing lies over it. */
  async click(times = 1, attempts = 3): Promise<void> {
    const point = await this.#until("to be clickable", () =>
      this.#on(async (elements) => {
        const element = elements.find((one) => one.checkVisibility({ visibilityProperty: true }));
        if (element === undefined || element.matches(":disabled")) return false;
        // a field may be shown by its label alone
        const label = (element as HTMLInputElement).labels?.[0];
        const target = label && element.getBoundingClientRect().width <= 1 ? label : element;
        target.scrollIntoView({ block: "center" });
        const middle = () => {
          const { left, top, width, height } = target.getBoundingClientRect();
          return { x: left + width / 2, y: top + height / 2 };
        };
        const { x, y } = middle();
        await new Promise((resolve) => setTimeout(resolve, 30));
        if (middle().x !== x || middle().y !== y || !target.contains(document.elementFromPoint(x, y))) return false;
        Object.assign(globalThis, { isHit: false });
        target.addEventListener("click", () => Object.assign(globalThis, { isHit: true }), { capture: true });
        return { x, y };
      }),
    );
    await this.#page.click(point.x, point.y, times);
    const wasHit = () => this.#page.evaluate(() => typeof isHit === "undefined" || isHit);
    const hit = await until("the click", wasHit, 1_000).catch(() => false);
    // the page was drawn anew just then
    if (!hit && attempts > 1) await this.click(times, attempts - 1);
  }

  dblclick(): Promise<void> {
    return this.click(2);
  }

  check(): Promise<void> {
    return this.#checked(true);
  }

  uncheck(): Promise<void> {
    return this.#checked(false);
  }

  /** Types the text in place of what is in the field. */
  async fill(text: string): Promise<void> {
    await this.click();
    await this.evaluate((field: HTMLInputElement) => field.select());
    await (text === "" ? this.#page.press("Delete") : this.#page.type(text));
    await this.#until(`to have the value ${text}`, async () => (await this.inputValue()) === text);
  }

  /** Selects by value. A list of choices is no part of the page, so this is done by script. */
  async selectOption(value: string): Promise<void> {
    await this.waitFor();
    await this.evaluate((field: HTMLSelectElement, value) => {
      field.value = value;
      for (const type of ["input", "change"]) field.dispatchEvent(new Event(type, { bubbles: true }));
    }, value);
  }

  /** Chooses these files in the dialog that the field opens. */
  async setInputFiles(paths: string | string[]): Promise<void> {
    await this.#page.pick([paths].flat());
    const asked = () => until("the dialog", async () => !this.#page.isPicking, 4_000).catch(() => false as const);
    // a page that is drawn anew just then loses a click
    await this.#until("to ask for files", async () => {
      await this.click();
      return asked();
    });
  }

  async #checked(wanted: boolean): Promise<void> {
    const checked = () => this.evaluate((field: HTMLInputElement) => field.checked);
    if ((await checked()) === wanted) return;
    await this.click();
    await this.#until(wanted ? "to be checked" : "to be unchecked", async () => (await checked()) === wanted);
  }

  #with(step: Step): Locator {
    return new Locator(this.#page, [...this.#steps, step]);
  }

  #on<R>(action: (elements: Element[]) => R | Promise<R>): Promise<R> {
    return this.#run(`(${action})(found)`);
  }

  async #run<R>(expression: string): Promise<R> {
    const found = `const found = (${find})(${JSON.stringify(this.#steps)})`;
    return parsed(await this.#page.run(`(async () => { ${found}; return JSON.stringify(await ${expression}); })()`));
  }

  async #until<T>(what: string, look: () => Promise<T | false | undefined>): Promise<T> {
    try {
      return await until(`${JSON.stringify(this.#steps)} ${what}`, look, PATIENCE_MS);
    } catch (error) {
      const shown = await this.#page.evaluate(() => document.body.innerText);
      throw new Error(`${(error as Error).message}; the page shows: ${shown}`, { cause: error });
    }
  }
}

function matching(wanted: Wanted, exact = false): Match {
  return typeof wanted === "string" ? { text: wanted, exact } : { source: wanted.source, flags: wanted.flags };
}

/** Runs in the page, and returns the elements that the steps lead to. */
function find(steps: Step[]): Element[] {
  const roles: Record<Role, string> = {
    alert: "[role=alert]",
    button: "button, summary",
    dialog: "dialog",
    heading: "h1",
    link: "a[href]",
    list: "ul, ol",
    progressbar: "progress",
    status: "[role=status]",
  };
  const plain = (text: string | null | undefined) => (text ?? "").replaceAll(/\s+/g, " ").trim();
  const fits = (match: Match, given: string | null | undefined) => {
    const text = plain(given);
    if ("source" in match) return new RegExp(match.source, match.flags).test(text);
    return match.exact ? text === match.text : text.toLowerCase().includes(match.text.toLowerCase());
  };
  const labels = (element: Element) =>
    Array.from((element as HTMLInputElement).labels ?? [], ({ textContent }) => textContent).join(" ");
  const named = (element: Element) => {
    const ids = element.getAttribute("aria-labelledby")?.split(" ") ?? [];
    const by = ids.map((id) => document.getElementById(id)?.textContent).join(" ");
    const isNamedByContent = element.matches("a, button, summary, h1");
    return by || element.getAttribute("aria-label") || labels(element) || (isNamedByContent ? element.textContent : "");
  };
  const visible = (element: Element) => element.checkVisibility({ visibilityProperty: true });
  const within = (roots: (Element | Document)[], css: string) => [
    ...new Set(roots.flatMap((root) => [...root.querySelectorAll(css)])),
  ];
  let found: (Element | Document)[] = [document];
  for (const step of steps) {
    if (step.by === "css") found = within(found, step.css);
    if (step.by === "index") found = found.slice(step.index, step.index + 1);
    if (step.by === "label")
      found = within(found, "input, select, textarea, [aria-label]").filter((one) => fits(step.match, named(one)));
    if (step.by === "role")
      found = within(found, roles[step.role]).filter(
        (one) => (visible(one) || step.role === "status") && (step.name === undefined || fits(step.name, named(one))),
      );
    if (step.by === "text") {
      const texts = within(found, "body *:not(script, style)").filter((one) => fits(step.match, one.textContent));
      found = texts.filter((one) => !texts.some((other) => other !== one && one.contains(other)));
    }
  }
  return found as Element[];
}
