import { StoreError } from "../errors.js";
import type { Store } from "./store.js";

const inUse = new WeakSet<Store>();

/**
 * Takes a journal for one client or import of this program; the other would write over what the first has written.
 * Returns what gives it back.
 *
 * @throws StoreError if it is taken.
 */
export function takeJournal(journal: Store): () => void {
  if (inUse.has(journal)) {
    throw new StoreError(
      "store_locked",
      "the journal is in use by another client or import of this program: close that first, or give another store",
    );
  }
  inUse.add(journal);
  return () => inUse.delete(journal);
}
