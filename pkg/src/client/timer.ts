/** Whether this is a Worker, which has no timers and random numbers before its first request. */
export const inWorkerd = globalThis.navigator?.userAgent === "Cloudflare-Workers";

/** Resolves after `ms` milliseconds. */
export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Runs one action later. In Node it does not keep the process alive. */
export class Timer {
  #timer: ReturnType<typeof setTimeout> | undefined;
  #rings = Number.POSITIVE_INFINITY;

  /** Runs the action after `ms` milliseconds, unless one is to run before. */
  set(ms: number, action: () => void): void {
    const rings = Date.now() + ms;
    if (rings >= this.#rings) return;
    this.clear();
    this.#rings = rings;
    this.#timer = setTimeout(() => {
      this.clear();
      action();
    }, ms);
    (this.#timer as { unref?: () => void }).unref?.();
  }

  clear(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#rings = Number.POSITIVE_INFINITY;
  }
}
