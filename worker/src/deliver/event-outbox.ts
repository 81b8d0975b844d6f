import { DurableObject } from "cloudflare:workers";
import { type OutboxState, type OutboxWord, StoreError, type Sum } from "split-events";
import { errorText, log } from "../log.js";
import { type Part, readParts } from "../part.js";
import { lookAtSettings } from "../settings.js";
import { AlarmClock } from "./alarm-clock.js";
import type { Buried, DeadLetter, LetterFilter } from "./dead-letters.js";
import type { Env } from "./env.js";
import type { Forgotten } from "./forget.js";
import { paceOf } from "./objects.js";
import type { BatchEntry, Behind, OutboxObject } from "./outbox-object.js";
import type { Replayed } from "./replay.js";
import type { Kept, WholeRequest } from "./requests.js";
import { Shard } from "./shard.js";
import type { ShardCounts } from "./shard-counts.js";
import { Turns } from "./turns.js";

const FAILED_MS = 1_000;
const FAILED_MAX_MS = 60_000;
/** So long an answer waits for a pace that hangs. */
const KNOWN_MS = 1_000;

/** One shard as an object: what is asked of it, and the alarm that lets it send. */
export class EventOutbox extends DurableObject<Env> implements OutboxObject {
  /** A setting is wrong: what is held waits, since nobody knows where it was meant to go. */
  readonly #isWrong: boolean;
  readonly #turns: Turns;
  readonly #clock = new AlarmClock((at) => this.setAlarm(at));
  #shard!: Shard;
  #turning = false;
  /** Once the pace is told, or while it is. */
  #known: Promise<void> | undefined;
  #failures = 0;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#turns = new Turns(env);
    this.#isWrong = lookAtSettings(env).problems.length > 0;
    if (!this.#isWrong) ctx.blockConcurrencyWhile(() => this.#open());
  }

