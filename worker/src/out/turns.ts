import type { Attempt, Outbox } from "split-events";
import type { Env } from "../env.js";
import { log, said } from "../log.js";
import { lookAtSettings } from "../settings.js";
import type { Hold, Lease } from "./event-pace.js";
import { withoutServiceKeys, withServiceKey } from "./service-keys.js";
import { paceOf } from "./shards.js";

/** A turn ends after this time, once no request hangs, but not later than that: an alarm has 15 minutes. */
const TURN_MS = 60_000;
const TURN_MAX_MS = 300_000;
/** What has no answer after this time hangs: the end of a turn would hold back all others until it has. */
const HANGS_MS = 1_000;
/** What a lease has left after this time is given back: nobody saves it up. */
const LEASE_MS = 1_000;
/** Between turns in which nothing could be done. */
const IDLE_MS = 1_000;

interface Turn {
  shard: number;
  outbox: Outbox;
  /** A person's last word to go on, which a pause comes after. */
  resumes: number;
  began: number;
  stop: AbortController;
  /** It waits for another lease. */
  isRenewing: boolean;
  /** The longest pause that the pace was told. */
  toldMs: number;
}

/** The turns of one shard: in each it sends what the pace allows. */
export class Turns {
  readonly #env: Env;
  readonly #hasRate: boolean;
  #turn: Turn | undefined;
  /** Requests that the lease has left; below zero where more were sent. */
  #left = 0;
  /** When those in flight have begun. */
  readonly #begun = new Set<{ at: number }>();
  /** How the service has answered in this turn; what is no success goes before. */
  #answered: string | undefined;

  constructor(env: Env) {
    this.#env = env;
    this.#hasRate = lookAtSettings(env).settings.rate !== undefined;
  }

  /** Gives after how many milliseconds to go on, or nothing where nothing is planned. */
  async next(shard: number, outbox: Outbox): Promise<number | undefined> {
    const lease = await this.#lease(shard);
    if (lease.waitMs > 0) return lease.waitMs;

    const stop = new AbortController();
    const { resumes } = lease;
    const turn: Turn = { shard, outbox, resumes, began: Date.now(), stop, isRenewing: false, toldMs: 0 };
    this.#turn = turn;
    const timers = [setInterval(() => this.#endInTime(turn), HANGS_MS)];
    if (this.#hasRate) timers.push(setInterval(() => this.#renew(turn), LEASE_MS));
    this.#answered = undefined;
    outbox.holdBack(false);
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
      for (const timer of timers) clearInterval(timer);
      this.#turn = undefined;
      await paceOf(this.#env).done(shard, lease, hold);
    }
  }

  /** Nothing more is sent in this turn. What is in flight is waited for. */
  stop(): void {
    this.#turn?.stop.abort();
  }

  /** A person has said to go on: what the outbox is told from here on is a pause again. */
  resumed(resumes: number): void {
    if (this.#turn) Object.assign(this.#turn, { resumes, toldMs: 0 });
  }

  /** Sends what the outbox wants to be sent. */
  async fetch(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
    const request = { at: Date.now() };
    this.#begun.add(request);
    try {
      const answer = await withServiceKey(this.#env, (key) => {
        this.#left -= 1;
        if (this.#left <= 0 && this.#turn) this.#renew(this.#turn);
        const headers = new Headers(init?.headers);
        headers.set("authorization", `Bearer ${key}`);
        return fetch(input, { ...init, headers });
      });
      return withoutServiceKeys(answer, this.#env);
    } finally {
      this.#begun.delete(request);
    }
  }

  attempted(attempt: Attempt): void {
    const isSuccess = "status" in attempt && attempt.status >= 200 && attempt.status < 300;
    if (isSuccess && this.#answered !== undefined) return;
    this.#answered = wordsOf(attempt);
    // the outbox knows what the answer means when this was called
    const reason = this.#answered;
    if (!isSuccess) queueMicrotask(() => this.#tellPause(reason));
  }

  async #lease(shard: number): Promise<Lease> {
    const back = this.#left;
    this.#left = 0;
    const lease = await paceOf(this.#env).lease(shard, back);
    this.#left += lease.requests;
    return lease;
  }

  /** Gives back what is left, and holds back what is not in flight until there is another lease. */
  async #renew(turn: Turn): Promise<void> {
    if (turn.isRenewing) return;
    turn.isRenewing = true;
    turn.outbox.holdBack(true);
    try {
      while (this.#turn === turn && !turn.stop.signal.aborted) {
        const { waitMs } = await this.#lease(turn.shard);
        if (waitMs === 0) break;
        await new Promise((resolve) => setTimeout(resolve, Math.min(waitMs, LEASE_MS)));
      }
      if (this.#turn === turn) turn.outbox.holdBack(false);
    } catch (error) {
      log("warn", "lease_failed", { shard: turn.shard, error: said(error) });
      turn.stop.abort();
    }
    turn.isRenewing = false;
  }

  #endInTime({ began, stop }: Turn): void {
    const now = Date.now();
    const hangs = [...this.#begun].some(({ at }) => now - at > HANGS_MS);
    if (now - began > TURN_MAX_MS || (now - began > TURN_MS && !hangs)) stop.abort();
  }

  /** Others must not send for as long as this turn waits for its other answers. */
  #tellPause(reason: string): void {
    const turn = this.#turn;
    const ms = turn?.outbox.pausedMs ?? 0;
    if (!turn || ms <= turn.toldMs) return;
    turn.toldMs = ms;
    const { shard, resumes } = turn;
    paceOf(this.#env)
      .hold(shard, { resumes }, { ms, reason })
      .catch((error) => log("warn", "pace_failed", { shard, error: said(error) }));
  }
}

function wordsOf(attempt: Attempt): string {
  return "status" in attempt ? `answered ${attempt.status}` : "no answer";
}
