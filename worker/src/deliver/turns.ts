import type { Attempt, Outbox } from "split-events";
import { errorText, log } from "../log.js";
import { inspectSettings } from "../settings.js";
import type { Env } from "./env.js";
import { paceOf } from "./objects.js";
import type { Hold, Lease } from "./pace-object.js";
import { withoutServiceKeys, withServiceKey } from "./service-keys.js";

/** A turn ends after `TURN_MS`, or if a request hangs, after `TURN_MAX_MS` at the latest: an alarm has 15 minutes. */
const TURN_MS = 60_000;
const TURN_MAX_MS = 300_000;
/** A request without an answer after this time hangs. The end of a turn waits for it, and holds all others back. */
const HANGS_MS = 1_000;
/** With a rate, a lease is cut to one request after this time, so that no shard saves up requests. */
const LEASE_MS = 1_000;
/** The wait after a turn that settled no batch. */
const IDLE_MS = 1_000;

interface Turn {
  shard: number;
  outbox: Outbox;
  /** How many times an operator had resumed when the turn's lease was made. */
  resumes: number;
  began: number;
  end: AbortController;
  /** How many times the pace was to be asked. */
  asks: number;
  isAsking: boolean;
  /** Whether batches that are not in flight wait for the pace. */
  isHeld: boolean;
  /** Ends the wait for the pace. */
  wake?: () => void;
  /** With a rate, the timer that cuts its lease. */
  expiry: number | null;
  /** The longest pause that the pace was told of. */
  toldMs: number;
}

/**
 * Sends in turns what the pace allows one shard. Batches that are added during a turn leave in the same turn, since a
 * request that hangs would keep the next turn waiting.
 */
export class Turns {
  readonly #env: Env;
  readonly #hasRate: boolean;
  #turn: Turn | undefined;
  /** Requests that the lease still allows; below 0 if more were sent. */
  #left = 0;
  /** When each request in flight began. */
  readonly #begun = new Set<{ at: number }>();
  /** What the service last answered in this turn; a success does not replace another answer. */
  #answered: string | undefined;

  constructor(env: Env) {
    this.#env = env;
    this.#hasRate = inspectSettings(env).settings.rate !== undefined;
  }

