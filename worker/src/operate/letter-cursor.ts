import { wrongAfter } from "./query.js";

/** Behind a letter's number in a shard. */
interface Place {
  shard: number;
  number: number;
}

/**
 * Where a walk over the letters of all shards goes on. A walk that changes letters goes no further than what came before
 * it began, or it would never end where letters come faster.
 */
export class LetterCursor {
  /** No letter of a later time is taken. */
  readonly until: number;
  /** Where to go on, in their order. */
  readonly places: readonly Place[];
  /** Whether the shards behind the last place are to be asked too. */
  readonly isOpen: boolean;
  /** Where shards were left that could not go on: they come when all others are done. */
  readonly left: readonly Place[];

  constructor(until: number, places: readonly Place[], isOpen: boolean, left: readonly Place[] = []) {
    this.until = until;
    this.places = places;
    this.isOpen = isOpen;
    this.left = left;
  }

  /** From `after` of the query, or from the beginning. */
  static from({ searchParams }: URL): LetterCursor {
    const given = searchParams.get("after");
    if (given === null) return new LetterCursor(Date.now(), [{ shard: 0, number: 0 }], true);
    const form = /^([0-9a-z]{1,9})_(\d{1,3}-\d{1,15}(?:\.\d{1,3}-\d{1,15}){0,255})(\.only)?(?:~([\d.-]+))?$/;
    const [, until = "", places = "", only, left] = form.exec(given) ?? [];
    if (until === "" || (left !== undefined && !/^\d{1,3}-\d{1,15}(\.\d{1,3}-\d{1,15}){0,255}$/.test(left)))
      throw wrongAfter();
    return new LetterCursor(Number.parseInt(until, 36), placesOf(places), only === undefined, placesOf(left ?? ""));
  }

  /** Every place that is to be gone on from, where these shards are there. */
  placesIn(shards: readonly number[]): Place[] {
    const last = this.places.at(-1)?.shard ?? 0;
    const behind = this.isOpen ? shards.filter((shard) => shard > last) : [];
    return [...this.places, ...behind.map((shard) => ({ shard, number: 0 }))];
  }

  /** The same walk, stopped at one of {@link placesIn}. */
  at(index: number, place: Place, left: readonly Place[] = []): LetterCursor {
    return new LetterCursor(this.until, [place, ...this.places.slice(index + 1)], this.isOpen, left);
  }

  /** When all is done but what was left. */
  ofLeft(left: readonly Place[]): LetterCursor {
    return new LetterCursor(this.until, left, false);
  }

  toString(): string {
    const left = this.left.length > 0 ? `~${textOf(this.left)}` : "";
    return `${this.until.toString(36)}_${textOf(this.places)}${this.isOpen ? "" : ".only"}${left}`;
  }
}

function textOf(places: readonly Place[]): string {
  return places.map(({ shard, number }) => `${shard}-${number}`).join(".");
}

function placesOf(text: string): Place[] {
  const places = text.split(".").filter(Boolean);
  return places.map((place) => {
    const [shard, number] = place.split("-");
    return { shard: Number(shard), number: Number(number) };
  });
}
