import { deleteDB, type IDBPDatabase, openDB } from "idb";
import type { KeptReceipt, PastSend } from "../../link/protocol.js";

const MOST = 20;
export const HISTORY = "history";
const NAME = "split-events-page/history";
const SENDS = "sends";
const RECEIPTS = "receipts";

/** The last sends, the newest first. They end with the thread if the browser keeps nothing. */
export class History {
  /** The sends of a browser that keeps nothing. */
  #fleeting = new Map<string, PastSend>();
  #receipts = new Map<string, KeptReceipt>();

  async sends(): Promise<PastSend[]> {
    const kept = (await isThere()) ? await within((database) => database.getAll(SENDS)) : [];
    const sends: PastSend[] = kept ?? [...this.#fleeting.values()];
    return sends.sort((a, b) => b.at - a.at);
  }

  async find(id: string): Promise<PastSend | undefined> {
    return (await this.sends()).find((send) => send.id === id);
  }

  async receipt(id: string): Promise<KeptReceipt | undefined> {
    const kept = (await isThere()) ? await within((database) => database.get(RECEIPTS, id)) : undefined;
    return kept ?? this.#receipts.get(id);
  }

  /** Keeps the receipt of a send, without its events. */
  async keep(receipt: KeptReceipt): Promise<void> {
    const isKept = await within(async (database) => {
      await database.put(RECEIPTS, receipt);
      return true;
    });
    if (!isKept) this.#receipts.set(receipt.id, receipt);
  }

  /** Adds a send, or changes it. */
  async put(send: PastSend): Promise<void> {
    const others = (await this.sends()).filter(({ id }) => id !== send.id);
    const old = [send, ...others].sort((a, b) => b.at - a.at).slice(MOST);
    const isKept = await within(async (database) => {
      await database.put(SENDS, send);
      for (const { id } of old) await removeFrom(database, id);
      return true;
    });
    if (isKept) return;
    this.#fleeting.set(send.id, send);
    for (const { id } of old) this.#fleeting.delete(id);
  }

  async remove(id: string): Promise<void> {
    this.#fleeting.delete(id);
    this.#receipts.delete(id);
    if (await isThere()) await within((database) => removeFrom(database, id));
  }

  async clear(): Promise<void> {
    this.#fleeting.clear();
    this.#receipts.clear();
    if (await isThere()) await deleteDB(NAME).catch(() => {});
  }
}

async function removeFrom(database: IDBPDatabase, id: string): Promise<void> {
  for (const table of [SENDS, RECEIPTS]) await database.delete(table, id);
}

/** Tells whether the database is there: to open it makes it, and the page that has sent nothing keeps nothing. */
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
        for (const table of [SENDS, RECEIPTS]) made.createObjectStore(table, { keyPath: "id" });
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
