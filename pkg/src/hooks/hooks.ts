import { TABLE } from "../options/rows.js";
import { show } from "./show.js";

type Hook = (...values: never[]) => unknown;

/** The options that are hooks. */
const NAMES = new Set(TABLE.filter(({ type }) => type === "hook").map(({ name }) => name));

/** Calls the user's hooks. What a hook throws or rejects with is counted, and the first of each is shown. */
export class Hooks {
  #errors = 0;
  readonly #shown = new Set<string>();
  readonly #pending = new Map<Promise<void>, string>();

  /** How often a hook has failed. */
  get errors(): number {
    return this.#errors;
  }

  /**
   * Returns the options with hooks that never throw. What they return is `undefined`, or a promise that never rejects.
   */
  guarded<Options extends object>(options: Options): Options {
    const guarded = { ...options } as Record<string, unknown>;
    for (const name of NAMES) {
      const hook = guarded[name];
      if (typeof hook === "function") guarded[name] = this.guard(name, hook as Hook);
    }
    return guarded as Options;
  }

  /** Returns such a hook. */
  guard<Values extends unknown[]>(
    name: string,
    hook: (...values: Values) => unknown,
  ): (...values: Values) => Promise<void> | undefined {
    return (...values) => {
      try {
        const told = hook(...values);
        if (typeof (told as PromiseLike<unknown> | undefined)?.then !== "function") return undefined;
        return this.#watch(name, told as PromiseLike<unknown>);
      } catch (error) {
        this.#failed(name, error);
        return undefined;
      }
    };
  }

  /**
   * Waits at most `ms` milliseconds for the promises that hooks have returned. Counts `onUndelivered` as failed if its
   * promise is not settled then.
   */
  async ended(ms = 0): Promise<void> {
    if (this.#pending.size === 0) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, ms);
    });
    await Promise.race([Promise.all(this.#pending.keys()), late]);
    clearTimeout(timer);
    for (const name of this.#pending.values()) {
      if (name !== "onUndelivered") continue;
      this.#failed(name, new Error("the promise of onUndelivered did not settle in time"));
    }
  }

  #watch(name: string, told: PromiseLike<unknown>): Promise<void> {
    const settled: Promise<void> = Promise.resolve(told)
      .then(
        () => {},
        (error) => this.#failed(name, error),
      )
      .then(() => void this.#pending.delete(settled));
    this.#pending.set(settled, name);
    return settled;
  }

  #failed(name: string, error: unknown): void {
    this.#errors += 1;
    if (this.#shown.has(name)) return;
    this.#shown.add(name);
    show(`${name} failed, and the delivery goes on`, error);
  }
}
