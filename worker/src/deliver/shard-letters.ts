import type { Outbox, OutboxBatch } from "split-events";
import { log } from "../log.js";
import { idOf } from "../part.js";
import { settingsOf } from "../settings.js";
import type { Buried, DeadLetter, DeadLetters, LetterFilter } from "./dead-letters.js";
import type { Env } from "./env.js";
import { type Forgotten, forgetLetters } from "./forget.js";
import { insertInto } from "./insert.js";
import { type Replayed, replayLetters } from "./replay.js";
import type { Requests } from "./requests.js";
import type { Room } from "./room.js";
import type { Totals } from "./totals.js";
import type { Transactions } from "./transactions.js";

const DAY_MS = 24 * 60 * 60 * 1000;

/** What the letters of a shard share with the rest of it. */
interface Shared {
  env: Env;
  dead: DeadLetters;
  requests: Requests;
  totals: Totals;
  room: Room;
  transactions: Transactions;
  outbox: Outbox;
}

/** The dead letters of a shard: what an operator does with them, and how they grow old. */
export class ShardLetters {
  readonly #shared: Shared;

  constructor(shared: Shared) {
    this.#shared = shared;
  }

  get isEmpty(): boolean {
    return this.#shared.dead.counts().batches === 0;
  }

  list(limit: number, after?: number, filter?: LetterFilter): DeadLetter[] {
    return this.#shared.dead.list(limit, after, filter);
  }

  /** Keeps what came out of the dead queue and is not taken as a batch. */
  async bury(letters: readonly Buried[]): Promise<void> {
    const { dead, requests, totals, transactions } = this.#shared;
    await transactions.change(() => {
      for (const { part, kind, why } of letters) {
        if (requests.has(part)) continue;
        requests.keepPart(part);
        totals.rememberShard(part.shard);
        dead.bury({ ...part, id: idOf(part), kind }, part.body, why);
        totals.add("taken", part.events);
        log("warn", "buried", { shard: part.shard, client: part.client, kind, why, events: part.events });
      }
    });
  }

  /** Checks letters again, from a number on, as many as one call can. What passes now is planned, the rest stays. */
  async replayFrom(after: number, filter: LetterFilter): Promise<Replayed> {
    return this.#replay(this.#shared.dead.slice(after, filter), filter.code);
  }

  async replay(id: string): Promise<Replayed | undefined> {
    const letter = this.#shared.dead.get(id);
    return letter && this.#replay({ letters: [letter], isLast: true });
  }

  /** Forgets letters, from a number on, as many as one call can; with a code, only the events that were refused with it. */
  async forgetFrom(after: number, filter: LetterFilter): Promise<Forgotten & { after: number; isDone: boolean }> {
    const { letters, isLast } = this.#shared.dead.slice(after, filter);
    const forgotten = await this.#forget(letters, filter.code);
    return { ...forgotten, after: letters.at(-1)?.number ?? after, isDone: isLast };
  }

  async forget(id: string): Promise<Forgotten | undefined> {
    const letter = this.#shared.dead.get(id);
    return letter && this.#forget([letter]);
  }

  /** Forgets what is too old: once a day, and once a turn while there are more old letters than one call takes on. */
  forgetOld(storage: DurableObjectStorage): void {
    if (this.cleanUpMs > 0) return;
    const { env, dead, requests, totals } = this.#shared;
    const now = Date.now();
    storage.transactionSync(() => {
      const { letters, isLast } = dead.slice(0, { before: now - settingsOf(env).deadDays * DAY_MS });
      const { events } = forgetLetters(dead, letters);
      totals.add("dropped:expired", events);
      if (letters.length > 0) log("warn", "expired", { shard: totals.shard, letters: letters.length, events });
      if (isLast) totals.set("forgot", now);
    });
    requests.forget(now);
  }

  /** The milliseconds until {@link forgetOld} has work to do. */
  get cleanUpMs(): number {
    return Math.max(0, (this.#shared.totals.get("forgot") ?? 0) + DAY_MS - Date.now());
  }

  async #replay(slice: { letters: DeadLetter[]; isLast: boolean }, code?: string): Promise<Replayed> {
    const { env, dead, totals, room, transactions } = this.#shared;
    const written: Promise<void>[] = [];
    let replayed: Replayed;
    try {
      replayed = await replayLetters(dead, slice, {
        check: settingsOf(env).check,
        code,
        hasRoom: (bytes) => room.has(bytes),
        plan: (batches, change) => {
          const [, durable] = transactions.write(() => {
            this.#plan(batches);
            change();
          });
          written.push(durable);
        },
        insert: (part) => insertInto(part.shard, [part], env),
      });
      await Promise.all(written);
      await transactions.sync();
    } catch (error) {
      throw transactions.broken(error);
    }
    const { letters, sent, refused, stays, isFull } = replayed;
    log("info", "replayed", { shard: totals.shard, letters, sent, refused, stays, isFull });
    return replayed;
  }

  #plan(batches: readonly OutboxBatch[]): void {
    for (const batch of batches) {
      if (!this.#shared.outbox.add(batch)) throw new RangeError(`${batch.id} is held already`);
    }
  }

  async #forget(letters: readonly DeadLetter[], code?: string): Promise<Forgotten> {
    const { dead, totals, transactions } = this.#shared;
    const forgotten = await transactions.change(() => {
      const forgotten = forgetLetters(dead, letters, code);
      totals.add("dropped:forgotten", forgotten.events);
      return forgotten;
    });
    if (forgotten.letters > 0) log("info", "forgotten", { shard: totals.shard, ...forgotten, code });
    return forgotten;
  }
}
