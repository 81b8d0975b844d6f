import { onPage } from "./client/page.js";
import { inWorkerd, sleep, Timer } from "./client/timer.js";
import { asError, ConfigError, type StoreError } from "./errors.js";
import { loadJournal } from "./import.js";
import { eventText } from "./input/objects.js";
import { KnownKeys } from "./known-keys.js";
import { assertReady } from "./module.js";
import { runId } from "./run.js";
import type { ClientOptions, ClientReceipt, Delivered, FlushOptions, Tracked } from "./types.js";
import { RawClient, RawJournal } from "./wasm/split_events.js";

const FLUSH_INTERVAL_MS = 5_000;
const PATIENCE_MS = 30_000;
const CLOSE_MS = 10_000;
const BUSY_MS = 25;

/**
 * A client for a page or a server that lives long: events are checked at once, queue, and leave in batches. Synchronous:
 * in browsers call `await init()` first.
 *
 * ```js
 * const client = createClient({ apiKey });
 * const { verdict, issues } = client.track({ eventTypeId, trafficTypeName, key, value, timestamp: Date.now() });
 * const receipt = await client.close();
 * ```
 *
 * @throws ConfigError if an option is wrong.
 */
export function createClient(options: ClientOptions): Client {
  return new Client(options);
}

export class Client {
  readonly #options: ClientOptions;
  /** For what is in a full batch, or is tried again; and for the batch being filled. */
  readonly #soon = new Timer();
  readonly #interval = new Timer();
  readonly #offPage: () => void;
  #raw: RawClient | undefined;
  #opening: Promise<void> | undefined;
  /** At the deadline of `close` every request is cut, whoever began it. */
  readonly #late = new AbortController();
  #closed = false;

  /** Use {@link createClient}. */
  constructor(options: ClientOptions) {
    assertReady();
    this.#options = options ?? {};
    const { flushIntervalMs = FLUSH_INTERVAL_MS } = this.#options;
    if (!(typeof flushIntervalMs === "number" && flushIntervalMs > 0)) {
      throw new ConfigError(
        "invalid_option",
        `flushIntervalMs must be milliseconds, more than 0, not ${flushIntervalMs}`,
      );
    }
    // Workers draw no random numbers before their first request: there it is made with the first event
    if (!inWorkerd) this.#make();
    this.#offPage = onPage({ leave: () => this.#leave(), comeBack: () => this.#sendIn(0) });
  }

  /** Checks an event and queues it. Nothing is ever dropped without a word: see `reason` and `dropped`. */
  track(event: object): Tracked {
    if (this.#closed) return { verdict: "rejected", issues: [], reason: "closed" };
    const raw = this.#make();
    const tracked: Tracked = raw.track(eventText(event), Date.now());
    if (raw.full) this.#sendIn(0);
    if (raw.queued > 0) this.#sealIn(this.#options.flushIntervalMs ?? FLUSH_INTERVAL_MS);
    return tracked;
  }

  /** How many events are held: queued, or on their way. */
  get queued(): number {
    return this.#raw?.queued ?? 0;
  }

  /**
   * Sends what is queued, and gives what ended since the last receipt. What was certainly not taken stays queued and is
   * sent later.
   *
   * @throws StoreError if the journal cannot be read or written.
   */
  async flush({ signal, patienceMs = PATIENCE_MS }: FlushOptions = {}): Promise<ClientReceipt> {
    const raw = this.#make();
    await this.#opening;
    raw.seal();
    // where another flush is under way its promise is not awaited: in Workers it may belong to another request
    while (
      (await this.#deliver({ patienceMs, cutSignal: this.#late.signal, ...(signal && { signal }) })) === undefined &&
      raw.queued > 0
    ) {
      if (signal?.aborted) break;
      await sleep(BUSY_MS);
    }
    return raw.receipt(false);
  }

  /** Flushes while the Worker's answer is already on its way. */
  waitUntil(context: { waitUntil(promise: Promise<unknown>): void }, options?: FlushOptions): void {
    context.waitUntil(this.flush(options));
  }

  /**
   * Sends what is queued, cuts what is in flight at the deadline, and ends the client. The receipt tells what stayed
   * unsent; with a journal the next client takes it up. `track` rejects from now on. A process that ends without it
   * loses what is queued: call it before, as on SIGTERM.
   */
  async close({ deadlineMs = CLOSE_MS }: { deadlineMs?: number } = {}): Promise<ClientReceipt> {
    if (this.#closed) throw new ConfigError("client_closed", "the client was closed already");
    this.#closed = true;
    this.#soon.clear();
    this.#interval.clear();
    this.#offPage();
    const raw = this.#make();
    const late = this.#late;
    const until = Date.now() + deadlineMs;
    const timer = setTimeout(() => late.abort(), deadlineMs);
    let failure: unknown;
    try {
      await this.#opening;
      raw.seal();
      while (raw.queued > 0 && !late.signal.aborted) {
        const patienceMs = Math.max(0, until - Date.now());
        const delivered = await this.#deliver({ patienceMs, signal: late.signal, cutSignal: late.signal });
        if (delivered === undefined) await sleep(BUSY_MS);
        else if (delivered.waitMs === undefined || delivered.waitMs > until - Date.now()) break;
      }
      raw.write();
      await this.#options.journal?.sync();
    } catch (error) {
      failure = error;
    } finally {
      clearTimeout(timer);
    }
    const receipt: ClientReceipt = raw.receipt(true);
    return failure === undefined ? receipt : { ...receipt, storeError: failure as StoreError };
  }

  #make(): RawClient {
    if (this.#raw) return this.#raw;
    const { journal } = this.#options;
    const raw = plain(() => new RawClient(this.#options, runId(), KnownKeys.shared(this.#options.knownKeys)));
    if (journal === undefined) plain(() => raw.open(new RawJournal()));
    else {
      this.#opening = loadJournal(journal).then((held) => {
        plain(() => raw.open(held));
        this.#sendIn(0);
      });
      this.#opening.catch(() => {}); // flush and close tell it
    }
    this.#raw = raw;
    return raw;
  }

  /** Nothing where another call is under way. */
  async #deliver(options: object): Promise<Delivered | undefined> {
    const call: Promise<Delivered & { failed: boolean }> | undefined = plain(() => this.#raw?.deliver(options));
    if (call === undefined) return undefined;
    const delivered = await call;
    if (delivered.failed) await this.#options.journal?.sync(); // it says why
    return delivered;
  }

  /** Nothing that was tracked waits longer. */
  #sealIn(ms: number): void {
    // no request of a Worker outlives its answer unless it is waited for
    if (inWorkerd || this.#closed) return;
    this.#interval.set(ms, () => {
      this.#make().seal();
      this.#sendIn(0);
    });
  }

  #sendIn(ms: number): void {
    if (inWorkerd || this.#closed) return;
    this.#soon.set(ms, () => {
      this.#deliver({ cutSignal: this.#late.signal }).then(
        (delivered) => {
          if (delivered === undefined) this.#sendIn(BUSY_MS);
          else if (delivered.waitMs !== undefined) this.#sendIn(Math.max(delivered.waitMs, BUSY_MS));
        },
        () => {}, // the next flush meets it again, and tells
      );
    });
  }

  #leave(): void {
    const raw = this.#make();
    plain(() => raw.leave());
    // may still become durable
    raw.write();
    this.#options.journal?.sync().catch(() => {});
    this.#sendIn(0);
  }
}

function plain<T>(call: () => T): T {
  try {
    return call();
  } catch (error) {
    throw asError(error);
  }
}
