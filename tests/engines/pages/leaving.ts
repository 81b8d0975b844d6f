import { type Client, type ClientOptions, type ClientReceipt, createClient, init } from "split-events";
import { indexedDbStore } from "split-events/stores/indexed-db";
import { events } from "../../support/events.js";

let client: Client | undefined;

/** What the tests of leaving pages call in them. */
const api = {
  /** Whether this page was kept in the back/forward cache. */
  persisted: false,

  /** A journal that is not given comes as `null`: it comes as JSON. */
  async open(options: ClientOptions, journal?: string | null): Promise<void> {
    await init();
    const store = journal ? { journal: await indexedDbStore(journal, { wait: true }) } : {};
    client = createClient({ ...options, ...store });
  },
  isOpen: (): boolean => client !== undefined,
  /** Those with these numbers. */
  track(from: number, to: number): string[] {
    const tracked = events(to)
      .slice(from)
      .map((event) => (client as Client).track(event));
    return tracked.map(({ verdict, reason }) => reason ?? verdict);
  },
  flush: async (patienceMs: number): Promise<ClientReceipt> => (client as Client).flush({ patienceMs }),
  receipt: (): ClientReceipt => (client as Client).receipt(),
};

addEventListener("pageshow", ({ persisted }) => {
  api.persisted = persisted;
});

declare global {
  var leaving: typeof api;
}

globalThis.leaving = api;
