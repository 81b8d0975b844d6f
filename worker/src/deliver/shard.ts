import {
  type Attempt,
  Outbox,
  type OutboxBatch,
  type OutboxEntry,
  type OutboxState,
  type OutboxWord,
  type Outcome,
  type Store,
  type Sum,
} from "split-events";
import { durableObjectStore } from "split-events/stores/durable-object";
import type { Env } from "../env.js";
import { log } from "../log.js";
import { idOf, type Part, type Place, placeOf } from "../part.js";
import { valuesOf } from "../secrets.js";
import { settingsOf } from "../settings.js";
import { type BuriedWhy, type DeadLetter, DeadLetters, type LetterFilter, type LetterKind } from "./dead-letters.js";
import { PAUSE_MAX_MS } from "./event-pace.js";
import { type Forgotten, forgetLetters } from "./forget.js";
import { bodyOf, codesIn } from "./refused-line.js";
import { type Replayed, recheck, replayLetters } from "./replay.js";
import { type Known, Requests, type WholeRequest } from "./requests.js";
import { type ShardCounts, shardCounts } from "./shard-counts.js";
import { insertInto } from "./shards.js";
import { Totals } from "./totals.js";

const DAY_MS = 24 * 60 * 60 * 1000;
const PAGE = 100;
/** How many batches are resolved in one transaction. */
const SLICE = 1_000;
/** The outbox has its bodies in memory, and the isolate 128 MB. */
const HELD_MAX = 48_000_000;
/** A larger request counts as this many bytes, so that a little that waits for a person does not keep it out for ever. */
const REQUEST_MAX = 40_000_000;

/** What became of a request that was to be kept: what is known of it, or that there is no room for the whole of it. */
export type Kept = Known | { state: "full" };

export interface BatchEntry extends OutboxEntry {
  at: string | undefined;
}

/** Where a list goes on: behind what is perhaps no longer held. */
export type Behind = Pick<OutboxEntry, "number" | "from">;

/** What becomes a letter and not a batch, and why. */
export interface Buried {
  part: Omit<Part, "kind">;
  kind: LetterKind;
  why: BuriedWhy;
}

/** What a shard needs of its object. */
export interface ShardHost {
  storage: DurableObjectStorage;
  env: Env;
  fetch: typeof fetch;
  attempted(attempt: Attempt): void;
  /** What the storage has failed at is not known: nothing may be asked of this shard again. `isDown`: its store takes nothing more. Returns the error to throw. */
  broken(error: unknown, isDown: boolean): unknown;
}

/** What one shard holds. Every change is one transaction, with its counts, and durable when its promise resolves. */
export class Shard {
  readonly #host: ShardHost;
  readonly #requests: Requests;
  readonly #dead: DeadLetters;
  readonly #totals: Totals;
  readonly #store: Store;
  #outbox!: Outbox;
  /** Of requests that are being read. */
  #reserved = 0;

  private constructor(host: ShardHost) {
    const { storage, env } = host;
    const { deadClientBytes, deadBytes, shards } = settingsOf(env);
    this.#host = host;
    this.#requests = new Requests(storage.sql);
    this.#dead = new DeadLetters(storage, { client: deadClientBytes / shards, all: deadBytes / shards });
    this.#totals = new Totals(storage.sql);
    this.#store = durableObjectStore(storage);
  }

  static async open(host: ShardHost): Promise<Shard> {
    const shard = new Shard(host);
    await shard.#open();
    return shard;
  }

  /** Its number, once something was taken. */
  get number(): number | undefined {
    return this.#totals.get("shard");
  }

  get outbox(): Outbox {
    return this.#outbox;
  }

  get hasPlanned(): boolean {
    return this.#outbox.counts().planned.batches > 0;
  }

  get hasLetters(): boolean {
    return this.#dead.counts().batches > 0;
  }

