import { ConfigError } from "../errors/config-error.js";
import type { ModuleError } from "../errors/module-error.js";
import { Hooks } from "../hooks/hooks.js";
import { loadJournal } from "../journal/load.js";
import { instanceNow } from "../module/module.js";
import { withErrors } from "../module/thrown.js";
import { checked, withDefaults } from "../options/checked.js";
import { defaultOf } from "../options/rows.js";
import type { Store } from "../stores/store.js";
import { RawOutbox } from "../wasm/split_events.js";
import type { OutboxCounts, ResolvedAll, Sum } from "./counts.js";
import type { Delivered } from "./delivered.js";
import type { OutboxBatch, OutboxEntry, OutboxState, OutboxWord } from "./entry.js";
import type { DeliverOptions, ListOptions, OutboxOptions, ResolveAllOptions } from "./options.js";

/**
 * Holds batches in a store until the service has them. What was certainly not taken stays planned, and a later {@link
 * Outbox.deliver} sends it. What is unknown or refused stays with its body until {@link Outbox.resolve}. What was in
 * flight at a crash is unknown.
 *
 * ```js
 * const outbox = await Outbox.open(store, { apiKey });
 * outbox.add({ id, events: 3, body });
 * await outbox.sync();                                  // from here on it survives the process
 * const { settled, waitMs } = await outbox.deliver();
 * ```
 *
 * If the module has failed since, every method throws `ModuleError`: open the store again.
 */
export class Outbox {
  readonly #raw: RawOutbox;
  readonly #store: Store;
  readonly #instance = instanceNow();
  #delivering: Promise<Delivered & { failed: boolean }> | undefined;
  #closed = false;

  private constructor(raw: RawOutbox, store: Store) {
    this.#raw = raw;
    this.#store = store;
  }

  /**
   * Opens the outbox of a store. What was in flight when the last process died is unknown.
   *
   * @throws ConfigError if an option is wrong, or the store holds something else.
   * @throws StoreError if the store cannot be read.
   */
  static async open(store: Store, options: OutboxOptions): Promise<Outbox> {
    const own = checked("Outbox.open", options);
    const held = await loadJournal(store);
    return new Outbox(
      withErrors(
        () => new RawOutbox({ ...withDefaults("Outbox.open", new Hooks().guarded(own)), journal: store }, held),
      ),
      store,
    );
  }