  /** `parts` are a stream where they are too large for a call's arguments. */
  async keep(request: WholeRequest, parts: Part[] | ReadableStream<Uint8Array>): Promise<Kept> {
    if (!Array.isArray(parts)) return this.#keepStream(request, parts);
    const kept = await this.#shard.keep(request, parts);
    if (kept.state === "kept") await Promise.all([this.#wakeFor(parts), this.#beKnown()]);
    return kept;
  }

  async insert(parts: Part[]): Promise<"kept" | "full"> {
    const state = await this.#shard.insert(parts);
    if (state === "kept") await Promise.all([this.#wakeFor(parts), this.#beKnown()]);
    return state;
  }

  withdraw(request: WholeRequest): Promise<boolean> {
    return this.#shard.withdraw(request);
  }

  override async alarm(): Promise<void> {
    this.#clock.rang();
    // an alarm that fails is given up after some times, and the setting may be put right later
    if (this.#isWrong) return this.#clock.wakeIn(FAILED_MAX_MS);
    this.#turning = true;
    await this.#beKnown();
    let waitMs: number | undefined;
    let failure: unknown;
    try {
      waitMs = await this.#turnOver();
      this.#failures = 0;
    } catch (error) {
      failure = error;
      this.#failures += 1;
      waitMs = Math.min(FAILED_MS * 2 ** this.#failures, FAILED_MAX_MS);
      log("error", "turn_failed", { shard: this.#shard.number, error: errorText(error), waitMs });
    }
    this.#turning = false;
    if (waitMs !== undefined) await this.#clock.wakeIn(waitMs);
    else if (!this.#shard.letters.isEmpty) await this.#clock.wakeIn(this.#shard.letters.cleanUpMs);
    if (failure instanceof StoreError) {
      await this.ctx.storage.sync();
      throw this.#broken(failure, true);
    }
  }

  /** From the pace: nothing more is to be sent now. What is in flight is waited for. */
  stop(): void {
    this.#turns.stop();
  }

  /** From the pace, by a person's word: no pause is left, its own neither. */
  async goOn(resumes: number): Promise<void> {
    await this.#shard.endPause();
    this.#turns.resumed(resumes);
    await this.#wake();
  }

  /** A person's word. */
  async resume(): Promise<{ again: Sum; counts: ShardCounts }> {
    const again = await this.#shard.resume();
    await this.#wake();
    return { again, counts: await this.counts() };
  }

  /** Whoever looks sets an alarm again that was lost. What is told is durable. */
  async counts(): Promise<ShardCounts> {
    if (!this.#turning && this.#clock.isLost) await this.#wake();
    return this.#shard.counts();
  }

  list(state: OutboxState, limit: number, behind?: Behind): BatchEntry[] {
    return this.#shard.list(state, limit, behind);
  }

  body(id: string): Uint8Array | undefined {
    return this.#shard.body(id);
  }

  async resolve(id: string, as: OutboxWord): Promise<{ resolved: boolean; state: OutboxState } | undefined> {
    const done = await this.#shard.resolve(id, as);
    if (done?.resolved) await this.#wake();
    return done;
  }

  async resolveAll(state: OutboxState, as: OutboxWord): Promise<number> {
    const done = await this.#shard.resolveAll(state, as);
    if (done > 0) await this.#wake();
    return done;
  }

  deadLetters(limit: number, after?: number, filter?: LetterFilter): DeadLetter[] {
    return this.#shard.letters.list(limit, after, filter);
  }

  async bury(letters: readonly Buried[]): Promise<void> {
    await this.#shard.letters.bury(letters);
    await Promise.all([this.#clock.wakeIn(this.#shard.letters.cleanUpMs), this.#beKnown()]);
  }

  async replayLetters(after: number, filter: LetterFilter): Promise<Replayed> {
    const replayed = await this.#shard.letters.replayFrom(after, filter);
    if (replayed.sent > 0) await this.#wake();
    return replayed;
  }

  async replay(id: string): Promise<Replayed | undefined> {
    const replayed = await this.#shard.letters.replay(id);
    if (replayed && replayed.sent > 0) await this.#wake();
    return replayed;
  }

  forgetLetters(after: number, filter: LetterFilter): Promise<Forgotten & { after: number; isDone: boolean }> {
    return this.#shard.letters.forgetFrom(after, filter);
  }

  forget(id: string): Promise<Forgotten | undefined> {
    return this.#shard.letters.forget(id);
  }

  /** A stream is read only where there is room for what it holds. */
  async #keepStream(request: WholeRequest, stream: ReadableStream<Uint8Array>): Promise<Kept> {
    const { bytes } = request;
    if (!this.#shard.room.reserve(bytes)) {
      await stream.cancel();
      return this.#shard.known(request) ?? { state: "full" };
    }
    let parts: Part[];
    try {
      parts = await readParts(stream);
    } finally {
      this.#shard.room.release(bytes);
    }
    return this.keep(request, parts);
  }

  /** When an alarm is set; tests give it another clock. */
  protected async setAlarm(at: number): Promise<void> {
    await this.ctx.storage.setAlarm(at);
  }

  async #open(): Promise<void> {
    this.#shard = await Shard.open({
      storage: this.ctx.storage,
      env: this.env,
      fetch: (input, init) => this.#turns.fetch(input, init),
      attempted: (attempt) => this.#turns.attempted(attempt),
      broken: (error, isDown) => this.#broken(error, isDown),
    });
    await this.#wake();
    // what an earlier version has kept is told too; the object is open meanwhile
    this.ctx.waitUntil(this.#beKnown());
  }

  /**
   * Tells the pace once that this shard has taken something: a smaller `SHARDS` would hide what it holds. What is kept is
   * kept where the pace does not answer; it is told with the next, and with the next alarm.
   */
  #beKnown(): Promise<void> {
    const shard = this.#shard.number;
    if (shard === undefined) return Promise.resolve();
    this.#known ??= inTime(paceOf(this.env).know(shard)).catch((error) => {
      this.#known = undefined;
      log("warn", "not_known", { shard, error: errorText(error) });
    });
    return this.#known;
  }

  /** Returns after how many milliseconds to go on, or nothing where all is done. */
  async #turnOver(): Promise<number | undefined> {
    this.#shard.forgetOld();
    const { number, hasPlanned, outbox } = this.#shard;
    return number !== undefined && hasPlanned ? this.#turns.next(number, outbox) : undefined;
  }

  /** Batches are sent at once; letters are looked at once a day. */
  async #wakeFor(parts: readonly Part[]): Promise<void> {
    if (parts.length === 0) return;
    this.#turns.added();
    await this.#clock.wakeIn(parts.some(({ kind }) => kind === "batch") ? 0 : this.#shard.letters.cleanUpMs);
  }

  async #wake(): Promise<void> {
    this.#turns.added();
    if (this.#shard.hasPlanned) await this.#clock.wakeIn(0);
  }

  /**
   * The next call finds a new object, which reads what is there. A store that is down writes nothing more, so what is due
   * in this turn is waited for: the module wakes its calls in one microtask for all objects of an isolate, and of an object
   * that is aborted before it that microtask never comes. Where the store works, what was undone must not be written.
   */
  #broken(error: unknown, isDown: boolean): unknown {
    log("error", "store_failed", { error: errorText(error) });
    const abort = () => this.ctx.abort("the store failed");
    if (isDown) setTimeout(abort, 0);
    else abort();
    return error;
  }
}

async function inTime(told: Promise<void>): Promise<void> {
  let timer = 0;
  const late = new Promise<never>((_, reject) => {
    timer = Number(setTimeout(() => reject(new Error(`no answer in ${KNOWN_MS} ms`)), KNOWN_MS));
  });
  try {
    await Promise.race([told, late]);
  } finally {
    clearTimeout(timer);
  }
}
