import { Refusal } from "../problem.js";

/**
 * Where a walk over the letters of all shards goes on: behind a number of a shard. A walk that changes letters goes no
 * further than what came before it began, or it would never end where letters come faster.
 */
export class LetterCursor {
  readonly shard: number;
  readonly number: number;
  readonly until: number;

  constructor(shard: number, number: number, until: number) {
    this.shard = shard;
    this.number = number;
    this.until = until;
  }

  /** From `after` of the query, or from the beginning. */
  static from({ searchParams }: URL): LetterCursor {
    const given = searchParams.get("after");
    if (given === null) return new LetterCursor(0, 0, Date.now());
    const [, shard, number, until = ""] = /^(\d{1,3})-(\d{1,15})-([0-9a-z]{1,9})$/.exec(given) ?? [];
    if (shard === undefined) throw new Refusal(400, { detail: "after must be what an answer gave as next" });
    return new LetterCursor(Number(shard), Number(number), Number.parseInt(until, 36));
  }

  /** In a shard: 0 in those behind the cursor's own. */
  afterIn(shard: number): number {
    return shard === this.shard ? this.number : 0;
  }

  at(shard: number, number: number): LetterCursor {
    return new LetterCursor(shard, number, this.until);
  }

  toString(): string {
    return `${this.shard}-${this.number}-${this.until.toString(36)}`;
  }
}
