const MOST = 20;
const NAME = "split-events-page/history";

export interface Counts {
  accepted: number;
  refused: number;
  unknown: number;
  /** Without the events that were sent before. */
  unsent: number;
  sentBefore: number;
}

/** A send from this browser, without its events and its key. */
export interface PastSend {
  /** Also the name of its journal. */
  id: string;
  /** When it began, in Unix milliseconds. */
  at: number;
  /** The names of its files. */
  files: string[];
  host: string;
  /** How it ended; missing if the page was left before. */
  counts?: Counts;
  /** The number of its events that can still be sent. */
  left?: number;
}

/** The last sends, the newest first. They end with the page if the browser keeps nothing. */
export class History {
  #sends: PastSend[] = [];

  get sends(): readonly PastSend[] {
    try {
      const kept: unknown = JSON.parse(localStorage.getItem(NAME) ?? "[]");
      if (Array.isArray(kept)) this.#sends = kept as PastSend[];
    } catch {
      // the sends that this page remembers stay
    }
    return this.#sends;
  }

  find(id: string): PastSend | undefined {
    return this.sends.find((send) => send.id === id);
  }

  /** Adds a send, or changes it. */
  put(send: PastSend): void {
    const others = this.sends.filter(({ id }) => id !== send.id);
    this.#keep([send, ...others].sort((a, b) => b.at - a.at).slice(0, MOST));
  }

  remove(id: string): void {
    this.#keep(this.sends.filter((send) => send.id !== id));
  }

  clear(): void {
    this.#keep([]);
  }

  #keep(sends: PastSend[]): void {
    this.#sends = sends;
    try {
      if (sends.length > 0) localStorage.setItem(NAME, JSON.stringify(sends));
      else localStorage.removeItem(NAME);
    } catch {
      // as above
    }
  }
}
