/** No timer and no random number may be had there before the first request. */
export const inWorkerd = globalThis.navigator?.userAgent === "Cloudflare-Workers";

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** One thing to do later. In Node it keeps no process alive. */
export class Timer {
  #timer: ReturnType<typeof setTimeout> | undefined;
  #rings = Number.POSITIVE_INFINITY;

  /** Unless something is to be done before. */
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