  /** Whether a request of so many bytes finds room; the room is its own until it is given back. Then a stream may be read. */
  reserve(bytes: number): boolean {
    if (!this.#hasRoom(bytes)) return false;
    this.#reserved += bytes;
    return true;
  }

  unreserve(bytes: number): void {
    this.#reserved -= bytes;
  }

  /** What is known of a request, counted; nothing where it is new. */
  known(request: WholeRequest): Known | undefined {
    const known = this.#requests.known(request);
    if (known?.state === "repeated") this.#totals.add("repeated", 1);
    if (known?.state === "conflict") this.#totals.add("conflicts", 1);
    return known;
  }

  /** Keeps a whole request or nothing of it. Asked again about the same POST, it says the same. */
  async keep(request: WholeRequest, parts: readonly Part[]): Promise<Kept> {
    const known = this.known(request);
    if (known) {
      // what is known may not be durable yet
      await this.#host.storage.sync();
      return known;
    }
    // what came by the queue cannot be taken back: then the rest belongs to it
    if (!this.#hasRoom(request.bytes) && !this.#requests.hasAnyPart(request)) {
      if (request.queued) await this.#change(() => this.#requests.withdraw(request));
      return { state: "full" };
    }
    const isNew = (part: Part) => !this.#requests.hasPart(part);
    const notKept = await this.#take(parts.filter(isNew), (notKept) => this.#requests.keep(request, notKept));
    return { state: "kept", notKept };
  }

  /** Keeps parts that the queue hands over: those that were not taken before. */
  async insert(parts: readonly Part[]): Promise<"kept" | "full"> {
    const fresh = distinct(parts).filter((part) => !this.#wasTaken(part));
    if (!this.#hasRoom(bytesOf(fresh))) return "full";
    await this.#take(fresh, () => {
      for (const part of fresh) this.#requests.keepPart(part);
    });
    return "kept";
  }

  /** Sees to it that nothing of a request is taken from here on. Returns whether nothing was taken of it before. */
  async withdraw(request: WholeRequest): Promise<boolean> {
    if (this.#requests.known(request)?.state === "kept" || this.#requests.hasAnyPart(request)) return false;
    await this.#change(() => this.#requests.withdraw(request));
    return true;
  }

  /** Ends a pause or a rest, and plans again what was refused only for the key, the address or the account. */
  async resume(): Promise<Sum> {
    const again = await this.#change(() => {
      const again = this.#outbox.resume();
      this.#totals.add("refused_left", again.events);
      return again;
    });
    // one that never took anything has no number, and nothing to go on with
    if (this.number !== undefined) log("info", "resumed", { shard: this.number, again });
    return again;
  }

  async endPause(): Promise<void> {
    await this.#change(() => this.#outbox.endPause());
  }

  async counts(): Promise<ShardCounts> {
    return this.#change(() => shardCounts(this.#outbox, this.#dead, this.#totals, HELD_MAX));
  }

  list(state: OutboxState, limit: number, behind?: Behind): BatchEntry[] {
    const options = behind ? { limit, behind } : { limit };
    return this.#outbox.list(state, options).map((entry) => ({ ...entry, at: timeOf(entry.id) }));
  }

  body(id: string): Uint8Array | undefined {
    const letter = this.#dead.get(id);
    return this.#outbox.body(id) ?? (letter && this.#dead.body(letter));
  }