  /**
   * Plans a batch, durably after the next {@link Outbox.sync} or request. Returns false, and adds none, if a batch with
   * this id is still held.
   *
   * @throws ConfigError if the id is not 1 to 200 printable ASCII characters, or the body no JSON array of `events`
   * objects.
   */
  add(batch: OutboxBatch): boolean {
    this.#assertOpen();
    this.#nudge();
    return withErrors(() => this.#raw.add(batch.id, batch.events, batch.body));
  }

  /** Makes durable what was added and resolved. Rejects with `StoreError` if the store has failed. */
  async sync(): Promise<void> {
    this.#assertOpen();
    await this.#sync();
  }

  /**
   * Sends what is planned until no request may begin now. It waits at most `patienceMs`: a longer pause or backoff ends
   * the call. If another call is under way, it resolves at once with no batch settled: that call sends what is added
   * meanwhile, as its `concurrency` allows.
   *
   * @throws ConfigError if an option is wrong.
   * @throws StoreError if the store has failed. An outbox that is opened anew tells what is unknown.
   */
  async deliver(options?: DeliverOptions): Promise<Delivered> {
    this.#assertOpen();
    const own = checked("outbox.deliver", options);
    const call: Promise<Delivered & { failed: boolean }> | undefined = withErrors(() => this.#raw.deliver(own));
    // the call under way is not awaited: in Workers it may belong to another request
    if (call === undefined) return { settled: [], waitMs: BUSY_MS };
    this.#delivering = this.#instance.settled(call);
    const { failed, ...delivered } = await this.#delivering;
    if (failed) await this.#store.sync(); // throws the error of the store
    return delivered;
  }

  /** The error of every later call, once the module has failed. */
  get failure(): ModuleError | undefined {
    return this.#instance.failureOf("Outbox", "open its store again, which tells what is unknown");
  }

  /** Counts batches and events by state. The accepted ones are counted since the outbox was opened. */
  counts(): OutboxCounts {
    this.#assertWell();
    return this.#raw.counts();
  }

  /**
   * The size of the bodies that are held, in bytes, in memory as in the store. A batch counts as a whole until none of
   * its parts is held.
   */
  get heldBytes(): number {
    this.#assertWell();
    return this.#raw.heldBytes;
  }

  /**
   * Lists what is in a state, in the order in which it was added. To continue a list, give its last entry: the id as
   * `after` while the entry is held, or `number` and `from` as `behind` whether or not it is held.
   *
   * @throws ConfigError if an option is wrong, or no entry with the id `after` is held.
   */
  list(state: OutboxState, options?: ListOptions): OutboxEntry[] {
    this.#assertWell();
    const { limit = defaultOf("outbox.list", "limit"), after, behind } = checked("outbox.list", options);
    const { number, from = 0 } = after === undefined ? (behind ?? {}) : this.#placeOf(after, behind);
    return this.#raw.list(state, limit, number, from);
  }

  /** Returns the entry with this id; `undefined` if none is held. */
  entry(id: string): OutboxEntry | undefined {
    this.#assertWell();
    return this.#raw.entry(id) ?? undefined;
  }

  /** Returns the body of the entry with this id; `undefined` if none is held. */
  body(id: string): Uint8Array | undefined {
    this.#assertWell();
    return this.#raw.body(id);
  }

  /**
   * Resolves the entry with this id, durably after {@link Outbox.sync}. Returns false if none is held, or the word does
   * not apply to its state.
   */
  resolve(id: string, as: OutboxWord): boolean {
    this.#assertOpen();
    this.#nudge();
    return this.#raw.resolve(id, as);
  }

  /**
   * Resolves all entries in a state, in the order in which they were added, durably after {@link Outbox.sync}. Call it
   * with the `next` of the last call until there is none. `send` is for single entries: to send all that is planned,
   * call {@link Outbox.endPause}.
   */
  resolveAll(state: OutboxState, as: Exclude<OutboxWord, "send">, options?: ResolveAllOptions): ResolvedAll {
    this.#assertOpen();
    const { limit = defaultOf("outbox.resolveAll", "limit"), after = 0 } = checked("outbox.resolveAll", options);
    this.#nudge();
    return this.#raw.resolveAll(state, as, after, limit);
  }

  /** How many milliseconds nothing is sent: the service has asked for a pause, or refused to be used. */
  get pausedMs(): number {
    this.#assertWell();
    return this.#raw.pausedMs();
  }

  /**
   * Ends a pause, durably after {@link Outbox.sync}. What is planned is sent by the call under way or the next. An
   * answer to an earlier request begins no pause any more.
   */
  endPause(): void {
    this.#assertOpen();
    this.#nudge();
    this.#raw.endPause();
  }

  /**
   * Ends a pause, and plans again what was refused only for the key, the address or the account, which was certainly
   * not taken. Returns how much that is.
   */
  resume(): Sum {
    this.#assertOpen();
    this.#nudge();
    return this.#raw.resume();
  }

  /**
   * Holds the outbox back, or lets it go on, such as for a rate that several outboxes share. While it is held back no
   * request begins, and a call of {@link Outbox.deliver} ends once no request is in flight.
   */
  holdBack(held: boolean): void {
    this.#assertOpen();
    this.#nudge();
    this.#raw.holdBack(held);
  }

  /** Stops, waits for what is in flight, and makes all durable. The store stays open. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#assertWell();
    this.#closed = true;
    this.#raw.stop();
    this.#nudge();
    await this.#delivering;
    await this.#sync();
  }

  #placeOf(after: string, behind: ListOptions["behind"]): Pick<OutboxEntry, "number" | "from"> {
    if (behind) throw new ConfigError("invalid_option", "after and behind cannot both be given: give one of them");
    const entry = this.entry(after);
    if (entry) return entry;
    const message = "no entry with the id in after is held: give the number and from of the last entry as behind";
    throw new ConfigError("not_held", message);
  }

  /**
   * Tells the call under way of a change, in a microtask of its own. The module wakes its calls in one microtask for
   * all outboxes of an isolate. If it were asked to within a Durable Object that is then aborted, that microtask would
   * never run, and no other outbox would ever wake.
   */
  #nudge(): void {
    queueMicrotask(() => {
      if (!this.#instance.failure) this.#raw.nudge();
    });
  }

  async #sync(): Promise<void> {
    this.#raw.write();
    await this.#store.sync();
  }

  #assertOpen(): void {
    if (this.#closed) throw new ConfigError("outbox_closed", "the outbox was closed: open it again");
    this.#assertWell();
  }

  #assertWell(): void {
    if (this.failure) throw this.failure;
  }
}

/** When to look again while another call is under way, in milliseconds. */
const BUSY_MS = 1_000;
