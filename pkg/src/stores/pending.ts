import { assertKey } from "./store.js";

/** Keeps the changes of a store in memory until they are written. `undefined` stands for a key that is removed. */
export abstract class Pending {
  protected pending = new Map<string, Uint8Array | undefined>();

  /** Whether changes may still become durable. A store that was closed or has failed ignores them. */
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
