import { ConfigError, type Receipt, resumeImport, send } from "split-events";
import { indexedDbStore } from "split-events/stores/indexed-db";
import { leftIn } from "../../crashes/left.ts";

export interface Import {
  journal: string;
  endpoint: string;
  text: string;
  /** The journal keeps bodies. */
  bodies: boolean;
}

const api = {
  /** Waits for the journal, and begins the import or goes on with it. */
  async run({ journal, endpoint, text, bodies }: Import): Promise<Receipt> {
    const store = await indexedDbStore(journal, { wait: true });
    try {
      const options = { apiKey: "a-key-for-tests", endpoint };
      try {
        return await send(text, { ...options, maxEvents: 20, journal: store, journalBodies: bodies });
      } catch (error) {
        if (!(error instanceof ConfigError && error.code === "journal_used")) throw error;
        return await resumeImport(store, { ...options, ...(bodies ? {} : { source: text }) });
      }
    } finally {
      await store.close();
    }
  },

  async left(journal: string) {
    const store = await indexedDbStore(journal, { wait: true });
    const left = await leftIn(store);
    await store.close();
    return left;
  },
};

declare global {
  var crashes: typeof api;
}

globalThis.crashes = api;
