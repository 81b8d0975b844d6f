import { type Attempt, Outbox, type OutboxState, type OutboxWord, type Outcome, type Sum } from "split-events";
import { durableObjectStore } from "split-events/stores/durable-object";
import { log } from "../log.js";
import { idOf, type Part, placeOf } from "../part.js";
import { valuesOf } from "../secrets.js";
import { settingsOf } from "../settings.js";
import { DeadLetters } from "./dead-letters.js";
import type { Env } from "./env.js";
import { endHalfReplays } from "./half-replays.js";
import type { BatchEntry, Behind } from "./outbox-object.js";
import { PAUSE_MAX_MS } from "./pace-object.js";
import { type Kept, type Known, Requests, type WholeRequest } from "./requests.js";
import { HELD_MAX, Room } from "./room.js";
import { type ShardCounts, shardCounts } from "./shard-counts.js";
import { ShardLetters } from "./shard-letters.js";
import { Totals } from "./totals.js";
import { type TransactionHost, Transactions } from "./transactions.js";

/** The most batches that are resolved in one transaction. */
const SLICE = 1_000;

/** What a shard needs of its object. */
export interface ShardHost extends TransactionHost {
  env: Env;
  fetch: typeof fetch;
  attempted(attempt: Attempt): void;
}

/**
 * What one shard holds. A change is durable when its promise resolves. After a failure of the storage the host ends the
 * object: this must not be asked again.
 */
export class Shard {
  readonly outbox: Outbox;
  readonly room: Room;
  readonly letters: ShardLetters;
  readonly #storage: DurableObjectStorage;
  readonly #requests: Requests;
  readonly #dead: DeadLetters;
  readonly #totals: Totals;
  readonly #transactions: Transactions;

  private constructor(
    { storage, env }: ShardHost,
    parts: { outbox: Outbox; requests: Requests; dead: DeadLetters; totals: Totals; transactions: Transactions },
  ) {
    this.#storage = storage;
    this.outbox = parts.outbox;
    this.#requests = parts.requests;
    this.#dead = parts.dead;
    this.#totals = parts.totals;
    this.#transactions = parts.transactions;
    this.room = new Room(parts.outbox);
    this.letters = new ShardLetters({ env, room: this.room, ...parts });
  }

  static async open(host: ShardHost): Promise<Shard> {
    const { storage, env, fetch } = host;
    const { upstream, check, deadClientBytes, deadBytes, shards } = settingsOf(env);
    const requests = new Requests(storage.sql);
    const dead = new DeadLetters(storage, { client: deadClientBytes / shards, all: deadBytes / shards });
    const totals = new Totals(storage.sql);
    const store = durableObjectStore(storage);
    const outbox = await Outbox.open(store, {
      apiKey: valuesOf(env.SPLIT_API_KEY)[0] ?? "",
      pauseCapMs: PAUSE_MAX_MS,
      ...(upstream !== undefined && { endpoint: upstream }),
      fetch,
      onAttempt: ({ attempt }) => host.attempted(attempt),
      onSettled: (outcome) => logSettled(totals.shard, outcome),
    });
    endHalfReplays(outbox, dead, check);
    const { planned, unknown } = outbox.counts();
    if (unknown.batches > 0) log("info", "woken", { shard: totals.shard, planned, unknown });
    return new Shard(host, { outbox, requests, dead, totals, transactions: new Transactions(host, store, outbox) });
  }

  /** The number of the shard, once it has taken anything. */
  get number(): number | undefined {
    return this.#totals.shard;
  }

  get hasPlanned(): boolean {
    return this.outbox.counts().planned.batches > 0;
  }

  /** Returns what is known of a request, and counts it if it is a repeat or a conflict; `undefined` if the request is new. */
  known(request: WholeRequest): Known | undefined {
    const known = this.#requests.known(request);
    if (known?.state === "repeated") this.#totals.add("repeated", 1);
    if (known?.state === "conflict") this.#totals.add("conflicts", 1);
    return known;
  }

  /** Keeps a whole request or no part of it. Asked again about the same POST, it answers the same. */
  async keep(request: WholeRequest, parts: readonly Part[]): Promise<Kept> {
    const known = this.known(request);
    if (known) {
      // what is known may not be durable yet
      await this.#transactions.sync();
      return known;
    }
    // what came by the queue cannot be taken back: then the rest belongs to it
    if (!this.room.has(request.bytes) && !this.#requests.hasAnyPart(request)) {
      if (request.queued) await this.#transactions.change(() => this.#requests.withdraw(request));
      return { state: "full" };
    }
    const isNew = (part: Part) => !this.#requests.hasPart(part);
    const notKept = await this.#take(parts.filter(isNew), (notKept) => this.#requests.keep(request, notKept));
    return { state: "kept", notKept };
  }