  /** Says how it stands where the word is none for that; nothing where nothing has this id. */
  async resolve(id: string, as: OutboxWord): Promise<{ resolved: boolean; state: OutboxState } | undefined> {
    const entry = this.#outbox.entry(id);
    if (!entry) return undefined;
    const { state } = entry;
    const resolved = await this.#change(() => {
      const resolved = this.#outbox.resolve(id, as);
      if (resolved) this.#countOut(state, as, entry);
      return resolved;
    });
    if (resolved) log("info", "resolved", { shard: this.number, as, batches: 1 });
    return { resolved, state };
  }

  /** All that stands so, slice by slice. Gives how many there were. */
  async resolveAll(state: OutboxState, as: OutboxWord): Promise<number> {
    let done = 0;
    if (as === "send") {
      done = state === "planned" ? this.#outbox.counts().planned.batches : 0;
      await this.endPause();
    } else {
      for (let after: number | undefined = 0; after !== undefined; ) {
        const from: number = after;
        const slice = await this.#change(() => {
          const slice = this.#outbox.resolveAll(state, as, { after: from, limit: SLICE });
          this.#countOut(state, as, slice);
          return slice;
        });
        done += slice.batches;
        after = slice.next;
      }
    }
    if (done > 0) log("info", "resolved", { shard: this.number, as, batches: done });
    return done;
  }

  deadLetters(limit: number, after?: number, filter?: LetterFilter): DeadLetter[] {
    return this.#dead.list(limit, after, filter);
  }

  /** Keeps what the dead queue had and the outbox does not take. */
  async bury(letters: readonly Buried[]): Promise<void> {
    await this.#change(() => {
      for (const { part, kind, why } of letters) {
        if (this.#wasTaken(part)) continue;
        this.#requests.keepPart(part);
        this.#rememberShard(part.shard);
        this.#dead.bury({ ...part, id: idOf(part), kind }, part.body, why);
        this.#totals.add("taken", part.events);
        log("warn", "buried", { shard: part.shard, client: part.client, kind, why, events: part.events });
      }
    });
  }

  /** Checks dead letters again, of those behind a number as many as one call can: what passes now is sent, the rest stays. */
  async replayLetters(after: number, filter: LetterFilter): Promise<Replayed> {
    return this.#replay(this.#dead.slice(after, filter), filter.code);
  }

  async replay(id: string): Promise<Replayed | undefined> {
    const letter = this.#dead.get(id);
    return letter && this.#replay({ letters: [letter], isLast: true });
  }

  /** Forgets dead letters, of those behind a number as many as one call can; with a code only what was refused with it. */
  async forgetLetters(after: number, filter: LetterFilter): Promise<Forgotten & { after: number; isDone: boolean }> {
    const { letters, isLast } = this.#dead.slice(after, filter);
    const forgotten = await this.#forget(letters, filter.code);
    return { ...forgotten, after: letters.at(-1)?.number ?? after, isDone: isLast };
  }

  async forget(id: string): Promise<Forgotten | undefined> {
    const letter = this.#dead.get(id);
    return letter && this.#forget([letter]);
  }

  /** Once a day, and as often as a turn while there are more old letters than one takes on. */
  forgetOld(): void {
    if (this.cleanUpMs > 0) return;
    const now = Date.now();
    const { storage, env } = this.#host;
    storage.transactionSync(() => {
      const { letters, isLast } = this.#dead.slice(0, { before: now - settingsOf(env).deadDays * DAY_MS });
      const { events } = forgetLetters(this.#dead, letters);
      this.#totals.add("dropped:expired", events);
      if (letters.length > 0) log("warn", "expired", { shard: this.number, letters: letters.length, events });
      if (isLast) this.#totals.set("forgot", now);
    });
    this.#requests.forget(now);
  }

  /** Until {@link forgetOld} has something to do. */
  get cleanUpMs(): number {
    return Math.max(0, (this.#totals.get("forgot") ?? 0) + DAY_MS - Date.now());
  }

  async #open(): Promise<void> {
    const { env, fetch, attempted } = this.#host;
    const { upstream } = settingsOf(env);
    this.#outbox = await Outbox.open(this.#store, {
      apiKey: valuesOf(env.SPLIT_API_KEY)[0] ?? "",
      pauseCapMs: PAUSE_MAX_MS,
      ...(upstream !== undefined && { endpoint: upstream }),
      fetch,
      onAttempt: ({ attempt }) => attempted(attempt),
      onSettled: (outcome) => this.#settled(outcome),
    });
    for (const state of ["planned", "unknown", "refused"] as const) {
      for (const { id } of this.#held(state)) this.#endReplay(id);
    }
    const { planned, unknown } = this.#outbox.counts();
    if (unknown.batches > 0) log("info", "woken", { shard: this.number, planned, unknown });
  }

  /** Ends what a crash of the first version has left half done: the letter's batches are planned, and it is still there. */
  #endReplay(id: string): void {
    const name = letterOf(id);
    const letter = name === undefined ? undefined : this.#dead.get(name);
    if (!letter) return;
    const { rest } = recheck(this.#dead.body(letter), settingsOf(this.#host.env).check);
    this.#dead.replace(letter, { events: rest.length, body: bodyOf(rest), codes: codesIn(rest) });
  }

  *#held(state: OutboxState): Generator<OutboxEntry> {
    for (let behind: Behind | undefined; ; ) {
      const page = this.#outbox.list(state, behind ? { limit: PAGE, behind } : { limit: PAGE });
      yield* page;
      const last = page.at(-1);
      if (!last || page.length < PAGE) return;
      behind = { number: last.number, from: last.from };
    }
  }

  async #replay(slice: { letters: DeadLetter[]; isLast: boolean }, code?: string): Promise<Replayed> {
    const written: Promise<void>[] = [];
    let replayed: Replayed;
    try {
      replayed = await replayLetters(this.#dead, slice, {
        check: settingsOf(this.#host.env).check,
        code,
        hasRoom: (bytes) => this.#hasRoom(bytes),
        plan: (batches, change) => {
          const [, durable] = this.#write(() => {
            this.#plan(batches);
            change();
          });
          written.push(durable);
        },
        insert: (part) => insertInto(part.shard, [part], this.#host.env),
      });
      await Promise.all(written);
      await this.#host.storage.sync();
    } catch (error) {
      throw this.#host.broken(error, this.#store.failure !== undefined);
    }
    const { letters, sent, refused, stays, isFull } = replayed;
    log("info", "replayed", { shard: this.number, letters, sent, refused, stays, isFull });
    return replayed;
  }

  async #forget(letters: readonly DeadLetter[], code?: string): Promise<Forgotten> {
    const forgotten = await this.#change(() => {
      const forgotten = forgetLetters(this.#dead, letters, code);
      this.#totals.add("dropped:forgotten", forgotten.events);
      return forgotten;
    });
    if (forgotten.letters > 0) log("info", "forgotten", { shard: this.number, ...forgotten, code });
    return forgotten;
  }

  #wasTaken(part: Place): boolean {
    return this.#requests.hasPart(part) || this.#requests.hasWhole(part);
  }

  /** An empty shard takes any request, and one that holds a little takes the largest. */
  #hasRoom(bytes: number): boolean {
    const held = this.#outbox.heldBytes + this.#reserved;
    return held === 0 || held + Math.min(bytes, REQUEST_MAX) <= HELD_MAX;
  }

  /**
   * In one transaction: new parts, their count, and what `remember` writes. Returns how many refused events were over a
   * bound of all requests.
   */
  async #take(parts: readonly Part[], remember: (notKept: number) => void): Promise<number> {
    return this.#change(() => {
      let notKept = 0;
      for (const part of parts) {
        this.#rememberShard(part.shard);
        if (part.kind === "refused") notKept += this.#dead.put({ ...part, id: idOf(part) }, part.body);
        else this.#outbox.add({ id: idOf(part), events: part.events, body: part.body });
      }
      remember(notKept);
      const dropped = notKept + sum(parts.map(({ notKept = 0 }) => notKept));
      this.#totals.add("taken", sum(parts.map(({ events, notKept = 0 }) => events + notKept)));
      this.#totals.add("dropped:over_bound", dropped);
      if (dropped > 0) log("warn", "not_kept", { shard: this.number, client: parts[0]?.client, events: dropped });
      return notKept;
    });
  }

  /** Makes a change and its counts durable. */
  async #change<T>(make: () => T): Promise<T> {
    try {
      const [made, durable] = this.#write(make);
      await durable;
      return made;
    } catch (error) {
      throw this.#host.broken(error, this.#store.failure !== undefined);
    }
  }

  /** As one transaction, which is written when this returns, or not at all where it throws. */
  #write<T>(make: () => T): [made: T, durable: Promise<void>] {
    return this.#host.storage.transactionSync(() => {
      const made = make();
      const durable = this.#outbox.sync();
      durable.catch(() => {});
      if (this.#store.failure) throw this.#store.failure;
      return [made, durable];
    });
  }

  #plan(batches: readonly OutboxBatch[]): void {
    for (const batch of batches) {
      if (!this.#outbox.add(batch)) throw new RangeError(`${batch.id} is held already`);
    }
  }

  /** What was resolved stands so no longer. */
  #countOut(state: OutboxState, as: OutboxWord, { events }: { events: number }): void {
    if (state === "unknown" || state === "refused") this.#totals.add(`${state}_left`, events);
    if (as === "drop") this.#totals.add("dropped:resolved", events);
  }

  #settled({ state, events, reason, attempts }: Outcome): void {
    const level = state === "accepted" ? "info" : "warn";
    log(level, "settled", { shard: this.number, state, events, reason, requests: attempts.length });
  }

  #rememberShard(shard: number): void {
    if (this.number === undefined) this.#totals.set("shard", shard);
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

function bytesOf(parts: readonly Part[]): number {
  return sum(parts.map(({ kind, body }) => (kind === "batch" ? body.length : 0)));
}

/** A queue may hand the same message over twice at once. */
function distinct(parts: readonly Part[]): Part[] {
  return [...new Map(parts.map((part) => [idOf(part), part])).values()];
}

/** Of the batches that a letter became by a replay of the first version. */
function letterOf(id: string): string | undefined {
  return /^(.*)\.\d+$/.exec(id)?.[1];
}

function timeOf(id: string): string | undefined {
  const at = placeOf(id)?.at;
  return at === undefined ? undefined : new Date(at).toISOString();
}
