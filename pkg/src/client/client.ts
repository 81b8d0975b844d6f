/// <reference lib="esnext.disposable" preserve="true" />

import { ModuleError } from "../errors/module-error.js";
import { StoreError } from "../errors/store-error.js";
import { Hooks } from "../hooks/hooks.js";
import { eventText } from "../input/objects.js";
import { loadJournal } from "../journal/load.js";
import { assertReady, init } from "../module/module.js";
import { withErrors } from "../module/thrown.js";
import { checked } from "../options/checked.js";
import { defaultOf } from "../options/rows.js";
import type { Delivered } from "../outbox/delivered.js";
import { takeStore } from "../stores/in-use.js";
import type { Store } from "../stores/store.js";
import { type RawClient, RawJournal } from "../wasm/split_events.js";
import { pageFetch } from "./keepalive.js";
import { ModuleClient } from "./module-client.js";
import type { ClientOptions, CloseOptions, FlushOptions } from "./options.js";
import { inPage, onPage } from "./page.js";
import { beforeExit, letGo } from "./process.js";
import type { ClientReceipt } from "./receipt.js";
import { Refusals } from "./refusals.js";
import { inWorkerd, sleep, Timer } from "./timer.js";
import type { Tracked } from "./tracked.js";

const CLOSE_MS = defaultOf("client.close", "deadlineMs");
const BUSY_MS = 25;
/** How long tracked events wait to be stored together, in milliseconds. */
const COMMIT_MS = 250;
/** How long a page lives after a receipt was read before the receipt counts as told, in milliseconds. */
const TOLD_MS = 10_000;
/** How long after a page came back an answer to an earlier request may still come, in milliseconds. */
const GRACE_MS = 2_000;
/** When a delivery that the module failed in is tried again, in milliseconds. */
const FAILED_MS = 1_000;

/**
 * Makes a client for a page or a server that lives long. It checks events at once, queues them, and sends them in
 * batches. Synchronous: in browsers call `await init()` first.
 *
 * ```js
 * const client = createClient({ apiKey });
 * const { verdict, issues } = client.track({ eventTypeId, trafficTypeName, key, value });
 * const receipt = await client.close();
 * ```
 *
 * @throws ConfigError if an option is wrong.
 * @throws StoreError if another client or import of this program has the journal.
 */
export function createClient(options: ClientOptions): Client {
  return new Client(options);
}

/** Checks, queues and delivers events. {@link createClient} makes one. */
export class Client {
  readonly #options: ClientOptions;
  readonly #hooks = new Hooks();
  readonly #refusals: Refusals;
  /** When full batches, and those that are sent again, are sent. */
  readonly #soon = new Timer();
  /** When the batch being filled is sent. */
  readonly #interval = new Timer();
  /** When tracked events are stored. */
  readonly #commits = new Timer();
  /** When a receipt counts as told. */
  readonly #told = new Timer();
  readonly #offPage: () => void;
  readonly #giveBack: () => void;
  readonly #module: ModuleClient;
  /** The receipt of the end. */
  #last: ClientReceipt | undefined;
  #opening: Promise<void> | undefined;
  #storeError: StoreError | undefined;
  /** When tracked events were last handed to the store. */
  #committed = 0;
  /** Whether they will be again. */
  #isCommitting = false;
  /** Whether a tracked event may not be in the store. */
  #isUnstored = false;
  /** Whether an event was tracked since the last flush before the end of the process. */
  #isUnflushed = false;
  /** Cuts all requests: at the deadline of `close`, and those of a page that was left. */
  #cut = new AbortController();
  #isLeft = false;
  #closing: Promise<ClientReceipt> | undefined;

