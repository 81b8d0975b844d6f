import { wrongAfter } from "./query.js";

/** A place after a letter's number in a shard. */
interface Place {
  shard: number;
  number: number;
}

/**
 * Says where a walk over the letters of all shards goes on. A walk that changes letters leaves out those that came after it
 * began; otherwise it might never end.
 */
export class LetterCursor {
  /** Letters that came later are left out. */
  readonly until: number;
  /** The places to go on from, in this order. */
  readonly places: readonly Place[];
  /** Whether shards after the last place are asked, too. */
  readonly isOpen: boolean;
  /** The places of shards that could not go on: they are asked again when all others are done. */
  readonly left: readonly Place[];

  constructor(until: number, places: readonly Place[], isOpen: boolean, left: readonly Place[] = []) {
    this.until = until;
    this.places = places;
    this.isOpen = isOpen;
    this.left = left;
  }

  /** Reads `after` of the query; without it, begins with the first letter. */
  static from({ searchParams }: URL): LetterCursor {
    const given = searchParams.get("after");
    if (given === null) return new LetterCursor(Date.now(), [{ shard: 0, number: 0 }], true);
    const form = /^([0-9a-z]{1,9})_(\d{1,3}-\d{1,15}(?:\.\d{1,3}-\d{1,15}){0,255})(\.only)?(?:~([\d.-]+))?$/;
    const [, until = "", places = "", only, left] = form.exec(given) ?? [];
    if (until === "" || (left !== undefined && !/^\d{1,3}-\d{1,15}(\.\d{1,3}-\d{1,15}){0,255}$/.test(left)))
      throw wrongAfter();
    return new LetterCursor(Number.parseInt(until, 36), placesOf(places), only === undefined, placesOf(left ?? ""));
  }

  /** Returns all places to go on from, given the shards that there are. */
  placesIn(shards: readonly number[]): Place[] {
    const last = this.places.at(-1)?.shard ?? 0;
    const behind = this.isOpen ? shards.filter((shard) => shard > last) : [];
    return [...this.places, ...behind.map((shard) => ({ shard, number: 0 }))];
  }

  /** Returns the same walk, stopped at one of {@link placesIn}. */
  at(index: number, place: Place, left: readonly Place[] = []): LetterCursor {
    return new LetterCursor(this.until, [place, ...this.places.slice(index + 1)], this.isOpen, left);
  }

  /** Returns the walk over only the places that were left. */
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
