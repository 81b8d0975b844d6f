import { type Client, type ClientOptions, type ClientReceipt, createClient, init } from "split-events";
import { indexedDbStore } from "split-events/stores/indexed-db";
import { events } from "../../support/events.js";

let client: Client | undefined;

/** What the tests of leaving pages call in them. */
const api = {
  /** Whether this page was kept in the back/forward cache. */
  persisted: false,

  async open(options: ClientOptions, journal?: string): Promise<void> {
    await init();
    client = createClient({
      ...options,
      ...(journal !== undefined && { journal: await indexedDbStore(journal, { wait: true }) }),
      // what a page was told before it was left
      onSettled: ({ state, events }) => {
        if (state === "unknown") localStorage.setItem("unknown", String(api.toldUnknown() + events));
      },
    });
  },
  toldUnknown: (): number => Number(localStorage.getItem("unknown")),
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
