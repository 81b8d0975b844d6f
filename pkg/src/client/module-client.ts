import { newImportId } from "../check/import-id.js";
import { ModuleError } from "../errors/module-error.js";
import { KnownKeys } from "../known-keys/known-keys.js";
import type { Instance } from "../module/instance.js";
import { assertReady, instanceNow } from "../module/module.js";
import { withErrors } from "../module/thrown.js";
import { withDefaults } from "../options/checked.js";
import type { Outcome } from "../receipt/outcome.js";
import { RawClient, type RawJournal, type RawKnownKeys } from "../wasm/split_events.js";
import { Earlier, type ModuleReceipt, type Saved } from "./earlier.js";
import type { ClientOptions } from "./options.js";
import { type Entry, isIn, Queue, type Span } from "./queue.js";
import type { Tracked } from "./tracked.js";

/** How many events are tracked at most before what the module knows of them is saved. */
const UNSAVED_MAX = 1_024;
/** How often one call starts the module anew before it gives up. */
const STARTS_MAX = 8;
const MODULE_FAILED = "module_failed";

/** The client in the module. If the module fails, another one takes over what it held. */
export class ModuleClient {
  readonly #options: ClientOptions;
  /** Opens a client that was made, and lets it take over. */
  readonly #begin: (raw: RawClient) => void;
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

  constructor(options: ClientOptions, begin: (raw: RawClient) => void) {
    this.#options = options;
    this.#begin = begin;
  }

  /** Whether an event was tracked, or may be held. */
  get isMade(): boolean {
    return this.#raw !== undefined || this.#left.length > 0;
  }

  /** Whether there is a client in a module that has not failed. */
  get isAlive(): boolean {
    return this.#raw !== undefined && !this.#instance?.failure;
  }

  /** Whether it has taken over, or will. */
  get isRestarted(): boolean {
    return this.#earlier !== undefined;
  }

  /** Whether the journal was read. */
  get isOpen(): boolean {
    return this.isAlive && this.#raw?.isOpen === true;
  }

  /** The instance of the module that the client is in. */
  get instance(): Instance | undefined {
    return this.#instance;
  }

  /** How many events no module has taken over. */
  get left(): number {
    return this.#left.reduce((sum, { size }) => sum + size, 0);
  }

  /** Returns the client in the module. If the module has failed, makes another, which takes over. */
  make(): RawClient {
    if (this.#raw && this.isAlive) return this.#raw;
    if (this.#raw) this.#abandon();
    assertReady();
    const importId = newImportId();
    const raw = withErrors(() => new RawClient(this.#rawOptions(), importId, this.#knownKeys()));
    this.#raw = raw;
    this.#instance = instanceNow();
    this.#queue = new Queue(importId);
    if (this.#earlier) raw.takeOver(this.#earlier.counts, this.#earlier.listed);
    this.#begin(raw);
    return raw;
  }

  /** Calls the client in the module, and again in another one if it fails. */
  call<T>(act: (raw: RawClient) => T): T {
    for (let starts = 0; ; starts += 1) {
      try {
        return withErrors(() => act(this.make()));
      } catch (error) {
        if (!(error instanceof ModuleError) || starts === STARTS_MAX) throw error;
      }
    }
  }

  /** Does what calls the client in the module, and again if the module fails. */
  async again<T>(act: () => Promise<T>): Promise<T> {
    for (let starts = 0; ; starts += 1) {
      try {
        return await act();
      } catch (error) {
        if (!(error instanceof ModuleError) || starts === STARTS_MAX) throw error;
      }
    }
  }

  /** Tracks an event, and keeps it until it has ended. */
  track(raw: RawClient, item: Entry["item"], now: number): Tracked {
    const tracked: Tracked = raw.track(item, now);
    const { verdict, dropped } = tracked;
    const isQueued = verdict === "clean" || verdict === "repaired";
    if (verdict !== "rejected") {
      this.#queue.add({ item, now, isCounted: false, isGone: !isQueued }, isQueued ? raw.filling : 0);
    }
    try {
      if (dropped || verdict === "rejected" || this.#queue.uncounted >= UNSAVED_MAX) this.save(raw);
    } catch (error) {
      if (this.isAlive) throw error; // else the next module takes the event over
    }
    return tracked;
  }

  /** Returns whether a full batch waits, or a module that has failed held it. */
  hasWaiting(raw: RawClient): boolean {
    try {
      return raw.full;
    } catch (error) {
      if (this.isAlive) throw error;
      return true;
    }
  }

  /** Saves what has to be known if the module fails. */
  save(raw: RawClient): void {
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

  /** Returns what was counted as ended and may still be in the journal, and whether the journal keeps it. */
  countedIds(isKept: boolean): string[] {
    return [...this.#counted].filter(([, kept]) => kept === isKept).map(([id]) => id);
  }

  /** Notes that all that was counted is written. */
  written(): void {
    this.#counted.clear();
  }

  /** Returns a receipt of all modules. */
  receipt(own: ModuleReceipt): ModuleReceipt {
    const all = this.#earlier?.with(own) ?? own;
    return { ...all, queued: all.queued + this.left };
  }

  #rawOptions(): object {
    const { onSettled } = this.#options;
    const settled = (outcome: Outcome, body?: Uint8Array) => {
      if (this.#raw) this.save(this.#raw);
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

  /** Gives up the module that has failed: what it held is left to the next one. */
  #abandon(): void {
    this.#earlier ??= new Earlier();
    if (this.#saved) this.#earlier.add(this.#saved);
    this.#left.push(this.#queue);
    this.#raw = undefined;
    this.#saved = undefined;
    this.#queue = new Queue("");
  }

  /**
   * Takes over what the modules that failed held, but for what the journal has. What was posted is unknown. An event by
   * which this module fails, too, is unsent.
   */
  takeOver(raw: RawClient, journal?: RawJournal): void {
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
    const instance = this.#instance;
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
    failure ??= instance?.failure; // by the hook, which may have made the next client already
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

  /** Gives up, and ends what no module has taken over. Returns the receipt of the modules that have failed. */
  endAlone(): ModuleReceipt {
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
    return earlier.alone();
  }
}

function unsent(reason: NonNullable<Outcome["reason"]>, id: string, events: number): Outcome {
  return { id, events, bytes: 0, state: "unsent", reason, message: "the module failed", attempts: [] };
}
