import { ConfigError } from "../errors/config-error.js";
import { checked } from "../options/checked.js";
import { defaultOf } from "../options/rows.js";
import type { Options, OptionsOf } from "../options/table.js";
import { BufferedStore } from "./buffered.js";
import { Database } from "./indexed-db/database.js";
import type { Store } from "./store.js";

/** How a database is opened. */
export interface IndexedDbStoreOptions extends OptionsOf<"indexedDbStore">, Options {}

const TIMEOUT_MS = defaultOf("indexedDbStore", "timeoutMs");

/**
 * Opens a store in the IndexedDB database of this name, for pages and their workers. One of them at a time has it, by a
 * Web Lock.
 *
 * A page that comes back from the back/forward cache goes on with its store. If another page has written to it
 * meanwhile, every call fails with `store_closed`.
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
