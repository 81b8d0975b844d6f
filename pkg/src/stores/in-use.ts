import { ConfigError } from "../errors/config-error.js";
import { StoreError } from "../errors/store-error.js";
import type { Store } from "./store.js";

const inUse = new WeakSet<Store>();

/**
 * Takes a store for one client or import of this program, since neither of two would know what the other does. Returns
 * the function that gives it back. `name` is the option with the store.
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

/**
 * Takes the stores of an import before they are read, and gives them back when `work` has ended.
 *
 * @throws ConfigError if both are one store.
 * @throws StoreError if one of them is taken.
 */
export async function withStoresTaken<T>(
  { journal, ledger }: { journal?: Store | undefined; ledger?: Store | undefined },
  work: () => Promise<T>,
): Promise<T> {
  if (journal && journal === ledger) {
    throw new ConfigError("invalid_option", "journal and ledger must be two stores: give each one of its own");
  }
  const giveJournal = takeStore("journal", journal);
  try {
    const giveLedger = takeStore("ledger", ledger);
    try {
      return await work();
    } finally {
      giveLedger();
    }
  } finally {
    giveJournal();
  }
}
