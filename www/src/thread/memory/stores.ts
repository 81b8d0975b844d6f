import { type Store, StoreError } from "split-events";
import { type IndexedDbStoreOptions, indexedDbStore } from "split-events/stores/indexed-db";
import { memoryStore } from "split-events/stores/memory";

/** The beginning of the names of this page's databases; others of its server are not its own. */
const PREFIX = "split-events-page/";
/** How long other tabs may take to let go of a database that is to be deleted. */
const PATIENCE_MS = 3000;

/** The stores in which the page keeps what it must not forget, by name. */
export interface Stores {
  /** Why they end with the page; missing if they outlive it. */
  readonly fleeting?: string;
  /** Opens a store, which one tab at a time has. `wait` waits for this tab's turn. */
  open(name: string, options?: IndexedDbStoreOptions): Promise<Store>;
  names(): Promise<string[]>;
  /** Deletes a store. Returns whether it is gone. */
  remove(name: string): Promise<boolean>;
}

/** Opens stores in this browser's databases, or in the page's memory if the browser keeps none, as in some private windows. */
export async function openStores(probe: string): Promise<Stores> {
  try {
    await (await indexedDbStore(PREFIX + probe)).close();
  } catch (error) {
    if (!isLocked(error)) return inMemory(whyNot(error));
  }
  return inBrowser;
}

/** Says why the browser keeps nothing, in its own words if it has some. */
function whyNot(error: unknown): string {
  const { message, cause } = error instanceof Error ? error : new Error(String(error));
  return cause instanceof Error && cause.message !== "" ? `The browser says: ${cause.message}` : message;
}

/** Tells whether another tab has the store. */
export function isLocked(error: unknown): boolean {
  return error instanceof StoreError && error.code === "store_locked";
}

const inBrowser: Stores = {
  open: (name, options) => indexedDbStore(PREFIX + name, options),
  async names() {
    // if the browser does not list them, no send can go on, but the ledger still holds back what was sent
    const databases = await indexedDB.databases?.().catch(() => []);
    return (databases ?? []).flatMap(({ name }) => (name?.startsWith(PREFIX) ? [name.slice(PREFIX.length)] : []));
  },
  remove: (name) => deleted(PREFIX + name),
};

function inMemory(fleeting: string): Stores {
  const stores = new Map<string, Store>();
  return {
    fleeting,
    async open(name) {
      const store = stores.get(name) ?? { ...memoryStore(), close: async () => {} };
      stores.set(name, store);
      return store;
    },
    names: async () => [...stores.keys()],
    remove: async (name) => {
      stores.delete(name);
      return true;
    },
  };
}

/** Deletes a database. A tab that does not react to the deletion keeps it until the tab is closed. */
function deleted(name: string): Promise<boolean> {
  return new Promise((resolve) => {
    const request = indexedDB.deleteDatabase(name);
    request.onsuccess = () => resolve(true);
    request.onerror = () => resolve(false);
    request.onblocked = () => setTimeout(() => resolve(false), PATIENCE_MS);
  });
}
