import type { Store } from "split-events";
import { type IndexedDbStoreOptions, indexedDbStore } from "split-events/stores/indexed-db";
import { read, storeCases } from "../../support/store-contract.js";

const key = (number: number) => `entry/${String(number).padStart(8, "0")}`;

/** What the tests of stores call in their pages. */
const api = {
  store: undefined as Store | undefined,
  /** How many entries are synced. */
  synced: 0,
  /** Whether the page has come back from the cache. */
  cached: false,

  async runCase(wanted: string): Promise<void> {
    const found = storeCases.find(({ name }) => name === wanted);
    if (!found) throw new Error(`there is no case ${wanted}`);
    await found.run(() => indexedDbStore(wanted));
  },

  /** Gives the milliseconds that it took, or the error. */
  async open(name: string, options?: IndexedDbStoreOptions): Promise<number | string> {
    const begun = performance.now();
    try {
      api.store = await indexedDbStore(name, options);
      return performance.now() - begun;
    } catch (error) {
      return said(error);
    }
  },

  /** Puts so many entries of so many bytes, which no sync makes durable. */
  put(count: number, bytes = 1, from = 0): void {
    for (let number = from; number < from + count; number += 1)
      api.opened.put(key(number), new Uint8Array(bytes).fill(number));
  },

  sync: (): Promise<string> => rejectedWith(api.opened.sync()),
  failure: (): string | undefined => api.opened.failure && said(api.opened.failure),

  leaveWithPage(): void {
    addEventListener("pagehide", () => api.opened.leave?.());
  },

  /** Writes and reads until the page ends. */
  async goOn(): Promise<void> {
    for (let count = 0; ; ) {
      for (const end = count + 10; count < end; count += 1)
        api.opened.put(key(count), new Uint8Array(10_000).fill(count));
      void read(api.opened);
      await api.opened.sync();
      api.synced = count;
    }
  },

  /** How many entries there are, where each is as it was put, with so many bytes (0: any). */
  async count(bytes = 0): Promise<number> {
    let count = 0;
    for await (const [name, value] of api.opened.entries()) {
      const isWhole = bytes === 0 || value.length === bytes;
      if (name !== key(count) || !isWhole || value.some((byte) => byte !== count % 256)) {
        throw new Error(`${name}, of ${value.length} bytes, is not ${key(count)} as it was put`);
      }
      count += 1;
    }
    return count;
  },

  close: () => api.opened.close(),
  inLocalStorage: () => Object.keys(localStorage),

  get opened(): Store {
    if (!api.store) throw new Error("no store is open");
    return api.store;
  },
};

function said(error: unknown): string {
  const { code, message } = error as { code?: string; message: string };
  return `${code}: ${message}`;
}

const rejectedWith = (promise: Promise<unknown>) => promise.then(() => "done", said);

addEventListener("pageshow", ({ persisted }) => {
  api.cached = persisted;
});

declare global {
  var page: typeof api;
}

globalThis.page = api;
