import { type Client, createClient, init, type Progress, type Receipt, type SendOptions, send } from "split-events";

type Options = Pick<SendOptions, "apiKey" | "endpoint" | "concurrency" | "maxEvents" | "deadlineMs">;

let client: Client;
let sent: Promise<Receipt>;
let feed: (text: string | undefined) => void = () => {};
const stop = new AbortController();

/** What the tests of offline pages call in them. */
const api = {
  progress: {} as Partial<Progress>,
  /** Requests that began, and those of them that began while the browser said that it is offline. */
  begun: 0,
  begunOffline: 0,
  /** Requests that got no answer. */
  broken: 0,

  open(options: Options): void {
    client = createClient({ flushIntervalMs: 1_000_000, ...options, fetch: watched });
  },
  track: (events: object[]): string[] => events.map((event) => client.track(event).verdict),
  flush: (patienceMs: number) => client.flush({ patienceMs }),
  queued: (): number => client.queued,

  /** Begins a send of this input, or of what is given to `feed`. */
  send(options: Options, given?: string): void {
    const texts: (string | undefined)[] = [];
    let wake = () => {};
    feed = (text) => {
      texts.push(text);
      wake();
    };
    async function* input() {
      for (;;) {
        while (texts.length === 0) await new Promise<void>((resolve) => (wake = resolve));
        const text = texts.shift();
        if (text === undefined) return;
        yield text;
      }
    }
    const onProgress = (progress: Progress) => {
      api.progress = progress;
    };
    sent = send(given ?? input(), { ...options, fetch: watched, onProgress, signal: stop.signal });
  },
  /** Gives the input more; `end` ends it. */
  feed: (...texts: string[]) => {
    for (const text of texts) feed(text);
  },
  end: () => feed(undefined),
  stop: () => stop.abort(),
  receipt: () => sent,
};

const watched: typeof fetch = async (address, request) => {
  api.begun += 1;
  if (!navigator.onLine) api.begunOffline += 1;
  try {
    return await fetch(address, request);
  } catch (error) {
    api.broken += 1;
    throw error;
  }
};

declare global {
  var offline: typeof api;
}

await init();
globalThis.offline = api;