  /** Use {@link createClient}. */
  constructor(options: ClientOptions) {
    assertReady();
    const own = checked("createClient", options);
    this.#options = this.#hooks.guarded(inPage ? withPageFetch(own) : own);
    this.#module = new ModuleClient(this.#options, (raw) => this.#begin(raw));
    this.#giveBack = takeStore("journal", own.journal);
    this.#refusals = new Refusals(this.#options.onRefused);
    // Workers draw no random numbers before their first request: there the first event makes it
    if (!inWorkerd) this.#module.make();
    this.#offPage = onPage({
      mayLeave: own.journal?.leave && (() => this.#storeAtOnce()),
      hide: () => this.#hide(),
      leave: () => this.#leave(),
      comeBack: () => this.#comeBack(),
      online: () => this.#sendIn(0),
    });
  }

  /**
   * Checks an event and queues it. An event without a timestamp gets the present time. `verdict`, `reason` and
   * `dropped` of what it returns say whether the event was queued, and why not.
   */
  track(event: object): Tracked {
    const tracked = this.#take(event);
    if (tracked.verdict === "refused" || tracked.verdict === "rejected") this.#refusals.tell(event, tracked);
    return tracked;
  }

  #take(event: object): Tracked {
    if (this.#closing) return { verdict: "rejected", issues: [], reason: "closed" };
    const item = eventText(event);
    const now = Date.now();
    let tracked: Tracked;
    let isFull: boolean;
    try {
      const raw = this.#module.make();
      if (this.#failed()) return { verdict: "rejected", issues: [], reason: "journal_failed" };
      tracked = this.#module.track(raw, item, now);
      if (tracked.verdict === "refused" || tracked.verdict === "rejected") return tracked;
      isFull = this.#module.hasWaiting(raw);
    } catch (error) {
      const { isAlive, left } = this.#module;
      if (!(error instanceof ModuleError) && isAlive) throw error;
      if (left > 0 || !isAlive) this.#sendIn(0);
      return { verdict: "rejected", issues: [], reason: "module_failed" };
    }
    if (isFull) this.#sendIn(0);
    this.#sealIn(this.#options.flushIntervalMs ?? defaultOf("createClient", "flushIntervalMs"));
    this.#isUnflushed = true;
    beforeExit(this);
    if (this.#options.journal) {
      this.#isUnstored = true;
      this.#commitSoon();
    }
    return tracked;
  }

  /** How many events are held, queued or in flight. */
  get queued(): number {
    if (!this.#module.isMade || this.#last) return 0;
    return this.#module.call((raw) => raw.queued) + this.#module.left;
  }

  /** Returns what became until now of the events that were tracked. */
  receipt(): ClientReceipt {
    if (this.#last) return { ...this.#last, hookErrors: this.#hooks.errors };
    const [own, hasUntold] = this.#module.call((raw) => [raw.receipt(), raw.hasUntold]);
    const receipt: ClientReceipt = { ...this.#module.receipt(own), hookErrors: this.#hooks.errors };
    const storeError = this.#failed();
    if (hasUntold) this.#told.set(TOLD_MS, () => this.#forgetTold());
    return storeError ? { ...receipt, storeError } : receipt;
  }

  /**
   * Sends what is queued, and resolves to the receipt. What was certainly not taken stays queued and is sent later.
   *
   * @throws StoreError if the journal cannot be read or written.
   * @throws ModuleError if the module fails again and again. The events stay queued.
   */
  async flush(options?: FlushOptions): Promise<ClientReceipt> {
    const { signal, patienceMs = defaultOf("client.flush", "patienceMs") } = checked("client.flush", options);
    const until = Date.now() + patienceMs;
    await this.#opened();
    if (this.#last) return this.receipt();
    this.#module.call((raw) => raw.seal());
    // the promise of another flush is not awaited: in Workers it may belong to another request
    while (
      (await this.#deliver({ patienceMs, cutSignal: this.#cut.signal, ...(signal && { signal }) })) === undefined &&
      (this.queued > 0 || !this.#module.isOpen)
    ) {
      const isSending = this.#module.call((raw) => raw.isSending);
      if (signal?.aborted || this.#isLeft || (Date.now() >= until && !isSending)) break;
      await sleep(BUSY_MS);
    }
    await this.#hooks.ended();
    return this.receipt();
  }

  /** Flushes after a Worker has answered its request. */
  waitUntil(context: { waitUntil(promise: Promise<unknown>): void }, options?: FlushOptions): void {
    context.waitUntil(this.flush(options));
  }

  /**
   * Sends what is queued, cuts what is in flight at the deadline, and ends the client. The receipt tells what stayed
   * unsent; with a journal the next client sends it. `track` returns `rejected` from now on, and another call returns the same
   * receipt. A process that ends without it loses what is queued: call it before, such as on SIGTERM.
   */
  close(options?: CloseOptions): Promise<ClientReceipt> {
    try {
      const { deadlineMs = CLOSE_MS } = checked("client.close", options);
      this.#closing ??= this.#close(deadlineMs);
      return this.#closing;
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /** Closes it, for `await using`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #close(deadlineMs: number): Promise<ClientReceipt> {
    const { journal } = this.#options;
    for (const timer of [this.#soon, this.#interval, this.#commits, this.#told]) timer.clear();
    this.#offPage();
    const late = this.#cut;
    const until = Date.now() + deadlineMs;
    const timer = setTimeout(() => late.abort(), deadlineMs);
    try {
      await this.#opened();
      this.#module.call((raw) => raw.seal());
      while ((this.queued > 0 || !this.#module.isOpen) && !late.signal.aborted) {
        const patienceMs = Math.max(0, until - Date.now());
        const delivered = await this.#deliver({ patienceMs, signal: late.signal, cutSignal: late.signal });
        if (delivered === undefined) await sleep(BUSY_MS);
        else if (delivered.waitMs === undefined || delivered.waitMs > until - Date.now()) break;
      }
      this.#module.call((raw) => raw.told());
      this.#write();
      await journal?.sync();
    } catch (error) {
      if (!(error instanceof ModuleError)) this.#fail(error);
    } finally {
      clearTimeout(timer);
    }
    await this.#end();
    this.#giveBack();
    letGo(this);
    await this.#hooks.ended(Math.max(0, until - Date.now()));
    return this.receipt();
  }

  /** @internal How many events are lost if the process ends now. */
  get atRisk(): number {
    return this.#options.journal && !this.#isUnstored ? 0 : this.queued;
  }

  /** @internal Flushes once, so that a service that is away keeps no process alive for ever. */
  async flushLast(): Promise<void> {
    if (!this.#isUnflushed) return;
    this.#isUnflushed = false;
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(), CLOSE_MS);
    await this.flush({ patienceMs: CLOSE_MS, signal: late.signal }).catch(() => {}); // `exit` tells what is left
    clearTimeout(timer);
  }

  /** Opens a client that was made in the module, and lets it take over. */
  #begin(raw: RawClient): void {
    const { journal } = this.#options;
    if (journal && this.#module.isRestarted) this.#isUnstored = true;
    if (journal && !this.#failed()) {
      this.#open(raw, journal);
      return;
    }
    this.#module.takeOver(raw);
    if (!journal) withErrors(() => raw.open(new RawJournal(), [], []));
  }

  #open(raw: RawClient, journal: Store): void {
    const { instance } = this.#module;
    this.#opening = loadJournal(journal)
      .then((held) => {
        if (instance?.failure) throw instance.failure;
        this.#module.takeOver(raw, held);
        withErrors(() => raw.open(held, this.#module.countedIds(false), this.#module.countedIds(true)));
        this.#module.save(raw);
        if (this.#isUnstored) this.#commitSoon();
        this.#sendIn(0);
      })
      .catch((error) => {
        if (!(error instanceof ModuleError)) throw this.#fail(error);
        this.#sendIn(FAILED_MS);
        throw error;
      });
    this.#opening.catch(() => {}); // flush and close tell the error
  }

  /**
   * Waits until the journal was read.
   *
   * @throws StoreError if it cannot be read.
   */
  async #opened(): Promise<void> {
    await this.#module.again(async () => {
      if (this.#last) return;
      if (this.#module.isMade && !this.#module.isAlive) await init();
      const raw = this.#module.make();
      await this.#opening;
      const storeError = this.#failed();
      if (storeError && !raw.isOpen) throw storeError;
    });
  }

  /** Returns `undefined` if another call is under way. If the module fails, another one goes on until the end. */
  #deliver(options: object): Promise<Delivered | undefined> {
    return this.#module.again(async () => {
      if (this.#isLeft) return undefined;
      if (!this.#module.isOpen) await this.#opened();
      if (this.#last) return { settled: [] };
      return this.#deliverOnce(this.#module.make(), options);
    });
  }

  async #deliverOnce(raw: RawClient, options: object): Promise<Delivered | undefined> {
    const call: Promise<Delivered & { failed: boolean }> | undefined = withErrors(() => raw.deliver(options));
    if (call === undefined) return undefined;
    const delivered = await (this.#module.instance?.settled(call) ?? call);
    if (delivered.failed) {
      if (this.#storeError) throw this.#storeError;
      await this.#sync(); // throws the error of the store
    } else this.#module.written();
    if (this.queued === 0) letGo(this);
    return delivered;
  }

  /** Ends what is queued as unsent, and sets the last receipt. From then on no request begins. */
  async #end(): Promise<void> {
    try {
      await this.#module.again(async () => {
        try {
          if (!this.#module.isOpen && !this.#storeError) await this.#opened();
        } catch (error) {
          if (!(error instanceof StoreError)) throw error; // a journal that cannot be read was told
        }
        this.#module.make().close();
        this.#last = this.receipt();
      });
    } catch (error) {
      if (!(error instanceof ModuleError)) throw error;
      this.#last = { ...this.#module.endAlone(), hookErrors: this.#hooks.errors };
    }
  }

  /** Hands the store what has to be written. */
  #write(): void {
    const isWritten = this.#module.call((raw) => {
      raw.write();
      return raw.isOpen;
    });
    if (isWritten) this.#module.written();
  }

  /** Does what nobody waits for. If the module fails in it, another one goes on. */
  #quietly(act: (raw: RawClient) => void): void {
    try {
      this.#module.call(act);
    } catch (error) {
      if (!(error instanceof ModuleError)) throw error;
      this.#sendIn(FAILED_MS);
    }
  }

  /** Sends the batch being filled after `ms` milliseconds. */
  #sealIn(ms: number): void {
    // in a Worker a request that is not awaited ends with the answer
    if (inWorkerd || this.#closing) return;
    this.#interval.set(ms, () => {
      this.#quietly((raw) => raw.seal());
      this.#sendIn(0);
    });
  }

  #sendIn(ms: number): void {
    if (inWorkerd || this.#closing) return;
    this.#soon.set(ms, () => {
      if (this.#isLeft) return;
      this.#deliver({ cutSignal: this.#cut.signal }).then(
        (delivered) => {
          if (delivered === undefined) this.#sendIn(BUSY_MS);
          else if (delivered.waitMs !== undefined) this.#sendIn(Math.max(delivered.waitMs, BUSY_MS));
        },
        (error) => {
          if (error instanceof ModuleError) this.#sendIn(FAILED_MS);
          // any other error is told by the next flush, which fails likewise
        },
      );
    });
  }

  /** Stores tracked events: the first of a burst at once, with all that are tracked in the same task. */
  #commitSoon(): void {
    if (inWorkerd || this.#isCommitting) return;
    this.#isCommitting = true;
    const ms = this.#committed + COMMIT_MS - Date.now();
    if (ms <= 0) queueMicrotask(() => this.#commit());
    else this.#commits.set(Math.min(ms, COMMIT_MS), () => this.#commit());
  }

  #commit(): void {
    this.#isCommitting = false;
    if (this.#closing || this.#isLeft || !this.#module.isOpen) return; // opening it commits again
    this.#committed = Date.now();
    this.#isUnstored = false;
    try {
      this.#write();
    } catch (error) {
      if (!(error instanceof ModuleError)) this.#fail(error);
      return;
    }
    this.#sync().catch(() => {}); // flush, track and the receipt tell the error
  }

  async #sync(): Promise<void> {
    try {
      await this.#options.journal?.sync();
    } catch (error) {
      throw this.#fail(error);
    }
  }

  #forgetTold(): void {
    if (this.#isLeft) return;
    this.#quietly((raw) => raw.told());
    this.#isUnstored = true;
    this.#commitSoon();
  }

  /** Returns the error of the journal, if it has failed. A browser may have taken it away since the last call. */
  #failed(): StoreError | undefined {
    const { failure } = this.#options.journal ?? {};
    return this.#storeError ?? (failure && this.#fail(failure));
  }

  /** Ends taking and sending events: the journal has failed. */
  #fail(error: unknown): StoreError {
    const isOurs = error instanceof StoreError;
    const message = error instanceof Error ? error.message : String(error);
    this.#storeError ??= isOurs ? error : new StoreError("store_failed", `the journal failed: ${message}`, error);
    const { message: why } = this.#storeError;
    if (this.#module.isAlive) this.#module.make().fail(why);
    this.#isUnstored = true;
    return this.#storeError;
  }

  readonly #again = () => this.#sendIn(0);

  /** Stores tracked events at once. In Firefox the page of a closed tab cannot store any after `beforeunload`. */
  #storeAtOnce(): void {
    if (this.#closing || this.#storeError || !this.#module.isOpen) return;
    try {
      this.#write();
      this.#isUnstored = false;
      this.#options.journal?.leave?.();
    } catch (error) {
      if (!(error instanceof ModuleError)) this.#fail(error);
    }
  }

  #hide(): void {
    if (!this.#options.journal) {
      this.#quietly((raw) => raw.leave(false, this.#again));
      this.#sendIn(0);
      return;
    }
    this.#commit();
    // a page that is left tells so in the same task: the next page sends what is stored then
    setTimeout(() => {
      if (this.#isLeft || this.#closing || document.visibilityState !== "hidden") return;
      this.#quietly((raw) => raw.seal());
      this.#sendIn(0);
    });
  }

  #leave(): void {
    const { journal, fetch } = this.#options as ClientOptions & { fetch: { isOwn?: boolean } };
    if (!journal) {
      this.#quietly((raw) => raw.leave("fetchLater" in globalThis && !fetch.isOwn, this.#again));
      return;
    }
    this.#isLeft = true;
    if (this.#storeError) return;
    try {
      this.#module.call((raw) => {
        if (raw.isOpen) {
          raw.leaveStored();
          raw.write();
        } else raw.leaveEarly(Date.now());
      });
      this.#isUnstored = false;
      if (journal.leave) journal.leave();
      else this.#sync().catch(() => {});
    } catch (error) {
      if (!(error instanceof ModuleError)) this.#fail(error);
    }
  }

  #comeBack(): void {
    const { journal } = this.#options;
    const before = this.#cut;
    this.#cut = new AbortController();
    this.#isLeft = false;
    setTimeout(() => {
      before.abort();
      this.#quietly((raw) => raw.giveUp());
    }, GRACE_MS);
    if (!journal) this.#quietly((raw) => raw.comeBack());
    // if another page had the store meanwhile, it has failed
    else if (this.#module.isOpen) this.#sync().catch(() => {});
    if (this.#isUnstored) this.#commitSoon();
    this.#sendIn(0);
  }
}

function withPageFetch(options: ClientOptions): ClientOptions {
  const { fetch, journal } = options;
  const isOwn = fetch !== undefined;
  return { ...options, fetch: Object.assign(pageFetch(fetch, journal !== undefined), { isOwn }) };
}
