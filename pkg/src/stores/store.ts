import { ConfigError } from "../errors/config-error.js";
import type { StoreError } from "../errors/store-error.js";

/**
 * A small durable map from text keys to bytes, with one owner at a time. Keys are 1 to 512 printable ASCII characters,
 * so that every store has them in the same order; another key is a `ConfigError`.
 *
 * What lies between two calls of `sync` becomes durable as a whole or not at all. A failure is final: `sync` and
 * `entries` reject with the same `StoreError` from then on, and only a store opened anew tells what is there.
 */
export interface Store {
  /** Everything in it, in the order of the keys. Read once, when a run begins. The bytes are the caller's own. */
  entries(): AsyncIterable<[key: string, value: Uint8Array]>;
  /** Sets a key. Takes effect at once for `entries`, and is durable after the next `sync`. The bytes are the caller's again when it returns. */
  put(key: string, value: Uint8Array): void;
  /** The same for bytes that nobody else will change: they are the store's. Spares a copy, where a store has it. */
  putOwned?(key: string, value: Uint8Array): void;
  /** Removes a key, if it is there. */
  delete(key: string): void;
  /** Resolves when all that was put and deleted before is durable; rejects if that cannot be promised. Calls in a row share the work. */
  sync(): Promise<void>;
  /**
   * Begins at once, without waiting for anything, to make durable all that was put and deleted. For pages, in `pagehide`,
   * where nothing that is waited for is sure to come; whoever opens the store next finds it. A page that lives on calls
   * `sync` as ever. Stores that no page has may not have it.
   */
  leave?(): void;
  /** What every call will fail with, where the store has failed or was taken away. */
  readonly failure?: StoreError | undefined;
  /** Gives the store's lock back, after the syncs under way. What was not synced may be lost. */
  close(): Promise<void>;
}

const KEY = /^[\x20-\x7e]{1,512}$/;

export function assertKey(key: string): void {
  if (KEY.test(key)) return;
  const got = typeof key === "string" ? JSON.stringify(key.slice(0, 80)) : typeof key;
  throw new ConfigError("invalid_key", `a store's key must be 1 to 512 printable ASCII characters, not ${got}`);
}

/** What the module writes to: what it puts it never touches again. */
export function writable(store: Store | undefined): Pick<Store, "put" | "delete" | "sync"> | undefined {
  if (typeof store?.putOwned !== "function") return store;
  return {
    put: (key, value) => store.putOwned?.(key, value),
    delete: (key) => store.delete(key),
    sync: () => store.sync(),
  };
}
