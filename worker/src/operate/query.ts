import { Refusal } from "../problem.js";

const LIMIT = 100;
const LIMIT_MAX = 1_000;
/** A month, a day, or a time. Date.parse would also read "12", as a month of 2001. */
const TIME = /^(\d{4})-(\d{2})(?:-(\d{2})(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2})?)?)?$/;

/** Splits a path, and decodes its parts. */
export function partsOf(path: string): string[] {
  try {
    return path.split("/").map(decodeURIComponent);
  } catch {
    throw new Refusal(400, { detail: "the path has a % that begins no character of UTF-8: write % as %25" });
  }
}

/** Refuses unknown parameters: to ignore one might do more than was meant. */
export function assertParameters({ searchParams }: URL, known: readonly string[]): void {
  for (const name of searchParams.keys()) {
    if (!known.includes(name)) {
      const shown = JSON.stringify(name.slice(0, 40));
      const which = known.length === 0 ? "this path takes none" : `this path takes ${known.join(", ")}`;
      throw new Refusal(400, { detail: `unknown parameter ${shown}: ${which}` });
    }
    if (searchParams.getAll(name).length > 1)
      throw new Refusal(400, { detail: `${name} is given twice: give it once` });
  }
}

/** Returns `limit` of the query, or 100. */
export function limitOf({ searchParams }: URL): number {
  const given = searchParams.get("limit");
  if (given === null) return LIMIT;
  const limit = /^\d+$/.test(given) ? Number(given) : 0;
  if (limit >= 1 && limit <= LIMIT_MAX) return limit;
  throw new Refusal(400, { detail: `limit must be a whole number from 1 to ${LIMIT_MAX}` });
}

/** Returns `before` of the query, as Unix time in milliseconds. */
export function beforeOf({ searchParams }: URL): number | undefined {
  const given = searchParams.get("before");
  if (given === null) return undefined;
  const [, year, month, day = "01"] = TIME.exec(given) ?? [];
  const time = Date.parse(given);
  // Date.parse takes the 31st of February for the 3rd of March
  const isDay = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day))).getUTCDate() === Number(day);
  if (!Number.isNaN(time) && isDay) return time;
  throw new Refusal(400, {
    detail: "before must be an existing day or time, such as 2026-11-30 or 2026-11-30T12:00:00Z",
  });
}

export function wrongAfter(): Refusal {
  return new Refusal(400, { detail: "after must be the next of an earlier answer" });
}
