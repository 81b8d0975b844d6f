import { DurableObject } from "cloudflare:workers";
import { type Env, settingsOf } from "../env.js";
import { log, said } from "../log.js";
import { outboxOf } from "./shards.js";

/** What a shard may do now: wait, or send so many requests. */
export interface Lease {
  waitMs: number;
  requests: number;
}

const UNLIMITED = 1_000_000;

/** One object for all shards: it holds the pause that the service has asked for, and the rate. */
export class EventPace extends DurableObject<Env> {
  #until = 0;
  #shards: number[] = [];
  readonly #sending = new Set<number>();
  readonly #rate: number | undefined;
  #tokens: number;
  #at: number;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#rate = settingsOf(env).rate;
    this.#tokens = this.#burst;
    this.#at = Date.now();
    ctx.blockConcurrencyWhile(async () => {
      this.#until = (await ctx.storage.get<number>("until")) ?? 0;
      this.#shards = (await ctx.storage.get<number[]>("shards")) ?? [];
    });
  }

  /** Asked before a shard sends. `back` is what it did not use of the last lease, below zero where it used more. */
  async lease(shard: number, back: number): Promise<Lease> {
    if (!this.#shards.includes(shard)) {
      this.#shards = [...this.#shards, shard].sort((a, b) => a - b);
      await this.ctx.storage.put("shards", this.#shards);
    }
    const now = Date.now();
    const waitMs = this.#until - now;
    if (waitMs > 0) return { waitMs, requests: 0 };
    if (this.#rate === undefined) {
      this.#sending.add(shard);
      return { waitMs: 0, requests: UNLIMITED };
    }
    this.#tokens = Math.min(this.#burst, this.#tokens + (Math.max(0, now - this.#at) / 1000) * this.#rate + back);
    this.#at = now;
    const requests = Math.floor(this.#tokens);
    if (requests < 1) return { waitMs: Math.ceil(((1 - this.#tokens) / this.#rate) * 1000), requests: 0 };
    this.#tokens -= requests;
    this.#sending.add(shard);
    return { waitMs: 0, requests };
  }

  /** A shard has stopped sending; `holdMs` is how long the service wants to be left alone. */
  async done(shard: number, holdMs: number): Promise<void> {
    this.#sending.delete(shard);
    if (holdMs > 0) await this.hold(holdMs);
  }

  /** Holds all shards back. A pause is never made shorter by another. */
  async hold(ms: number): Promise<void> {
    const until = Date.now() + ms;
    if (until <= this.#until) return;
    this.#until = until;
    await this.ctx.storage.put("until", until);
    const sending = [...this.#sending];
    this.#sending.clear();
    await Promise.all(
      sending.map((shard) =>
        outboxOf(this.env, shard)
          .stop()
          .catch((error) => log("warn", "stop_failed", { shard, error: said(error) })),
      ),
    );
  }

  /** A person's word: the pause is over. */
  async resume(): Promise<void> {
    this.#until = 0;
    await this.ctx.storage.put("until", 0);
  }

  state(): { pausedMs: number; shards: number[] } {
    return { pausedMs: Math.max(0, this.#until - Date.now()), shards: this.#shards };
  }

  get #burst(): number {
    return Math.max(1, this.#rate ?? 1);
  }
}
