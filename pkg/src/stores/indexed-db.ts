import { type DBSchema, type IDBPDatabase, openDB } from "idb";
import { StoreError } from "../errors.js";
import { checked } from "../options/checked.js";
import { type Backend, BufferedStore, type Changes } from "./buffered.js";
import type { Store } from "./store.js";
import { holdWebLock } from "./web-lock.js";

const ENTRIES = "entries";

interface Schema extends DBSchema {
  [ENTRIES]: { key: string; value: Uint8Array };
}

export interface IndexedDbStoreOptions {
  /** Waits until no other page has the store, instead of failing with `store_locked`. */
  wait?: boolean;
  /** Ends the waiting. */
  signal?: AbortSignal;
}

/** In the database of that name, for pages and their workers. A Web Lock keeps it to one of them at a time. */
export async function indexedDbStore(name: string, options?: IndexedDbStoreOptions): Promise<Store> {
  const own = checked("indexedDbStore", options);
  const title = `the IndexedDB store ${JSON.stringify(name)}`;
  let store: BufferedStore | undefined;
  const lost = (what: string) =>
    store?.fail(new StoreError("store_closed", `${title} was taken away: ${what}: close it and open it again`));

  const release = await holdWebLock(title, `split-events:${name}`, own, () => lost("its lock was stolen"));
  try {
    const database = await openDB<Schema>(name, 1, {
      upgrade: (created) => void created.createObjectStore(ENTRIES),
      blocking: (_current, _wanted, event) => {
        (event.target as IDBDatabase).close();
        lost("another page deletes or changes the database");
      },
      terminated: () => lost("the browser closed the database"),
    });
    const backend = new Database(title, database, release);
    if (!database.objectStoreNames.contains(ENTRIES)) {
      database.close();
      throw new StoreError("store_failed", `${title} is a database of something else: choose another name`);
    }
    store = new BufferedStore(backend);
    return store;
  } catch (cause) {
    release();
    throw cause instanceof StoreError ? cause : explain(title, cause);
  }
}

class Database implements Backend {
  readonly title: string;
  readonly #database: IDBPDatabase<Schema>;
  readonly #release: () => void;

  constructor(title: string, database: IDBPDatabase<Schema>, release: () => void) {
    this.title = title;
    this.#database = database;
    this.#release = release;
  }

  keys(): Promise<string[]> {
    return this.#database.getAllKeys(ENTRIES);
  }

  async read(keys: readonly string[]): Promise<(Uint8Array | undefined)[]> {
    if (keys.length === 0) return [];
    const { store, done } = this.#database.transaction(ENTRIES);
    const [values] = await Promise.all([Promise.all(keys.map((key) => store.get(key))), done]);
    return values;
  }

  async write(changes: Changes): Promise<void> {
    const { store, done } = this.#database.transaction(ENTRIES, "readwrite", { durability: "strict" });
    const requests = Array.from(changes, ([key, value]) => (value ? store.put(value, key) : store.delete(key)));
    await Promise.all([...requests, done]);
  }

  async close(): Promise<void> {
    this.#database.close();
    this.#release();
  }

  explain(cause: unknown): StoreError {
    return explain(this.title, cause);
  }
}

function explain(title: string, cause: unknown): StoreError {
  const { name, message } = cause instanceof Error ? cause : { name: "Error", message: String(cause) };
  return name === "QuotaExceededError"
    ? new StoreError("store_full", `${title} has no room: ${message}: free space for this site`, cause)
    : new StoreError("store_failed", `${title} failed: ${name}: ${message}: close it and open it again`, cause);
}
