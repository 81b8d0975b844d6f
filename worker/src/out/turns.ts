import type { Attempt, Outbox } from "split-events";
import type { Env } from "../env.js";
import type { Hold } from "./event-pace.js";
import { withoutServiceKeys, withServiceKey } from "./service-keys.js";
import { paceOf } from "./shards.js";

/** A turn ends after this time, so that an alarm stays far from its 15 minutes. */
const TURN_MS = 60_000;
/** Between turns in which nothing could be done. */
const IDLE_MS = 1_000;

/** The turns of one shard: in each it sends what the pace allows. */
export class Turns {
  readonly #env: Env;
  #turn: AbortController | undefined;
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
    const turn = new AbortController();
    this.#turn = turn;
    const timer = setTimeout(() => turn.abort(), TURN_MS);
    this.#answered = undefined;
    let hold: Hold | undefined;
    try {
      const { settled, waitMs, pausedMs, pausedBy } = await outbox.deliver({ signal: turn.signal });
      const isTrouble = !settled.some(({ state }) => state === "accepted") && waitMs !== undefined;
      const ms = Math.max(pausedMs ?? 0, isTrouble ? waitMs : 0);
      // a pause that it had before this turn is its own
      if (ms > 0 && this.#answered !== undefined) hold = { ms, reason: pausedBy ? said(pausedBy) : this.#answered };
      if (outbox.counts().planned.batches === 0) return undefined;
      const idle = settled.length === 0 && !turn.signal.aborted ? IDLE_MS : 0;
      return Math.max(waitMs ?? 0, idle);
    } finally {
      clearTimeout(timer);
      this.#turn = undefined;
      await pace.done(shard, lease, hold);
    }
  }

  /** Nothing more is sent in this turn. What is in flight is waited for. */
  stop(): void {
    this.#turn?.abort();
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
    this.#answered = said(attempt);
  }
}

function said(attempt: Attempt): string {
  return "status" in attempt ? `answered ${attempt.status}` : "no answer";
}
