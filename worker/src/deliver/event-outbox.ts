import { DurableObject } from "cloudflare:workers";
import { ModuleError, type OutboxState, type OutboxWord, StoreError, type Sum } from "split-events";
import { errorText, log } from "../log.js";
import { type Part, readParts } from "../part.js";
import { inspectSettings } from "../settings.js";
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
/** How long an answer waits until the pace knows this shard. */
const REGISTER_MS = 1_000;

/** One shard as a Durable Object: answers calls, and sends when its alarm goes off. */
export class EventOutbox extends DurableObject<Env> implements OutboxObject {
  /** While a setting is wrong, what is held waits: it may have been meant for another service. */
  readonly #hasWrongSetting: boolean;
  readonly #turns: Turns;
  readonly #clock = new AlarmClock((at) => this.setAlarm(at));
  #opened!: Shard;
  #turning = false;
  /** Set while the pace is told of this shard, and afterwards. */
  #registered: Promise<void> | undefined;
  #failures = 0;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#turns = new Turns(env);
    this.#hasWrongSetting = inspectSettings(env).problems.length > 0;
    if (!this.#hasWrongSetting) ctx.blockConcurrencyWhile(() => this.#open());
  }

  /** Keeps a whole request or no part of it. `parts` is a stream if they are too large for a call's arguments. */
  async keep(request: WholeRequest, parts: Part[] | ReadableStream<Uint8Array>): Promise<Kept> {
    if (!Array.isArray(parts)) return this.#keepStream(request, parts);
    const kept = await this.#shard.keep(request, parts);
    if (kept.state === "kept") await Promise.all([this.#wakeFor(parts), this.#register()]);
    return kept;
  }

  async insert(parts: Part[]): Promise<"kept" | "full"> {
    const state = await this.#shard.insert(parts);
    if (state === "kept") await Promise.all([this.#wakeFor(parts), this.#register()]);
    return state;
  }

  withdraw(request: WholeRequest): Promise<boolean> {
    return this.#shard.withdraw(request);
  }

  override async alarm(): Promise<void> {
    this.#clock.fired();
    // Cloudflare gives up an alarm that keeps failing, and the setting may be corrected later
    if (this.#hasWrongSetting) return this.#clock.wakeIn(FAILED_MAX_MS);
    this.#turning = true;
    await this.#register();
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

  /** Called by the pace: begins no further request, and waits for those in flight. */
  stop(): void {
    this.#turns.stop();
  }

  /** Called by the pace when an operator resumes: ends this shard's own pause. */
  async goOn(resumes: number): Promise<void> {
    await this.#shard.endPause();
    this.#turns.resumed(resumes);
    await this.#wake();
  }

  /** Called by an operator. */
  async resume(): Promise<{ again: Sum; counts: ShardCounts }> {
    const again = await this.#shard.resume();
    await this.#wake();
    return { again, counts: await this.counts() };
  }

  /** Returns the counts, which are durable. Sets the alarm again if it was lost. */
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
    await Promise.all([this.#clock.wakeIn(this.#shard.letters.cleanUpMs), this.#register()]);
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

  /** Reads a stream only if there is room for its parts. */
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

  /** Sets the object's alarm. Tests replace it. */
  protected async setAlarm(at: number): Promise<void> {
    await this.ctx.storage.setAlarm(at);
  }

  async #open(): Promise<void> {
    this.#opened = await Shard.open({
      storage: this.ctx.storage,
      env: this.env,
      fetch: (input, init) => this.#turns.fetch(input, init),
      attempted: (attempt) => this.#turns.attempted(attempt),
      broken: (error, isDown) => this.#broken(error, isDown),
    });
    await this.#wake();
    // a shard that an earlier version filled is told of too; calls are answered meanwhile
    this.ctx.waitUntil(this.#register());
  }

  /**
   * Tells the pace once that this shard has taken something, so that a smaller `SHARDS` does not hide what it holds. If the
   * pace does not answer, the request stays kept, and the next request or alarm tells the pace.
   */
  #register(): Promise<void> {
    const shard = this.#shard.number;
    if (shard === undefined) return Promise.resolve();
    this.#registered ??= inTime(paceOf(this.env).know(shard)).catch((error) => {
      this.#registered = undefined;
      log("warn", "not_known", { shard, error: errorText(error) });
    });
    return this.#registered;
  }

  /** What the shard holds. If the module has failed, this object ends, and the next call finds a new one. */
  get #shard(): Shard {
    const { failure } = this.#opened.outbox;
    if (failure) throw this.#broken(failure, false);
    return this.#opened;
  }

  /** Runs one turn. Returns the milliseconds until the next, or `undefined` if no batch is planned. */
  async #turnOver(): Promise<number | undefined> {
    this.#shard.forgetOld();
    const { number, hasPlanned, outbox } = this.#shard;
    return number !== undefined && hasPlanned ? this.#turns.next(number, outbox) : undefined;
  }

  /** Sets the alarm for new parts: batches are sent at once, letters are looked at once a day. */
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
   * Aborts the object: the next call finds a new one, which reads what was written. If the store is down, it writes no
   * more, and the rest of this turn may run: the module wakes its calls in one microtask for all objects of an isolate,
   * which never comes if the object that queued it is aborted. If the store works, the change that failed must not be
   * written with the next: the object is aborted at once.
   */
  #broken(error: unknown, isDown: boolean): unknown {
    const what = error instanceof ModuleError ? "module" : "store";
    log("error", `${what}_failed`, { error: errorText(error) });
    const abort = () => this.ctx.abort(`the ${what} failed`);
    if (isDown) setTimeout(abort, 0);
    else abort();
    return error;
  }
}

async function inTime(told: Promise<void>): Promise<void> {
  let timer = 0;
  const late = new Promise<never>((_, reject) => {
    timer = Number(setTimeout(() => reject(new Error(`no answer in ${REGISTER_MS} ms`)), REGISTER_MS));
  });
  try {
    await Promise.race([told, late]);
  } finally {
    clearTimeout(timer);
  }
}
