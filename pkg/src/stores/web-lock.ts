import { StoreError } from "../errors.js";

/** Holds a Web Lock until the function that it resolves to is called. The browser gives it back when the page ends. */
export function holdWebLock(
  title: string,
  name: string,
  { wait = false, signal }: { wait?: boolean; signal?: AbortSignal },
  onLost: () => void,
): Promise<() => void> {
  const locks = globalThis.navigator?.locks as LockManager | undefined;
  if (locks === undefined) {
    const why = "there are no Web Locks: use it in a page or worker of a secure context (https or localhost)";
    return Promise.reject(new StoreError("store_failed", `${title} cannot be opened: ${why}`));
  }
  const options: LockOptions = wait ? { mode: "exclusive", ...(signal && { signal }) } : { ifAvailable: true };
  return new Promise((resolve, reject) => {
    const held = locks.request(name, options, (lock) => {
      if (signal?.aborted) return;
      if (lock) return new Promise<void>((release) => resolve(release));
      const advice = "close the other page, or open it with `wait: true`";
      throw new StoreError("store_locked", `${title} is open in another page or store: ${advice}`);
    });
    held.catch((error: unknown) => {
      reject(error);
      onLost();
    });
    // Chromium does not hear an abort that comes right after the request, and grants the lock when its turn is there.
    signal?.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}
