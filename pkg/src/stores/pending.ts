import { assertKey } from "./store.js";

/** Keeps changes in memory until they are written. `undefined` stands for a key that is removed. */
export abstract class Pending {
  protected pending = new Map<string, Uint8Array | undefined>();

  /** Whether a change may still become durable: a store that was closed or has failed ignores it. */
  protected abstract get usable(): boolean;

  put(key: string, value: Uint8Array): void {
    this.putOwned(key, new Uint8Array(value));
  }

  putOwned(key: string, value: Uint8Array): void {
    assertKey(key);
    if (this.usable) this.pending.set(key, value);
  }

  delete(key: string): void {
    assertKey(key);
    if (this.usable) this.pending.set(key, undefined);
  }
}
