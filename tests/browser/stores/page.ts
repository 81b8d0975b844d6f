import { type IndexedDbStoreOptions, indexedDbStore } from "split-events/stores/indexed-db";
import { read, rejected, storeCases, text } from "../../support/store-contract.js";

/** What the tests of the IndexedDB store call in their pages. */
const api = {
  indexedDbStore,
  read,
  rejected,
  text,

  async runCase(wanted: string): Promise<void> {
    const found = storeCases.find(({ name }) => name === wanted);
    if (!found) throw new Error(`there is no case ${wanted}`);
    await found.run(() => indexedDbStore(wanted));
  },

  /** Writes numbered entries until the page ends, a few of them to a sync, and says on the console how far it is. */
  async writeOn(name: string, from: number): Promise<never> {
    const store = await indexedDbStore(name, { wait: true });
    for (let count = from; ; ) {
      for (const end = count + 1 + (count % 5); count < end; count += 1) {
        store.put(`entry/${String(count).padStart(8, "0")}`, text(`${count};`.repeat(1000)));
      }
      await store.sync();
      console.log(`synced ${count}`);
    }
  },

  /** Another connection that lets nobody else read or write for so long. */
  async occupy(name: string, ms: number): Promise<void> {
    const database = await api.database(name);
    const entries = database.transaction("entries", "readwrite").objectStore("entries");
    const end = performance.now() + ms;
    await new Promise<void>((resolve) => {
      const goOn = () => {
        if (performance.now() < end) entries.get(1).onsuccess = goOn;
        else resolve();
      };
      goOn();
    });
    database.close();
  },

  /** As it was made before there were marks. */
  database: (name: string, version = 1): Promise<IDBDatabase> =>
    new Promise((resolve, reject) => {
      const request = indexedDB.open(name, version);
      request.onupgradeneeded = () => void request.result.createObjectStore("entries");
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    }),

  /** Fails with the message and the code. */
  async open(name: string, options?: IndexedDbStoreOptions) {
    try {
      return await indexedDbStore(name, options);
    } catch (error) {
      const { code, message } = error as { code?: string; message: string };
      throw new Error(`${code}: ${message}`);
    }
  },
};

declare global {
  var stores: typeof api;
}

globalThis.stores = api;
