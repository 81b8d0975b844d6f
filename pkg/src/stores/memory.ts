import { StoreError } from "../errors/store-error.js";
import { assertKey, type Store } from "./store.js";

const DONE = Promise.resolve();

/** Returns a store in memory, for tests and for pages that keep no data. It ends with its object. */
export function memoryStore(): Store {
  const values = new Map<string, Uint8Array>();
  let closed = false;
  const assertOpen = () => {
    if (closed) throw new StoreError("store_closed", "the store in memory was closed: make another one");
  };
  const putOwned = (key: string, value: Uint8Array) => {
    assertKey(key);
    if (!closed) values.set(key, value);
  };
  return {
    async *entries() {
      assertOpen();
      const found = Array.from(values).sort(([a], [b]) => (a < b ? -1 : 1));
      for (const [key, value] of found) yield [key, new Uint8Array(value)];
    },
    put: (key, value) => putOwned(key, new Uint8Array(value)),
    putOwned,
    delete(key) {
      assertKey(key);
      values.delete(key);
    },
    sync() {
      if (!closed) return DONE;
      return new Promise(assertOpen as () => never);
    },
    async close() {
      closed = true;
      values.clear();
    },
  };
}
