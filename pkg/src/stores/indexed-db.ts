import { ConfigError } from "../errors.js";
import { checked } from "../options/checked.js";
import { defaultOf } from "../options/table.js";
import { BufferedStore } from "./buffered.js";
import { Database } from "./indexed-db/database.js";
import type { Store } from "./store.js";

export interface IndexedDbStoreOptions {
  /** Waits until no other page has the store, instead of failing with `store_locked`. */
  wait?: boolean;
  /** Ends the waiting. */
  signal?: AbortSignal;
  /**
   * Milliseconds that opening the database, and each reading and writing, may last. What lasts longer ends with
   * `store_failed`. Default 5,000. Waiting for another page (`wait`) has no limit.
   */
  timeoutMs?: number;
}

const TIMEOUT_MS = defaultOf("indexedDbStore", "timeoutMs");

/**
 * Opens the database of that name, for pages and their workers. A Web Lock keeps it to one of them at a time.
 *
 * A page that comes back from the back/forward cache goes on with its store, unless another page has written to it
 * meanwhile: then every call fails with `store_closed`.
 *
 * @throws ConfigError if an option is wrong.
 * @throws StoreError if it cannot be opened, or not in time.
 */
export async function indexedDbStore(name: string, options?: IndexedDbStoreOptions): Promise<Store> {
  if (typeof name !== "string" || name === "") {
    throw new ConfigError("invalid_name", 'indexedDbStore takes the name of a database, such as "journal"');
  }
  const own = checked("indexedDbStore", options);
  let store: BufferedStore | undefined;
  const database = await Database.open({
    ...own,
    name,
    timeoutMs: own.timeoutMs ?? TIMEOUT_MS,
    onLost: (error) => store?.fail(error),
    onLeave: () => store?.interrupt(),
  });
  store = new BufferedStore(database);
  return store;
}
