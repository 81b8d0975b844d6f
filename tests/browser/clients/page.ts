import { type Client, type ClientOptions, type ClientReceipt, createClient, init } from "split-events";
import { failModule } from "split-events/internal/debug";
import { indexedDbStore } from "split-events/stores/indexed-db";

let client: Client;

/** What the tests of the client call in their pages. */
const api = {
  /** Sizes of the bodies of requests that outlive the page. */
  kept: [] as number[],

  /** Whether this page was kept in the back/forward cache. */
  persisted: false,

  async open(options: ClientOptions, journal?: string): Promise<void> {
    const kept: ClientOptions["fetch"] = (address, request) => {
      if (request?.keepalive) api.kept.push((request.body as Uint8Array).length);
      return fetch(address, request);
    };
    await api.openPlain({ ...options, fetch: kept }, journal);
  },

  /** The same with the page's own `fetch`, so that the client may leave requests to the browser. */
  async openPlain(options: ClientOptions, journal?: string): Promise<void> {
    await init();
    const store = journal === undefined ? {} : { journal: await indexedDbStore(journal, { wait: true }) };
    client = createClient({ flushIntervalMs: 1_000_000, ...options, ...store });
  },

  /** What another script of the page has in flight, or never reads the answer of. */
  occupy: (address: string, bytes: number): void =>
    void fetch(address, { method: "POST", keepalive: true, body: "x".repeat(bytes) }).catch(() => {}),
  receipt: (): ClientReceipt => client.receipt(),
  trackOne: (event: object): string => {
    const { reason, verdict } = client.track(event);
    return reason ?? verdict;
  },
  track: (events: object[]): string[] => events.map((event) => client.track(event).verdict),
  flush: (patienceMs: number): Promise<ClientReceipt> => client.flush({ patienceMs }),
  queued: (): number => client.queued,
  /** Makes the module fail, and returns the code of the error. */
  fail(): string | undefined {
    try {
      failModule();
    } catch (error) {
      return (error as { code?: string }).code;
    }
    return undefined;
  },
  show(state: "hidden" | "visible"): void {
    Object.defineProperty(document, "visibilityState", { configurable: true, value: state });
    document.dispatchEvent(new Event("visibilitychange"));
  },
  transition(type: "pagehide" | "pageshow"): void {
    dispatchEvent(new PageTransitionEvent(type, { persisted: true }));
  },
};

addEventListener("pageshow", ({ persisted }) => {
  api.persisted = persisted;
});

declare global {
  var clients: typeof api;
}

globalThis.clients = api;
