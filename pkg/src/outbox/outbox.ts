import { ConfigError } from "../errors/config-error.js";
import { Hooks } from "../hooks/hooks.js";
import { loadJournal } from "../journal/load.js";
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
 * Batches that stay in a store until the service has them. What was certainly not taken stays planned, and is sent by a
 * later {@link Outbox.deliver}; what is unknown or refused stays with its body until {@link Outbox.resolve}. After a
 * crash what was under way is unknown.
 *
 * ```js
 * const outbox = await Outbox.open(store, { apiKey });
 * outbox.add({ id, events: 3, body });
 * await outbox.sync();                                  // from here on it survives the process
 * const { settled, waitMs } = await outbox.deliver();
 * ```
 */
export class Outbox {
  readonly #raw: RawOutbox;
  readonly #store: Store;
  #delivering: Promise<unknown> | undefined;
  #closed = false;

  private constructor(raw: RawOutbox, store: Store) {
    this.#raw = raw;
    this.#store = store;
  }

  /**
   * Reads the store. What was under way when the process died is unknown from now on.
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
   * Plans a batch. Durable after the next {@link Outbox.sync}, or the next request. False where a batch with this id is
   * still held: then nothing is added.
   *
   * @throws ConfigError if the id is no 1 to 200 printable ASCII characters, or the body no JSON array of `events` objects.
   */
  add(batch: OutboxBatch): boolean {
    this.#assertOpen();
    this.#nudge();
    return withErrors(() => this.#raw.add(batch.id, batch.events, batch.body));
  }

  /** Makes durable what was added and resolved. */
  async sync(): Promise<void> {
    this.#assertOpen();
    await this.#sync();
  }

  /**
   * Sends what is planned until nothing can be done now. It never sleeps longer than `patienceMs`: a longer pause or
   * backoff ends the call. While another call is under way it resolves at once, with nothing settled: what was added
   * meanwhile is sent by that one at once, as its `concurrency` allows.
   *
   * @throws ConfigError if an option is wrong.
   * @throws StoreError if the store has failed; an outbox opened anew tells what is unknown.
   */
  async deliver(options?: DeliverOptions): Promise<Delivered> {
    this.#assertOpen();
    const own = checked("outbox.deliver", options);
    const call: Promise<Delivered & { failed: boolean }> | undefined = withErrors(() => this.#raw.deliver(own));
    // nothing is awaited that another request may have begun
    if (call === undefined) return { settled: [], waitMs: BUSY_MS };
    this.#delivering = call;
    const { failed, ...delivered } = await call;
    if (failed) await this.#store.sync(); // it says why
    return delivered;
  }

  /** What was accepted is counted since the outbox was opened. */
  counts(): OutboxCounts {
    return this.#raw.counts();
  }

  /**
   * Size of the bodies that are held, in memory and in the store. A batch of which a part is accepted counts as a whole
   * until nothing of it is held.
   */
  get heldBytes(): number {
    return this.#raw.heldBytes;
  }

  /**
   * In the order in which they were added. To go on give the last entry that was seen: its id as `after` while it is held,
   * or its `number` and `from` as `behind`, which also holds when it is gone.
   *
   * @throws ConfigError if an option is wrong, or nothing is held under `after`: nobody knows where it stood.
   */
  list(state: OutboxState, options?: ListOptions): OutboxEntry[] {
    const { limit = defaultOf("outbox.list", "limit"), after, behind } = checked("outbox.list", options);
    const { number, from = 0 } = after === undefined ? (behind ?? {}) : this.#placeOf(after, behind);
    return this.#raw.list(state, limit, number, from);
  }

  /** What is held under this id, and how it stands. */
  entry(id: string): OutboxEntry | undefined {
    return this.#raw.entry(id) ?? undefined;
  }

  /** The body of what is held under this id. */
  body(id: string): Uint8Array | undefined {
    return this.#raw.body(id);
  }

  /**
   * Says what becomes of what is held under this id. Durable after {@link Outbox.sync}. False where nothing has this id,
   * or the word is none for how it stands.
   */
  resolve(id: string, as: OutboxWord): boolean {
    this.#assertOpen();
    this.#nudge();
    return this.#raw.resolve(id, as);
  }

  /**
   * The same for all that stand so, in the order in which they were added: call it with the `next` of the last call until
   * there is none. Durable after {@link Outbox.sync}. Of all that is planned `send` would change no order:
   * {@link Outbox.endPause} sends it.
   */
  resolveAll(state: OutboxState, as: Exclude<OutboxWord, "send">, options?: ResolveAllOptions): ResolvedAll {
    this.#assertOpen();
    const { limit = defaultOf("outbox.resolveAll", "limit"), after = 0 } = checked("outbox.resolveAll", options);
    this.#nudge();
    return this.#raw.resolveAll(state, as, after, limit);
  }

  /** For how many milliseconds nothing is sent: the service has asked for it, or refused to be used. */
  get pausedMs(): number {
    return this.#raw.pausedMs();
  }

  /**
   * A pause is over, and what waits is sent by the call under way or the next; an answer to what was sent before holds
   * nothing back. Durable after {@link Outbox.sync}.
   */
  endPause(): void {
    this.#assertOpen();
    this.#nudge();
    this.#raw.endPause();
  }

  /**
   * The same, and what was refused only for the key, the address or the account is planned again, as
   * {@link resumeImport} does: it was certainly not taken. Says how much that is.
   */
  resume(): Sum {
    this.#assertOpen();
    this.#nudge();
    return this.#raw.resume();
  }

  /**
   * Holds back what is not in flight, or lets it go on: for a rate that others share, say. Held back no request begins, and
   * a call of {@link Outbox.deliver} ends once nothing is in flight.
   */
  holdBack(held: boolean): void {
    this.#assertOpen();
    this.#nudge();
    this.#raw.holdBack(held);
  }

  /** Sends nothing more, waits for what is in flight, and makes everything durable. The store stays open: it is yours. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#raw.stop();
    this.#nudge();
    await this.#delivering;
    await this.#sync();
  }

  #placeOf(after: string, behind: ListOptions["behind"]): Pick<OutboxEntry, "number" | "from"> {
    if (behind) throw new ConfigError("invalid_option", "give one of after and behind");
    const entry = this.entry(after);
    if (entry) return entry;
    const message = "nothing is held under the id after: give the number and from of the last entry as behind";
    throw new ConfigError("not_held", message);
  }

  /**
   * Tells the call under way, behind what is done in one go. Never within it: the module wakes its calls in one microtask,
   * for all outboxes of an isolate. Of a Durable Object that is aborted that microtask would never come, and no other
   * outbox would ever be woken.
   */
  #nudge(): void {
    queueMicrotask(() => this.#raw.nudge());
  }

  async #sync(): Promise<void> {
    this.#raw.write();
    await this.#store.sync();
  }

  #assertOpen(): void {
    if (this.#closed) throw new ConfigError("outbox_closed", "the outbox was closed: open it again");
  }
}

/** When to look again while another call is under way. */
const BUSY_MS = 1_000;