  /** Runs one turn. Returns the milliseconds until the next, or `undefined` if no batch is planned. */
  async next(shard: number, outbox: Outbox): Promise<number | undefined> {
    const lease = await this.#lease(shard, outbox);
    if (lease.waitMs > 0) return lease.waitMs;

    const end = new AbortController();
    const now = Date.now();
    const { resumes } = lease;
    const turn: Turn = {
      shard,
      outbox,
      resumes,
      began: now,
      end,
      asks: 0,
      isAsking: false,
      isHeld: true,
      expiry: null,
      toldMs: 0,
    };
    this.#turn = turn;
    this.#answered = undefined;
    this.#grant(turn, lease);
    const timer = setInterval(() => this.#endInTime(turn), HANGS_MS);
    let hold: Hold | undefined;
    try {
      const { settled, waitMs, pausedMs, pausedBy } = await outbox.deliver({ signal: end.signal });
      const isTrouble = !settled.some(({ state }) => state === "accepted") && waitMs !== undefined;
      const ms = Math.max(pausedMs ?? 0, isTrouble ? waitMs : 0);
      // a pause from before this turn is the shard's own: the pace is not told of it
      if (ms > 0 && this.#answered !== undefined) hold = { ms, reason: pausedBy ? wordsOf(pausedBy) : this.#answered };
      if (outbox.counts().planned.batches === 0) return undefined;
      const idle = settled.length === 0 && !turn.isHeld && !end.signal.aborted ? IDLE_MS : 0;
      return Math.max(waitMs ?? 0, idle);
    } finally {
      this.#turn = undefined;
      clearInterval(timer);
      clearTimeout(turn.expiry);
      turn.wake?.();
      await paceOf(this.#env).done(shard, lease, hold);
    }
  }

  /** Begins no further request until the pace allows it. */
  stop(): void {
    if (this.#turn) this.#ask(this.#turn);
  }

  /** Goes on after an operator has resumed. A pause that the service asks for from here on counts again. */
  resumed(resumes: number): void {
    if (!this.#turn) return;
    this.#turn.resumes = resumes;
    this.#turn.toldMs = 0;
    this.#turn.wake?.();
  }

  /** Asks the pace again, since there may be new batches. */
  added(): void {
    if (this.#turn?.isHeld) this.#ask(this.#turn);
  }

  /** Performs a request of the outbox, with the service key. */
  async fetch(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
    const request = { at: Date.now() };
    this.#begun.add(request);
    try {
      const answer = await withServiceKey(this.#env, (key) => {
        this.#left -= 1;
        if (this.#left <= 0) this.stop();
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
    // the outbox applies the answer after this call: only then is its pause known
    const reason = this.#answered;
    if (!isSuccess) queueMicrotask(() => this.#tellPause(reason));
  }

  /** Asks the pace for as many requests as can be used now, less those that were sent beyond the last lease. */
  async #lease(shard: number, outbox: Outbox): Promise<Lease> {
    const owed = Math.max(0, -this.#left);
    this.#left = 0;
    return paceOf(this.#env).lease(shard, this.#waiting(outbox), owed);
  }

  /** Counts the batches that could be sent, also those that are claimed but not in flight. */
  #waiting(outbox: Outbox): number {
    const { planned, dispatching } = outbox.counts();
    return Math.max(0, planned.batches + dispatching.batches - this.#begun.size);
  }

  #grant(turn: Turn, { requests }: Lease): void {
    this.#left += requests;
    turn.isHeld = false;
    turn.outbox.holdBack(false);
    clearTimeout(turn.expiry);
    const expire = () => {
      this.#left = Math.min(this.#left, 1);
    };
    if (this.#hasRate) turn.expiry = setTimeout(expire, LEASE_MS);
  }

  /** Holds back what is not in flight until the pace allows it, or until no batch is planned. */
  async #ask(turn: Turn): Promise<void> {
    this.#left = Math.min(0, this.#left);
    turn.isHeld = true;
    turn.outbox.holdBack(true);
    turn.asks += 1;
    if (turn.isAsking) return;
    turn.isAsking = true;
    try {
      while (this.#turn === turn && this.#waiting(turn.outbox) > 0) {
        const { asks } = turn;
        const lease = await this.#lease(turn.shard, turn.outbox);
        // a pause may have begun since this lease was made
        if (this.#turn !== turn || asks !== turn.asks) continue;
        if (lease.waitMs === 0) {
          this.#grant(turn, lease);
          break;
        }
        await this.#wait(turn, lease.waitMs);
      }
    } catch (error) {
      log("warn", "lease_failed", { shard: turn.shard, error: errorText(error) });
      turn.end.abort();
    }
    turn.isAsking = false;
  }

  #wait(turn: Turn, ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      turn.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  #endInTime({ began, end }: Turn): void {
    const now = Date.now();
    const hangs = [...this.#begun].some(({ at }) => now - at > HANGS_MS);
    if (now - began > TURN_MAX_MS || (now - began > TURN_MS && !hangs)) end.abort();
  }

  /** Tells the pace of a pause at once: other shards must not send while this turn waits for its other answers. */
  #tellPause(reason: string): void {
    const turn = this.#turn;
    const ms = turn?.outbox.pausedMs ?? 0;
    if (!turn || ms <= turn.toldMs) return;
    turn.toldMs = ms;
    const { shard, resumes } = turn;
    paceOf(this.#env)
      .hold(shard, { resumes }, { ms, reason })
      .catch((error) => log("warn", "pace_failed", { shard, error: errorText(error) }));
  }
}

function wordsOf(attempt: Attempt): string {
  return "status" in attempt ? `answered ${attempt.status}` : "no answer";
}
