import { StoreError } from "../errors.js";
import type { Store } from "./store.js";

const inUse = new WeakSet<Store>();

/**
 * Takes a store for one client or import of this program: what two do at once neither would know. Returns what gives it
 * back. `name` is the option that it was given as.
 *
 * @throws StoreError if it is taken.
 */
export function takeStore(name: "journal" | "ledger", store: Store | undefined): () => void {
  if (store === undefined) return () => {};
  if (inUse.has(store)) {
    throw new StoreError(
      "store_locked",
      `the ${name} is in use by another client or import of this program: wait for its end, or give another store`,
    );
  }
  inUse.add(store);
  return () => inUse.delete(store);
}
