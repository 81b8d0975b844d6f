/// <reference lib="esnext.disposable" preserve="true" />

import { newImportId } from "../check/import-id.js";
import { ModuleError } from "../errors/module-error.js";
import { StoreError } from "../errors/store-error.js";
import { Hooks } from "../hooks/hooks.js";
import { eventText } from "../input/objects.js";
import { loadJournal } from "../journal/load.js";
import { KnownKeys } from "../known-keys/known-keys.js";
import type { Instance } from "../module/instance.js";
import { assertReady, init, instanceNow } from "../module/module.js";
import { withErrors } from "../module/thrown.js";
import { checked, withDefaults } from "../options/checked.js";
import { defaultOf } from "../options/rows.js";
import type { Delivered } from "../outbox/delivered.js";
import type { Outcome } from "../receipt/outcome.js";
import { takeStore } from "../stores/in-use.js";
import type { Store } from "../stores/store.js";
import { RawClient, RawJournal, type RawKnownKeys } from "../wasm/split_events.js";
import { Earlier, type Saved } from "./earlier.js";
import { pageFetch } from "./keepalive.js";
import type { ClientOptions, CloseOptions, FlushOptions } from "./options.js";
import { inPage, onPage } from "./page.js";
import { beforeExit, letGo } from "./process.js";
import { type Entry, isIn, Queue, type Span } from "./queue.js";
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
/** How many events are tracked at most before what the module knows of them is saved. */
const UNSAVED_MAX = 1_024;
/** How often one call starts the module anew before it gives up. */
const STARTS_MAX = 8;
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
  #raw: RawClient | undefined;
  /** The instance of the module that `#raw` belongs to. */
  #instance: Instance | undefined;
  /** What `#raw` holds. */
  #queue = new Queue("");
  /** What the modules that failed held and no other has taken over. */
  #left: Queue[] = [];
  #earlier: Earlier | undefined;
  /** What is saved of `#raw`. */
  #saved: Saved | undefined;
  /** What was counted as ended and may still be in the journal: ids, and whether the journal keeps them. */
  readonly #counted = new Map<string, boolean>();
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
    this.#giveBack = takeStore("journal", own.journal);
    this.#refusals = new Refusals(this.#options.onRefused);
    // Workers draw no random numbers before their first request: there the first event makes it
    if (!inWorkerd) this.#make();
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
      const raw = this.#make();
      if (this.#failed()) return { verdict: "rejected", issues: [], reason: "journal_failed" };
      tracked = raw.track(item, now);
      const { verdict, dropped } = tracked;
      const isQueued = verdict === "clean" || verdict === "repaired";
      if (verdict !== "rejected")
        this.#queue.add({ item, now, isCounted: false, isGone: !isQueued }, isQueued ? raw.filling : 0);
      if (dropped || verdict === "rejected" || this.#queue.uncounted >= UNSAVED_MAX) this.#save(raw);
      if (!isQueued) return tracked;
      isFull = raw.full;
    } catch (error) {
      if (!(error instanceof ModuleError || this.#instance?.failure)) throw error;
      if (this.#left.length > 0 || this.#instance?.failure) this.#sendIn(0);
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
    if (!this.#raw || this.#last) return 0;
    return this.#call((raw) => raw.queued) + this.#leftSize();
  }

  /** How many events no module has taken over. */
  #leftSize(): number {
    return this.#left.reduce((sum, { size }) => sum + size, 0);
  }

  /** Returns what became until now of the events that were tracked. */
  receipt(): ClientReceipt {
    if (this.#last) return { ...this.#last, hookErrors: this.#hooks.errors };
    const [own, hasUntold] = this.#call((raw) => [raw.receipt(), raw.hasUntold]);
    const all = this.#earlier?.with(own) ?? own;
    const receipt: ClientReceipt = { ...all, queued: all.queued + this.#leftSize(), hookErrors: this.#hooks.errors };
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
    this.#call((raw) => raw.seal());
    // the promise of another flush is not awaited: in Workers it may belong to another request
    while (
      (await this.#deliver({ patienceMs, cutSignal: this.#cut.signal, ...(signal && { signal }) })) === undefined &&
      (this.queued > 0 || !this.#isOpen())
    ) {
      const isSending = this.#call((raw) => raw.isSending);
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
      this.#call((raw) => raw.seal());
      while ((this.queued > 0 || !this.#isOpen()) && !late.signal.aborted) {
        const patienceMs = Math.max(0, until - Date.now());
        const delivered = await this.#deliver({ patienceMs, signal: late.signal, cutSignal: late.signal });
        if (delivered === undefined) await sleep(BUSY_MS);
        else if (delivered.waitMs === undefined || delivered.waitMs > until - Date.now()) break;
      }
      this.#call((raw) => raw.told());
      this.#write();
      await journal?.sync();
    } catch (error) {
      if (!(error instanceof ModuleError)) this.#fail(error);
    } finally {
      clearTimeout(timer);
    }
    this.#last = await this.#end();
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

  /** Returns the client in the module. If the module has failed, makes another, which takes over. */
  #make(): RawClient {
    if (this.#raw && !this.#instance?.failure) return this.#raw;
    if (this.#raw) this.#abandon();
    assertReady();
    const { journal } = this.#options;
    const importId = newImportId();
    const raw = withErrors(() => new RawClient(this.#rawOptions(), importId, this.#knownKeys()));
    this.#raw = raw;
    this.#instance = instanceNow();
    this.#queue = new Queue(importId);
    if (this.#earlier) raw.takeOver(this.#earlier.counts, this.#earlier.listed);
    if (journal && !this.#failed()) {
      this.#open(raw, journal);
      return raw;
    }
    this.#takeOver(raw);
    if (!journal) withErrors(() => raw.open(new RawJournal(), [], []));
    return raw;
  }

  #rawOptions(): object {
    const { onSettled } = this.#options;
    const settled = (outcome: Outcome, body?: Uint8Array) => {
      if (this.#raw) this.#save(this.#raw);
      onSettled?.(outcome, body);
    };
    return {
      ...withDefaults("createClient", this.#options),
      onSettled: settled,
      onPart: (id: string, _: number, isPosted: boolean) => this.#queue.part(id, isPosted),
    };
  }

  /** Returns the known keys for the module. Those of a module that has failed are lost: later keys are not compared. */
  #knownKeys(): RawKnownKeys | undefined {
    try {
      return KnownKeys.shared(this.#options.knownKeys);
    } catch (error) {
      if (this.#earlier) return undefined;
      throw error;
    }
  }

  /** Calls the client in the module, and again in another one if it fails. */
  #call<T>(act: (raw: RawClient) => T): T {
    for (let starts = 0; ; starts += 1) {
      try {
        return withErrors(() => act(this.#make()));
      } catch (error) {
        if (!(error instanceof ModuleError) || starts === STARTS_MAX) throw error;
      }
    }
  }

  /** Saves what has to be known if the module fails. */
  #save(raw: RawClient): void {
    const { batches = [], report } = this.#saved?.receipt ?? {};
    const issues = report?.issues ?? [];
    const saved: Saved = raw.saved(batches.length, issues.length);
    batches.push(...saved.receipt.batches);
    issues.push(...saved.receipt.report.issues);
    saved.receipt.batches = batches;
    saved.receipt.report.issues = issues;
    this.#saved = saved;
    this.#queue.counted();
    for (const { id, state } of saved.ended) {
      this.#queue.ended(id);
      if (this.#options.journal) this.#counted.set(id, state === "refused" || state === "unknown");
    }
  }

  /** Gives up the module that has failed: what it held is left to the next one. */
  #abandon(): void {
    this.#earlier ??= new Earlier();
    if (this.#saved) this.#earlier.add(this.#saved);
    this.#left.push(this.#queue);
    this.#raw = undefined;
    this.#saved = undefined;
    this.#isUnstored ||= this.#options.journal !== undefined;
    this.#queue = new Queue("");
  }

  /**
   * Takes over what the modules that failed held, but for what the journal has. What was posted is unknown. An event by
   * which this module fails, too, is unsent.
   */
  #takeOver(raw: RawClient, journal?: RawJournal): void {
    if (this.#left.length === 0) return;
    for (const left of this.#left) {
      for (const [id, batch] of left.batches()) {
        const stored = journal?.events(id) ?? 0;
        for (let span = batch.posted.pop(); span; span = batch.posted.pop()) {
          batch.ended.push(span);
          if (span.to > stored) this.#endUnknown(id, span, batch.entries);
        }
        for (const [index, entry] of batch.entries.entries()) {
          if (index < stored || isIn(batch.ended, index)) entry.isGone = true;
          if (entry.isCounted && !entry.isGone) this.#trackAgain(raw, entry);
        }
      }
      for (let entry = left.takeUncounted(); entry; entry = left.takeUncounted()) this.#trackAgain(raw, entry);
    }
    this.#left = [];
    raw.seal();
  }

  #trackAgain(raw: RawClient, entry: Entry): void {
    const { item, now, isCounted, isGone } = entry;
    entry.isGone = true; // an event by which this module fails is not taken again
    try {
      raw.trackAgain(item, now, !isCounted, !isGone);
    } catch (error) {
      if (error instanceof ModuleError && !isGone) this.#earlier?.end(unsent(MODULE_FAILED, "", 1));
      throw error;
    }
    this.#queue.add({ item, now, isCounted, isGone }, isGone ? 0 : raw.filling);
  }

  /** Ends a part as unknown that was posted by a module that has failed. */
  #endUnknown(id: string, { from, to }: Span, entries: Entry[]): void {
    const part = to - from === entries.length ? id : `${id}:${from}-${to}`;
    let body: Uint8Array | undefined;
    let failure: unknown;
    try {
      body = this.#bodyOf(entries.slice(from, to));
    } catch (error) {
      failure = error; // the events are unknown all the same
    }
    const message = "the module failed while the request was under way; the service may have taken it";
    const outcome: Outcome = {
      ...{ id: part, events: to - from, bytes: body?.length ?? 0 },
      ...{ state: "unknown", reason: MODULE_FAILED, message, attempts: [] },
    };
    this.#earlier?.end(outcome);
    this.#options.onSettled?.(outcome, body);
    if (failure !== undefined) throw failure;
  }

  /** Returns the body that events had. */
  #bodyOf(entries: Entry[]): Uint8Array | undefined {
    const raw = new RawClient(this.#rawOptions(), "", undefined);
    for (const { item, now } of entries) raw.trackAgain(item, now, false, true);
    const body = raw.body();
    raw.free();
    return body;
  }

  #open(raw: RawClient, journal: Store): void {
    const instance = this.#instance;
    this.#opening = loadJournal(journal)
      .then((held) => {
        if (instance?.failure) throw instance.failure;
        this.#takeOver(raw, held);
        const counted = [...this.#counted];
        const ids = (isKept: boolean) => counted.filter(([, kept]) => kept === isKept).map(([id]) => id);
        withErrors(() => raw.open(held, ids(false), ids(true)));
        this.#save(raw);
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
    for (let starts = 0; ; starts += 1) {
      try {
        if (this.#instance?.failure) await init();
        const raw = this.#make();
        await this.#opening;
        const storeError = this.#failed();
        if (storeError && !raw.isOpen) throw storeError;
        return;
      } catch (error) {
        if (!(error instanceof ModuleError) || starts === STARTS_MAX) throw error;
      }
    }
  }

  /** Returns `undefined` if another call is under way. If the module fails, another one goes on. */
  async #deliver(options: object): Promise<Delivered | undefined> {
    for (let starts = 0; ; starts += 1) {
      if (this.#isLeft) return undefined;
      try {
        if (!this.#raw || this.#instance?.failure || !this.#raw.isOpen) await this.#opened();
        return await this.#deliverOnce(this.#make(), options);
      } catch (error) {
        if (!(error instanceof ModuleError) || starts === STARTS_MAX) throw error;
      }
    }
  }

  async #deliverOnce(raw: RawClient, options: object): Promise<Delivered | undefined> {
    const call: Promise<Delivered & { failed: boolean }> | undefined = withErrors(() => raw.deliver(options));
    if (call === undefined) return undefined;
    const delivered = await (this.#instance?.settled(call) ?? call);
    if (delivered.failed) {
      if (this.#storeError) throw this.#storeError;
      await this.#sync(); // throws the error of the store
    } else this.#counted.clear(); // all is written
    if (this.queued === 0) letGo(this);
    return delivered;
  }

  /** Ends what is queued as unsent, and returns the last receipt. */
  async #end(): Promise<ClientReceipt> {
    for (let starts = 0; starts <= STARTS_MAX; starts += 1) {
      try {
        if (!this.#isOpen() && !this.#storeError) await this.#opened();
        this.#make().close();
        return this.receipt();
      } catch (error) {
        // a journal that cannot be read was told
        if (!(error instanceof ModuleError || error instanceof StoreError)) throw error;
      }
    }
    if (this.#raw) this.#abandon();
    const earlier = this.#earlier ?? new Earlier();
    for (const left of this.#left) {
      for (const [id, { entries, posted, ended }] of left.batches()) {
        const unknown = entries.filter((_, index) => isIn(posted, index)).length;
        const open = entries.filter(
          ({ isGone }, index) => !isGone && !isIn(posted, index) && !isIn(ended, index),
        ).length;
        if (unknown > 0) earlier.end({ ...unsent(MODULE_FAILED, id, unknown), state: "unknown" });
        if (open > 0) earlier.end(unsent("closed", id, open));
      }
    }
    this.#left = [];
    return { ...earlier.alone(), hookErrors: this.#hooks.errors };
  }

  /** Hands the store what has to be written. */
  #write(): void {
    const isWritten = this.#call((raw) => {
      raw.write();
      return raw.isOpen;
    });
    if (isWritten) this.#counted.clear();
  }

  /** Does what nobody waits for. If the module fails in it, another one goes on. */
  #quietly(act: (raw: RawClient) => void): void {
    try {
      this.#call(act);
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
    if (this.#closing || this.#isLeft || !this.#isOpen()) return; // opening it commits again
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

  /** Returns whether the journal was read. */
  #isOpen(): boolean {
    return this.#raw !== undefined && !this.#instance?.failure && this.#raw.isOpen;
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
    if (this.#raw && !this.#instance?.failure) this.#raw.fail(why);
    this.#isUnstored = true;
    return this.#storeError;
  }

  readonly #again = () => this.#sendIn(0);

  /** Stores tracked events at once. In Firefox the page of a closed tab cannot store any after `beforeunload`. */
  #storeAtOnce(): void {
    if (this.#closing || this.#storeError || !this.#isOpen()) return;
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
      this.#call((raw) => {
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
    else if (this.#isOpen()) this.#sync().catch(() => {});
    if (this.#isUnstored) this.#commitSoon();
    this.#sendIn(0);
  }
}

const MODULE_FAILED = "module_failed";

function unsent(reason: NonNullable<Outcome["reason"]>, id: string, events: number): Outcome {
  return { id, events, bytes: 0, state: "unsent", reason, message: "the module failed", attempts: [] };
}

function withPageFetch(options: ClientOptions): ClientOptions {
  const { fetch, journal } = options;
  const isOwn = fetch !== undefined;
  return { ...options, fetch: Object.assign(pageFetch(fetch, journal !== undefined), { isOwn }) };
}
