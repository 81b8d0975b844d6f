import { DurableObject } from "cloudflare:workers";
import {
  Outbox,
  type OutboxCounts,
  type OutboxEntry,
  type OutboxState,
  type Outcome,
  type Resolution,
  type Store,
  StoreError,
} from "split-events";
import { durableObjectStore } from "split-events/stores/durable-object";
import { type Env, settingsOf } from "../env.js";
import { log, said } from "../log.js";
import { idOf, type Part, placeOf, type RequestHead, readParts } from "../part.js";
import { type DeadLetter, DeadLetters } from "./dead-letters.js";
import { recheck } from "./replay.js";
import { Requests, type WholeRequest } from "./requests.js";
import { paceOf } from "./shards.js";
import { Totals } from "./totals.js";

/** A turn ends after this time, so that an alarm stays far from its 15 minutes. */
const TURN_MS = 60_000;
/** Between turns in which nothing could be done. */
const IDLE_MS = 1_000;
const FAILED_MS = 1_000;
/** An alarm that did not go off by then is taken for lost. */
const OVERDUE_MS = 30_000;
const FAILED_MAX_MS = 60_000;
const DAY_MS = 24 * 60 * 60 * 1000;
const PAGE = 100;
/** The outbox has its bodies in memory, and the isolate 128 MB. */
const HELD_MAX = 48_000_000;

export interface ShardCounts extends OutboxCounts {
  dead: { batches: number; events: number };
  /** Since the shard was made: events, and of repeats and conflicts requests. */
  totals: Record<"taken" | "accepted" | "refused" | "unknown" | "repeated" | "conflicts", number>;
}

/** What became of a request that was to be kept. */
export type Kept =
  /** `notKept`: how many of its refused events were over a bound, and were dropped. */
  | { state: "kept"; notKept: number }
  /** It was kept before, under the same name. */
  | { state: "repeated" }
  /** Another body was kept under the same Idempotency-Key. */
  | { state: "conflict" }
  /** There is no room for the whole of it, and nothing was kept. */
  | { state: "full" }
  /** It was given up before, and nothing is kept of it. */
  | { state: "withdrawn" };

export interface BatchEntry extends OutboxEntry {
  at: string | undefined;
}

/** One shard: it keeps what it was given and sends it, each batch at most once unless a person says otherwise. */
export class EventOutbox extends DurableObject<Env> {
  readonly #requests: Requests;
  readonly #dead: DeadLetters;
  readonly #totals: Totals;
  #store!: Store;
  #outbox!: Outbox;
  /** When the alarm is set for, as far as this object knows. */
  #alarmAt: number | undefined;
  #turn: AbortController | undefined;
  #turning = false;
  /** Requests that the lease has left; below zero where more were sent. */
  #left = 0;
  #failures = 0;
  /** Of the bodies that are held. */
  #bytes = 0;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#requests = new Requests(ctx.storage.sql);
    this.#dead = new DeadLetters(ctx.storage.sql);
    this.#totals = new Totals(ctx.storage.sql);
    ctx.blockConcurrencyWhile(() => this.#open());
  }

  /**
   * Keeps a whole request or nothing of it, durably. `parts` are a stream where they are too large for a call's
   * arguments. Asked again about the same request, it says the same.
   */
  async keep(request: WholeRequest, parts: Part[] | ReadableStream<Uint8Array>): Promise<Kept> {
    const given = Array.isArray(parts) ? parts : await readParts(parts);
    const known = this.#requests.known(request);
    if (known === "repeated") this.#totals.add("repeated", 1);
    else if (known === "conflict") this.#totals.add("conflicts", 1);
    else if (known === undefined) {
      // what came by the queue cannot be taken back: then the rest belongs to it
      if (this.#isFullFor(given) && !this.#requests.hasAnyPart(request)) {
        if (request.queued) this.#requests.withdraw(request);
        return { state: "full" };
      }
      const notKept = await this.#take(given, () => this.#requests.keep(request));
      return { state: "kept", notKept };
    }
    // what is known may not be durable yet
    await this.ctx.storage.sync();
    return known === "kept" ? { state: "kept", notKept: 0 } : { state: known };
  }

