import { DurableObject } from "cloudflare:workers";
import { errorText, log } from "../log.js";
import { inspectSettings } from "../settings.js";
import type { Env } from "./env.js";
import { outboxOf } from "./objects.js";
import { type Hold, type Lease, PAUSE_MAX_MS, type PaceObject, type PaceState } from "./pace-object.js";

interface Pause {
  until: number;
  since: number;
  reason: string;
  /** The shard that ran into it. */
  shard?: number;
}

/** A pause that grows by more is logged again. */
const LONGER_MS = 60_000;
const UNLIMITED = 1_000_000;

/** The one object by which all shards share the pause that the service asked for, and the rate. */
export class EventPace extends DurableObject<Env> implements PaceObject {
  #pause: Pause | undefined;
  #shards: number[] = [];
  /** How many times an operator has resumed. */
  #resumes = 0;
  readonly #sending = new Set<number>();
  readonly #rate: number | undefined;
  #tokens: number;
  #at: number;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#rate = inspectSettings(env).settings.rate;
    this.#tokens = this.#burst;
    this.#at = Date.now();
    ctx.blockConcurrencyWhile(async () => {
      this.#pause = storedPause(await ctx.storage.get<Pause | number>("until"));
      this.#shards = (await ctx.storage.get<number[]>("shards")) ?? [];
      this.#resumes = (await ctx.storage.get<number>("resumes")) ?? 0;
    });
  }

  /** Remembers a shard that has taken something, so that operators see it also after `SHARDS` is made smaller. */
  async know(shard: number): Promise<void> {
    await this.#remember(shard);
  }

  /** Allows a shard to send up to `most` requests, or says how long to wait. `owed`: requests beyond its last lease. */
  async lease(shard: number, most: number, owed: number): Promise<Lease> {
    await this.#remember(shard);
    await this.#endPauseInTime();
    const now = Date.now();
    const resumes = this.#resumes;
    const waitMs = (this.#pause?.until ?? 0) - now;
    if (waitMs > 0) return { waitMs, requests: 0, resumes };
    if (this.#rate === undefined) {
      this.#sending.add(shard);
      return { waitMs: 0, requests: UNLIMITED, resumes };
    }
    const grown = (Math.max(0, now - this.#at) / 1000) * this.#rate;
    this.#tokens = Math.min(this.#burst, this.#tokens + grown) - owed;
    this.#at = now;
    const requests = Math.min(Math.floor(this.#tokens), most);
    if (requests < 1) return { waitMs: Math.ceil(((1 - this.#tokens) / this.#rate) * 1000), requests: 0, resumes };
    this.#tokens -= requests;
    this.#sending.add(shard);
    return { waitMs: 0, requests, resumes };
  }

  /** Begins a pause that a shard ran into, unless an operator has resumed since its lease. */
  async hold(shard: number, { resumes }: Pick<Lease, "resumes">, hold: Hold): Promise<void> {
    if (resumes === this.#resumes) await this.#hold(hold, shard);
  }

  /** Ends a shard's turn, and begins the pause that it ran into, if any. */
  async done(shard: number, lease: Pick<Lease, "resumes">, hold?: Hold): Promise<void> {
    this.#sending.delete(shard);
    if (hold) await this.hold(shard, lease, hold);
  }

  /** Called by an operator: ends the pause, and wakes every shard. */
  async resume(): Promise<PaceState> {
    this.#resumes += 1;
    await this.ctx.storage.put("resumes", this.#resumes);
    if (this.#pause) await this.#endPause("operator");
    for (const shard of this.#shards) {
      const told = outboxOf(this.env, shard).goOn(this.#resumes);
      this.ctx.waitUntil(told.catch((error) => log("warn", "go_on_failed", { shard, error: errorText(error) })));
    }
    return this.state();
  }

  async state(): Promise<PaceState> {
    await this.#endPauseInTime();
    const shards = this.#shards;
    if (!this.#pause) return { pausedMs: 0, shards };
    const { until, since, reason } = this.#pause;
    const pausedSince = new Date(since).toISOString();
    return { pausedMs: until - Date.now(), pauseReason: reason, pausedSince, shards };
  }

  /** Ends a pause whose time is over. */
  override async alarm(): Promise<void> {
    await this.#endPauseInTime();
  }

  async #remember(shard: number): Promise<void> {
    if (this.#shards.includes(shard)) return;
    this.#shards = [...this.#shards, shard].sort((a, b) => a - b);
    await this.ctx.storage.put("shards", this.#shards);
  }

  /** Pauses all shards. A pause is only ever prolonged. */
  async #hold({ ms, reason }: Hold, shard: number): Promise<void> {
    await this.#endPauseInTime();
    const now = Date.now();
    const held = Math.min(ms, PAUSE_MAX_MS);
    const until = Math.ceil(now + held);
    if (until <= (this.#pause?.until ?? now)) return;
    const isLonger = this.#pause !== undefined && until - this.#pause.until > LONGER_MS;
    if (this.#pause && !isLonger) {
      // the log's `pause_ended` has the same reason and shard as its `paused`
      this.#pause = { ...this.#pause, until };
    } else {
      log("warn", isLonger ? "pause_longer" : "paused", { ms: Math.round(held), reason, shard });
      this.#pause = { until, since: this.#pause?.since ?? now, reason, shard };
    }
    await this.ctx.storage.put("until", this.#pause);
    await this.ctx.storage.setAlarm(until);
    const sending = [...this.#sending];
    this.#sending.clear();
    await Promise.all(
      sending.map((shard) =>
        outboxOf(this.env, shard)
          .stop()
          .catch((error) => log("warn", "stop_failed", { shard, error: errorText(error) })),
      ),
    );
  }

  async #endPauseInTime(): Promise<void> {
    if (this.#pause && this.#pause.until <= Date.now()) await this.#endPause("time");
  }

  async #endPause(by: "time" | "operator"): Promise<void> {
    const { since, reason, shard } = this.#pause as Pause;
    this.#pause = undefined;
    log("info", "pause_ended", { by, ms: Date.now() - since, reason, shard });
    await this.ctx.storage.delete("until");
  }

  get #burst(): number {
    return Math.max(1, this.#rate ?? 1);
  }
}

/** Returns the stored pause, which earlier versions stored as a number. A clock that was set back makes no pause longer. */
function storedPause(stored: Pause | number | undefined): Pause | undefined {
  if (stored === undefined) return undefined;
  const now = Date.now();
  const pause =
    typeof stored === "number" ? { until: stored, since: now, reason: "kept by an earlier version" } : stored;
  return pause.until > 0 ? { ...pause, until: Math.min(pause.until, now + PAUSE_MAX_MS) } : undefined;
}
