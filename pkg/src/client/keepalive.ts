import type { PlatformFetch as Fetch } from "../platform-types.js";

/**
 * How many turns of the microtask queue are one task for sure. Firefox rejects a request without room after 2 turns.
 */
const TURNS = 32;
/** The time within which no answer of a service comes, in milliseconds. */
const SOON_MS = 3;

/**
 * Returns the `fetch` for the client of a page. A request that outlives the page fails with the code `KEEPALIVE_FULL`
 * if it was rejected before it left. While the page is hidden and a journal has what is sent, every request outlives
 * the page if there is room.
 */
export function pageFetch(own: Fetch | undefined, isStored: boolean): Fetch {
  const post: Fetch = (address, request) => (own ?? globalThis.fetch)(address, request);
  return async (address, request) => {
    if (request?.keepalive) return keptAlive(post, address, request);
    if (isStored && document.visibilityState === "hidden") {
      try {
        return await keptAlive(post, address, { ...request, keepalive: true });
      } catch (error) {
        if ((error as { code?: unknown } | null)?.code !== "KEEPALIVE_FULL") throw error;
      }
    }
    return post(address, request);
  };
}

/**
 * Sends a request that outlives the page. All scripts of a page share 64 KiB for such requests, and a request without
 * room is rejected like a broken connection. Observed: Firefox rejects it within the task of the call, Chromium and
 * WebKit in a task before any that was posted after the call. If the page is busy, a broken connection may be told as
 * early; but then Chromium has an entry of it among its resources, and in WebKit it takes longer.
 */
async function keptAlive(post: Fetch, address: Parameters<Fetch>[0], request: RequestInit): Promise<Response> {
  const resources = new Resources();
  const began = performance.now();
  const answer = post(address, request);
  let isLater = false;
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => {
    isLater = true;
    port1.close();
  };
  port2.postMessage(null);
  let turns = 0;
  const count = async () => {
    for (; turns < TURNS; turns++) await undefined;
  };
  void count();
  try {
    return await answer;
  } catch (error) {
    const isSameTask = turns < TURNS;
    const isAtOnce =
      !isLater && !resources.since(began) && (resources.tellFailures || performance.now() - began < SOON_MS);
    if (!isSameTask && !isAtOnce) throw error;
    const full = new TypeError("the browser has no room for another request that outlives the page");
    throw Object.assign(full, { code: "KEEPALIVE_FULL" });
  } finally {
    resources.stop();
  }
}

/** Watches what the page requests from now on. Chromium also tells requests that have failed. */
class Resources {
  readonly tellFailures: boolean;
  readonly #observer: PerformanceObserver | undefined;
  readonly #starts: number[] = [];

  constructor() {
    const { PerformanceObserver } = globalThis;
    const isObserved = PerformanceObserver?.supportedEntryTypes?.includes("resource");
    this.tellFailures = isObserved && "userAgentData" in navigator; // Chromium
    if (!isObserved) return;
    this.#observer = new PerformanceObserver((list) => this.#take(list.getEntries()));
    this.#observer.observe({ type: "resource" });
  }

  /** Returns whether a request that began since then has ended. */
  since(began: number): boolean {
    this.#take(this.#observer?.takeRecords() ?? []);
    return this.#starts.some((start) => start >= began - 1);
  }

  stop(): void {
    this.#observer?.disconnect();
  }

  #take(entries: PerformanceEntry[]): void {
    for (const { startTime } of entries) this.#starts.push(startTime);
  }
}
