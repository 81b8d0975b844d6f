import { StoreError } from "../../errors/store-error.js";

export interface WebLockOptions {
  /** Whether to wait for the lock, instead of failing with `store_locked`. */
  wait?: boolean;
  /** Ends the waiting. */
  signal?: AbortSignal;
}

/**
 * Keeps a name to one page or worker. The browser releases it when the page ends, and some browsers when it is cached.
 */
export class WebLock {
  readonly #name: string;
  readonly #release: () => void;
  readonly #owner: string | undefined;
  #lost = false;

  private constructor(name: string, release: () => void, owner: string | undefined) {
    this.#name = name;
    this.#release = release;
    this.#owner = owner;
  }

  /**
   * Takes the lock. `onLost` is called if the browser takes it away later.
   *
   * @throws StoreError if another page has it, or there are no Web Locks.
   */
  static async hold(
    title: string,
    name: string,
    { wait = false, signal }: WebLockOptions,
    onLost: (lock: WebLock) => void,
  ): Promise<WebLock> {
    signal?.throwIfAborted();
    const locks = globalThis.navigator?.locks as LockManager | undefined;
    if (locks === undefined) {
      const why = "there are no Web Locks: use it in a page or worker of a secure context (https or localhost)";
      throw new StoreError("store_failed", `${title} cannot be opened: ${why}`);
    }
    let lock: WebLock | undefined;
    let lost = false;
    const options: LockOptions = wait ? { mode: "exclusive", ...(signal && { signal }) } : { ifAvailable: true };
    const release = await new Promise<() => void>((resolve, reject) => {
      const held = locks.request(name, options, (granted) => {
        if (signal?.aborted) return;
        if (granted) return new Promise<void>((release) => resolve(release));
        const advice = "close the other page, or open it with `wait: true`";
        throw new StoreError("store_locked", `${title} is open in another page or store: ${advice}`);
      });
      held.catch((error: unknown) => {
        reject(error);
        lost = true;
        if (lock) lock.#lose(onLost);
      });
      // Chromium ignores an abort that comes right after the request, and grants the lock later
      signal?.addEventListener("abort", () => reject(signal.reason), { once: true });
    });
    const owner = await holder(name);
    lock = new WebLock(name, release, owner);
    if (lost) lock.#lose(onLost);
    return lock;
  }

  /** Resolves to whether the page still has the lock. A page that comes back from the cache is not told. */
  async isHeld(): Promise<boolean> {
    return !this.#lost && this.#owner === (await holder(this.#name));
  }

  release(): void {
    this.#release();
  }

  #lose(onLost: (lock: WebLock) => void): void {
    this.#lost = true;
    onLost(this);
  }
}

async function holder(name: string): Promise<string | undefined> {
  const { held } = await navigator.locks.query();
  return held?.find((lock) => lock.name === name)?.clientId;
}
