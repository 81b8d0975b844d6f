import { deleteDB, type IDBPDatabase, openDB } from "idb";

export const DATABASE = "history";
const NAME = `split-events-page/${DATABASE}`;

/** The tables of the page's own database; journals and the ledger are databases of their own. */
const TABLES = ["sends", "receipts", "drafts", "mappings"] as const;
export type Table = (typeof TABLES)[number];

/** Returns all entries of a table, or `undefined` if the browser keeps nothing. */
export async function allOf<T>(table: Table): Promise<T[] | undefined> {
  return (await isThere()) ? within((database) => database.getAll(table)) : undefined;
}

export async function read<T>(table: Table, id: string): Promise<T | undefined> {
  return (await isThere()) ? within((database) => database.get(table, id)) : undefined;
}

/** Writes entries, and removes others. Returns whether the browser keeps them. */
export async function write(table: Table, entry: { id: string }): Promise<boolean> {
  const isKept = await within(async (database) => {
    await database.put(table, entry);
    return true;
  });
  return isKept === true;
}

export async function remove(table: Table, id: string): Promise<void> {
  if (await isThere()) await within((database) => database.delete(table, id));
}

/** Deletes the database. */
export async function removeAll(): Promise<void> {
  if (await isThere()) await deleteDB(NAME).catch(() => {});
}

/** Tells whether the database is there: to open it makes it, and a page that knows nothing keeps nothing. */
async function isThere(): Promise<boolean> {
  try {
    const databases = await indexedDB.databases();
    return databases.some(({ name }) => name === NAME);
  } catch {
    return true; // the browser does not list them
  }
}

/** Returns what the action returns, or `undefined` if the browser keeps nothing. */
async function within<T>(action: (database: IDBPDatabase) => Promise<T>): Promise<T | undefined> {
  let database: IDBPDatabase | undefined;
  try {
    database = await openDB(NAME, 1, {
      upgrade(made) {
        for (const table of TABLES) made.createObjectStore(table, { keyPath: "id" });
      },
      blocking: (_, __, { target }) => (target as IDBDatabase).close(),
    });
    return await action(database);
  } catch {
    return undefined;
  } finally {
    database?.close();
  }
}