  /** Keeps the parts from the queue that were not taken before. */
  async insert(parts: readonly Part[]): Promise<"kept" | "full"> {
    const fresh = distinct(parts).filter((part) => !this.#requests.has(part));
    if (!this.room.has(bytesOf(fresh))) return "full";
    await this.#take(fresh, () => {
      for (const part of fresh) this.#requests.keepPart(part);
    });
    return "kept";
  }

  /** Makes sure that no part of a request is taken from here on. Returns whether none was taken before. */
  async withdraw(request: WholeRequest): Promise<boolean> {
    if (this.#requests.known(request)?.state === "kept" || this.#requests.hasAnyPart(request)) return false;
    await this.#transactions.change(() => this.#requests.withdraw(request));
    return true;
  }

  /** Ends a pause, and plans again what was refused only for the key, the address or the account. */
  async resume(): Promise<Sum> {
    const again = await this.#transactions.change(() => {
      const again = this.outbox.resume();
      this.#totals.add("refused_left", again.events);
      return again;
    });
    // a shard that never took anything has no number, and holds no batch
    if (this.number !== undefined) log("info", "resumed", { shard: this.number, again });
    return again;
  }

  async endPause(): Promise<void> {
    await this.#transactions.change(() => this.outbox.endPause());
  }

  async counts(): Promise<ShardCounts> {
    return this.#transactions.change(() => shardCounts(this.outbox, this.#dead, this.#totals, HELD_MAX));
  }

  list(state: OutboxState, limit: number, behind?: Behind): BatchEntry[] {
    const options = behind ? { limit, behind } : { limit };
    return this.outbox.list(state, options).map((entry) => ({ ...entry, at: timeOf(entry.id) }));
  }

  /** Returns the events of a batch or of a dead letter. */
  body(id: string): Uint8Array | undefined {
    const letter = this.#dead.get(id);
    return this.outbox.body(id) ?? (letter && this.#dead.body(letter));
  }

  /** Resolves a batch, unless `as` does not fit its state, which is returned. Returns `undefined` if none has this id. */
  async resolve(id: string, as: OutboxWord): Promise<{ resolved: boolean; state: OutboxState } | undefined> {
    const entry = this.outbox.entry(id);
    if (!entry) return undefined;
    const { state } = entry;
    const resolved = await this.#transactions.change(() => {
      const resolved = this.outbox.resolve(id, as);
      if (resolved) this.#countResolved(state, as, entry);
      return resolved;
    });
    if (resolved) log("info", "resolved", { shard: this.number, as, batches: 1 });
    return { resolved, state };
  }

  /** Resolves all batches in a state, slice by slice. Returns how many there were. */
  async resolveAll(state: OutboxState, as: OutboxWord): Promise<number> {
    let done = 0;
    if (as === "send") {
      done = state === "planned" ? this.outbox.counts().planned.batches : 0;
      await this.endPause();
    } else {
      for (let after: number | undefined = 0; after !== undefined; ) {
        const from: number = after;
        const slice = await this.#transactions.change(() => {
          const slice = this.outbox.resolveAll(state, as, { after: from, limit: SLICE });
          this.#countResolved(state, as, slice);
          return slice;
        });
        done += slice.batches;
        after = slice.next;
      }
    }
    if (done > 0) log("info", "resolved", { shard: this.number, as, batches: done });
    return done;
  }

  forgetOld(): void {
    this.letters.forgetOld(this.#storage);
  }

  /**
   * Takes new parts, counts them and calls `remember`, in one transaction. Returns how many refused events were over the
   * bounds of all requests.
   */
  async #take(parts: readonly Part[], remember: (notKept: number) => void): Promise<number> {
    return this.#transactions.change(() => {
      let notKept = 0;
      for (const part of parts) {
        this.#totals.rememberShard(part.shard);
        if (part.kind === "refused") notKept += this.#dead.put({ ...part, id: idOf(part) }, part.body);
        else this.outbox.add({ id: idOf(part), events: part.events, body: part.body });
      }
      remember(notKept);
      const dropped = notKept + sum(parts.map(({ notKept = 0 }) => notKept));
      this.#totals.add("taken", sum(parts.map(({ events, notKept = 0 }) => events + notKept)));
      this.#totals.add("dropped:over_bound", dropped);
      if (dropped > 0) log("warn", "not_kept", { shard: this.number, client: parts[0]?.client, events: dropped });
      return notKept;
    });
  }

  #countResolved(state: OutboxState, as: OutboxWord, { events }: { events: number }): void {
    if (state === "unknown" || state === "refused") this.#totals.add(`${state}_left`, events);
    if (as === "drop") this.#totals.add("dropped:resolved", events);
  }
}

function logSettled(shard: number | undefined, { state, events, reason, attempts }: Outcome): void {
  const level = state === "accepted" ? "info" : "warn";
  log(level, "settled", { shard, state, events, reason, requests: attempts.length });
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

function timeOf(id: string): string | undefined {
  const at = placeOf(id)?.at;
  return at === undefined ? undefined : new Date(at).toISOString();
}
