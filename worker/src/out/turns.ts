import type { Attempt, Outbox } from "split-events";
import type { Env } from "../env.js";
import { log, said } from "../log.js";
import type { Hold, Lease } from "./event-pace.js";
import { withoutServiceKeys, withServiceKey } from "./service-keys.js";
import { paceOf } from "./shards.js";

/** A turn ends after this time, so that an alarm stays far from its 15 minutes. */
const TURN_MS = 60_000;
/** Between turns in which nothing could be done. */
const IDLE_MS = 1_000;

interface Turn {
  shard: number;
  outbox: Outbox;
  lease: Lease;
  stop: AbortController;
  /** The longest pause that the pace was told. */
  toldMs: number;
}

/** The turns of one shard: in each it sends what the pace allows. */
export class Turns {
  readonly #env: Env;
  #turn: Turn | undefined;
  /** Requests that the lease has left; below zero where more were sent. */
  #left = 0;
  /** How the service has answered in this turn; what is no success goes before. */
  #answered: string | undefined;

  constructor(env: Env) {
    this.#env = env;
  }

  /** Gives after how many milliseconds to go on, or nothing where nothing is planned. */
  async next(shard: number, outbox: Outbox): Promise<number | undefined> {
    const pace = paceOf(this.#env);
    const back = this.#left;
    this.#left = 0;
    const lease = await pace.lease(shard, back);
    if (lease.waitMs > 0) return lease.waitMs;

    this.#left = lease.requests;
    const stop = new AbortController();
    this.#turn = { shard, outbox, lease, stop, toldMs: 0 };
    const timer = setTimeout(() => stop.abort(), TURN_MS);
    this.#answered = undefined;
    let hold: Hold | undefined;
    try {
      const { settled, waitMs, pausedMs, pausedBy } = await outbox.deliver({ signal: stop.signal });
      const isTrouble = !settled.some(({ state }) => state === "accepted") && waitMs !== undefined;
      const ms = Math.max(pausedMs ?? 0, isTrouble ? waitMs : 0);
      // a pause that it had before this turn is its own
      if (ms > 0 && this.#answered !== undefined) hold = { ms, reason: pausedBy ? wordsOf(pausedBy) : this.#answered };
      if (outbox.counts().planned.batches === 0) return undefined;
      const idle = settled.length === 0 && !stop.signal.aborted ? IDLE_MS : 0;
      return Math.max(waitMs ?? 0, idle);
    } finally {
      clearTimeout(timer);
      this.#turn = undefined;
      await pace.done(shard, lease, hold);
    }
  }

  /** Nothing more is sent in this turn. What is in flight is waited for. */
  stop(): void {
    this.#turn?.stop.abort();
  }

  /** Sends what the outbox wants to be sent. */
  async fetch(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
    const answer = await withServiceKey(this.#env, (key) => {
      this.#left -= 1;
      if (this.#left <= 0) this.stop();
      const headers = new Headers(init?.headers);
      headers.set("authorization", `Bearer ${key}`);
      return fetch(input, { ...init, headers });
    });
    return withoutServiceKeys(answer, this.#env);
  }

  attempted(attempt: Attempt): void {
    const isSuccess = "status" in attempt && attempt.status >= 200 && attempt.status < 300;
    if (isSuccess && this.#answered !== undefined) return;
    this.#answered = wordsOf(attempt);
    // the outbox knows what the answer means when this was called
    const reason = this.#answered;
    if (!isSuccess) queueMicrotask(() => this.#tellPause(reason));
  }

  /** Others must not send for as long as this turn waits for its other answers. */
  #tellPause(reason: string): void {
    const turn = this.#turn;
    const ms = turn?.outbox.pausedMs ?? 0;
    if (!turn || ms <= turn.toldMs) return;
    turn.toldMs = ms;
    const { shard, lease } = turn;
    paceOf(this.#env)
      .hold(shard, lease, { ms, reason })
      .catch((error) => log("warn", "pace_failed", { shard, error: said(error) }));
  }
}

function wordsOf(attempt: Attempt): string {
  return "status" in attempt ? `answered ${attempt.status}` : "no answer";
}