  /** Keeps parts that the queue hands over, durably: those that were not taken before. */
  async insert(parts: Part[]): Promise<"kept" | "full"> {
    if (this.#isFullFor(parts)) return "full";
    await this.#take(distinct(parts), (fresh) => {
      for (const part of fresh) this.#requests.keepPart(part);
    });
    return "kept";
  }

  /**
   * Sees to it that nothing of a request is taken from here on. Gives whether that is the whole of it: false where the
   * request, or a part of it, was taken before.
   */
  async withdraw(request: RequestHead): Promise<boolean> {
    if (this.#requests.known(request) === "kept" || this.#requests.hasAnyPart(request)) return false;
    this.#requests.withdraw(request);
    await this.ctx.storage.sync();
    return true;
  }

  override async alarm(): Promise<void> {
    this.#alarmAt = undefined;
    this.#turning = true;
    let waitMs: number | undefined;
    let failure: unknown;
    try {
      waitMs = await this.#turnOver();
      this.#failures = 0;
    } catch (error) {
      failure = error;
      this.#failures += 1;
      waitMs = Math.min(FAILED_MS * 2 ** this.#failures, FAILED_MAX_MS);
      log("error", "turn_failed", { shard: this.#shard, error: said(error), waitMs });
    }
    this.#turning = false;
    if (waitMs !== undefined) await this.#wakeIn(waitMs);
    if (failure instanceof StoreError) {
      await this.ctx.storage.sync();
      throw this.#broken(failure);
    }
  }

  /** From the pace: nothing more is to be sent now. What is in flight is waited for. */
  stop(): void {
    this.#turn?.abort();
  }

  /** Whoever looks sets an alarm again that was lost. */
  async counts(): Promise<ShardCounts> {
    await this.#wakeWhatWaits();
    const total = (name: string) => this.#totals.get(name) ?? 0;
    return {
      ...this.#outbox.counts(),
      dead: this.#dead.counts(),
      totals: {
        taken: total("taken"),
        accepted: total("accepted"),
        refused: total("refused"),
        unknown: total("unknown"),
        repeated: total("repeated"),
        conflicts: total("conflicts"),
      },
    };
  }

  list(state: OutboxState, limit: number, after?: string): BatchEntry[] {
    const options = after === undefined ? { limit } : { limit, after };
    return this.#outbox.list(state, options).map((entry) => ({ ...entry, at: timeOf(entry.id) }));
  }

  body(id: string): Uint8Array | undefined {
    return this.#outbox.body(id) ?? this.#dead.body(id);
  }

  async resolve(ids: string[], as: Resolution): Promise<number> {
    let done = 0;
    try {
      for (const id of ids) {
        const bytes = as === "resend" ? 0 : (this.#outbox.body(id)?.length ?? 0);
        if (!this.#outbox.resolve(id, as)) continue;
        this.#bytes -= bytes;
        done += 1;
      }
      await this.#outbox.sync();
    } catch (error) {
      throw this.#broken(error);
    }
    log("info", "resolved", { shard: this.#shard, as, batches: done });
    if (as === "resend" && done > 0) await this.#wakeIn(0);
    return done;
  }

  deadLetters(limit: number, after?: string): DeadLetter[] {
    return this.#dead.list(limit, after);
  }

  async dropDead(id: string): Promise<boolean> {
    const was = this.#dead.delete(id);
    await this.ctx.storage.sync();
    return was;
  }

  /** Checks a dead letter again. What passes now is sent, the rest becomes a letter of its own. */
  async replay(id: string): Promise<{ sent: number; refused: number } | undefined> {
    const letter = this.#dead.body(id);
    const place = placeOf(id);
    if (!letter || !place) return undefined;
    const { batches, refused } = recheck(letter, settingsOf(this.env).check);
    if (batches.length === 0) return { sent: 0, refused: refused.events };
    try {
      // planned under names that follow from the letter's: what a crash leaves of this is not planned twice
      batches.forEach(({ events, body }, number) => {
        const name = `${id}.${number}`;
        if (this.#totals.get(name) === undefined) this.#outbox.add({ id: name, events, body });
      });
      await this.#outbox.sync();
      this.ctx.storage.transactionSync(() => {
        this.#dead.delete(id);
        if (refused.events > 0) this.#dead.put({ id: `${id}~`, at: place.at, events: refused.events }, refused.body);
      });
      await this.ctx.storage.sync();
    } catch (error) {
      throw this.#broken(error);
    }
    await this.#wakeIn(0);
    const sent = batches.reduce((total, { events }) => total + events, 0);
    log("info", "replayed", { shard: this.#shard, sent, refused: refused.events });
    return { sent, refused: refused.events };
  }

  /** An empty shard takes any request. */
  #isFullFor(parts: readonly Part[]): boolean {
    const bytes = parts.reduce((sum, { kind, body }) => (kind === "batch" ? sum + body.length : sum), 0);
    return this.#bytes > 0 && this.#bytes + bytes > HELD_MAX;
  }

  /** In one transaction: the parts that are new, their count, and what `remember` writes. Returns how many events were over a bound. */
  async #take(parts: readonly Part[], remember: (fresh: readonly Part[]) => void): Promise<number> {
    let [batches, notKept] = [0, 0];
    let synced: Promise<void> | undefined;
    try {
      this.ctx.storage.transactionSync(() => {
        const fresh = parts.filter((part) => !this.#requests.hasPart(part));
        remember(fresh);
        for (const part of fresh) {
          this.#rememberShard(part.shard);
          if (part.kind === "refused") notKept += this.#dead.put({ ...part, id: idOf(part) }, part.body);
          else if (this.#outbox.add({ id: idOf(part), events: part.events, body: part.body })) {
            this.#bytes += part.body.length;
            batches += 1;
          }
        }
        this.#totals.add("taken", sum(fresh));
        synced = this.#outbox.sync();
        if (this.#store.failure) throw this.#store.failure;
      });
      await synced;
      await this.ctx.storage.sync();
    } catch (error) {
      synced?.catch(() => {});
      throw this.#broken(error);
    }
    if (batches > 0) await this.#wakeIn(0);
    return notKept;
  }

  /** When an alarm is set; tests give it another clock. */
  protected async setAlarm(at: number): Promise<void> {
    await this.ctx.storage.setAlarm(at);
  }

  async #open(): Promise<void> {
    const { upstream } = settingsOf(this.env);
    this.#store = durableObjectStore(this.ctx.storage);
    this.#outbox = await Outbox.open(this.#store, {
      apiKey: this.env.SPLIT_API_KEY ?? "",
      ...(upstream !== undefined && { endpoint: upstream }),
      fetch: (input, init) => this.#fetch(input, init),
      onSettled: (outcome) => this.#settled(outcome),
    });
    for (const state of ["planned", "unknown", "refused"] as const) {
      for (const { id, bytes } of this.#held(state)) {
        this.#remember(id);
        this.#bytes += bytes;
      }
    }
    const { planned, unknown } = this.#outbox.counts();
    if (unknown.batches > 0) log("info", "woken", { shard: this.#shard, planned, unknown });
    if (planned.batches > 0) await this.#wakeIn(0);
  }

  /** Of a letter that is held still, what a crash has left of its replay. */
  #remember(id: string): void {
    const letter = letterOf(id);
    if (letter !== undefined && this.#dead.has(letter)) this.#totals.set(id, 1);
  }

  *#held(state: OutboxState): Generator<OutboxEntry> {
    for (let after: string | undefined; ; ) {
      const page = this.#outbox.list(state, after === undefined ? { limit: PAGE } : { limit: PAGE, after });
      yield* page;
      after = page.at(-1)?.id;
      if (page.length < PAGE) return;
    }
  }

  /** Sends what the pace allows; gives after how many milliseconds to go on, or nothing where all is done. */
  async #turnOver(): Promise<number | undefined> {
    this.#forgetOld();
    const shard = this.#shard;
    if (shard === undefined || this.#outbox.counts().planned.batches === 0) return undefined;
    const pace = paceOf(this.env);
    const back = this.#left;
    this.#left = 0;
    const lease = await pace.lease(shard, back);
    if (lease.waitMs > 0) return lease.waitMs;

    this.#left = lease.requests;
    const turn = new AbortController();
    this.#turn = turn;
    const timer = setTimeout(() => turn.abort(), TURN_MS);
    let holdMs = 0;
    try {
      const { settled, waitMs, pausedMs } = await this.#outbox.deliver({ signal: turn.signal });
      const isTrouble = !settled.some(({ state }) => state === "accepted") && waitMs !== undefined;
      holdMs = Math.max(pausedMs ?? 0, isTrouble ? waitMs : 0);
      if (this.#outbox.counts().planned.batches === 0) return undefined;
      const idle = settled.length === 0 && !turn.signal.aborted ? IDLE_MS : 0;
      return Math.max(waitMs ?? 0, idle);
    } finally {
      clearTimeout(timer);
      this.#turn = undefined;
      await pace.done(shard, holdMs);
    }
  }

  async #fetch(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
    this.#left -= 1;
    if (this.#left <= 0) this.#turn?.abort();
    return fetch(input, init);
  }

  #settled({ state, events, bytes, reason, attempts }: Outcome): void {
    this.#totals.add(state, events);
    if (state === "accepted") this.#bytes -= bytes;
    const level = state === "accepted" ? "info" : "warn";
    log(level, "settled", { shard: this.#shard, state, events, reason, requests: attempts.length });
  }

  /** At once where the time is past. An alarm that is set for earlier stays, unless it is overdue. */
  async #wakeIn(ms: number): Promise<void> {
    const now = Date.now();
    const at = now + ms;
    const set = this.#alarmAt;
    if (set !== undefined && set <= at && set > now - OVERDUE_MS) return;
    this.#alarmAt = at;
    try {
      await this.setAlarm(at);
    } catch (error) {
      this.#alarmAt = undefined;
      throw error;
    }
  }

  async #wakeWhatWaits(): Promise<void> {
    if (this.#turning || this.#outbox.counts().planned.batches === 0) return;
    if (this.#alarmAt === undefined || this.#alarmAt < Date.now() - OVERDUE_MS) await this.#wakeIn(0);
  }

  get #shard(): number | undefined {
    return this.#totals.get("shard");
  }

  #rememberShard(shard: number | undefined): void {
    if (shard !== undefined && this.#shard === undefined) this.#totals.set("shard", shard);
  }

  #forgetOld(): void {
    const now = Date.now();
    if (now - (this.#totals.get("forgot") ?? 0) < DAY_MS) return;
    this.#totals.set("forgot", now);
    this.#requests.forget(now);
  }

  /** What a store has failed at is not known: the next call finds a new object that reads what is there. */
  #broken(error: unknown): unknown {
    log("error", "store_failed", { shard: this.#shard, error: said(error) });
    this.ctx.abort("the store failed");
    return error;
  }
}

function sum(parts: readonly Part[]): number {
  return parts.reduce((total, { events }) => total + events, 0);
}

/** A queue may hand the same message over twice at once. */
function distinct(parts: readonly Part[]): Part[] {
  return [...new Map(parts.map((part) => [idOf(part), part])).values()];
}

/** Of the batches that a replayed letter became. */
function letterOf(id: string): string | undefined {
  return /^(.*)\.\d+$/.exec(id)?.[1];
}

function timeOf(id: string): string | undefined {
  const at = placeOf(id)?.at;
  return at === undefined ? undefined : new Date(at).toISOString();
}
