import { type Store, StoreError } from "split-events";
import { type IndexedDbStoreOptions, indexedDbStore } from "split-events/stores/indexed-db";
import { memoryStore } from "split-events/stores/memory";

/** Every database of this page begins so: others of its server are not its own. */
const PREFIX = "split-events-page/";
/** Long enough for other tabs to let go of a database that is to be deleted. */
const PATIENCE_MS = 3000;

/** Where the page keeps what it must not forget, by names. */
export interface Stores {
  /** Why nothing outlives the page; missing where it does. */
  readonly fleeting?: string;
  /** One tab at a time has a store. `wait`: until it is this one's turn. */
  open(name: string, options?: IndexedDbStoreOptions): Promise<Store>;
  names(): Promise<string[]>;
  /** Deletes a store; gives whether it is gone. */
  remove(name: string): Promise<boolean>;
}

/** In this browser's databases; in the page's memory where it keeps none, as in some private windows. */
export async function openStores(probe: string): Promise<Stores> {
  try {
    await (await indexedDbStore(PREFIX + probe)).close();
  } catch (error) {
    if (!isLocked(error)) return inMemory(whyNot(error));
  }
  return inBrowser;
}

/** In the browser's own words, where it said something. */
function whyNot(error: unknown): string {
  const { message, cause } = error instanceof Error ? error : new Error(String(error));
  return cause instanceof Error && cause.message !== "" ? `The browser says: ${cause.message}` : message;
}

/** Another tab has it. */
export function isLocked(error: unknown): boolean {
  return error instanceof StoreError && error.code === "store_locked";
}

const inBrowser: Stores = {
  open: (name, options) => indexedDbStore(PREFIX + name, options),
  async names() {
    // where the browser does not tell, no send can go on, and the ledger holds back what was sent
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

/** Other tabs let go of a database when they hear of it; one that does not hear keeps it until it is closed. */
function deleted(name: string): Promise<boolean> {
  return new Promise((resolve) => {
    const request = indexedDB.deleteDatabase(name);
    request.onsuccess = () => resolve(true);
    request.onerror = () => resolve(false);
    request.onblocked = () => setTimeout(() => resolve(false), PATIENCE_MS);
  });
}
