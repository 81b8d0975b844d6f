import {
  type Client,
  type ClientOptions,
  type ClientReceipt,
  createClient,
  init,
  type Receipt,
  type SendOptions,
  type Store,
  send,
} from "split-events";
import { indexedDbStore } from "split-events/stores/indexed-db";

let client: Client;
let sent: Promise<Receipt>;
let store: Store | undefined;

/** What the tests of the client call in their pages. */
const api = {
  /** Waits for the journal if there is one. */
  async open(options: ClientOptions, journal?: string | null): Promise<void> {
    await init();
    store = journal ? await indexedDbStore(journal, { wait: true }) : undefined;
    client = createClient({ flushIntervalMs: 1_000_000, ...options, ...(store && { journal: store }) });
  },
  track: (events: object[]): string[] =>
    events.map((event) => {
      const { verdict, reason } = client.track(event);
      return reason ?? verdict;
    }),
  flush: (patienceMs: number): Promise<ClientReceipt> => client.flush({ patienceMs }),
  receipt: (): ClientReceipt => client.receipt(),
  queued: (): number => client.queued,
  async close(deadlineMs: number): Promise<ClientReceipt> {
    const receipt = await client.close({ deadlineMs });
    await store?.close();
    return receipt;
  },

  /** Begins a send; `received` waits for its end. */
  send(text: string, options: SendOptions): void {
    sent = send(text, options);
  },
  received: (): Promise<Receipt> => sent,

  /** Returns the code of what opening the store fails with. */
  openStore: (name: string): Promise<string> =>
    indexedDbStore(name).then(
      () => "open",
      ({ code }) => String(code),
    ),
};

declare global {
  var delivering: typeof api;
}

globalThis.delivering = api;
