import { ConfigError } from "../errors/config-error.js";
import type { StoreError } from "../errors/store-error.js";

/**
 * A small durable map from text keys to bytes, with one owner at a time. Keys are 1 to 512 printable ASCII characters,
 * so that every store has them in the same order. Any other key is a `ConfigError`.
 *
 * The changes between two calls of `sync` become durable all together or not at all. A failure is final: from then on
 * `sync` and `entries` reject with the same `StoreError`, and only a store that is opened anew tells what it holds.
 */
export interface Store {
  /** Yields all entries in the order of their keys. The bytes belong to the caller. */
  entries(): AsyncIterable<[key: string, value: Uint8Array]>;
  /**
   * Sets a key: at once for `entries`, and durably after the next `sync`. The caller may change the bytes afterwards.
   */
  put(key: string, value: Uint8Array): void;
  /** Does the same with bytes that the caller never changes afterwards, which spares a copy. Not every store has it. */
  putOwned?(key: string, value: Uint8Array): void;
  /** Removes a key, if there is one. */
  delete(key: string): void;
  /**
   * Resolves when all changes made before are durable, and rejects if that is not sure. Calls in a row share the work.
   */
  sync(): Promise<void>;
  /**
   * Begins to make all changes durable within this call, without waiting for a callback. For a page in `pagehide`, where
   * no callback is sure to come. Who opens the store next finds the changes. A page that lives on calls `sync` as before.
   * Only stores for pages have it.
   */
  leave?(): void;
  /** The error of every later call, once the store has failed or was taken away. */
  readonly failure?: StoreError | undefined;
  /** Releases the store after the syncs under way. Changes that were not synced may be lost. */
  close(): Promise<void>;
}

const KEY = /^[\x20-\x7e]{1,512}$/;

/** @throws ConfigError if a key is not 1 to 512 printable ASCII characters. */
export function assertKey(key: string): void {
  if (KEY.test(key)) return;
  const got = typeof key === "string" ? JSON.stringify(key.slice(0, 80)) : typeof key;
  throw new ConfigError("invalid_key", `a store's key must be 1 to 512 printable ASCII characters, not ${got}`);
}

/** Returns the store as the module writes to it. The module never changes bytes that it has put. */
export function writable(store: Store | undefined): Pick<Store, "put" | "delete" | "sync"> | undefined {
  if (typeof store?.putOwned !== "function") return store;
  return {
    put: (key, value) => store.putOwned?.(key, value),
    delete: (key) => store.delete(key),
    sync: () => store.sync(),
  };
}
