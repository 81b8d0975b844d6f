import { Refusal } from "../problem.js";

const LIMIT = 100;
const LIMIT_MAX = 1_000;

/** The parts of a path, decoded. */
export function partsOf(path: string): string[] {
  try {
    return path.split("/").map(decodeURIComponent);
  } catch {
    throw new Refusal(400, { detail: "the path has a % that begins no character of UTF-8: write % as %25" });
  }
}

/** How many entries are asked for: `limit` of the query, or 100. */
export function limitOf({ searchParams }: URL): number {
  const given = searchParams.get("limit");
  if (given === null) return LIMIT;
  const limit = /^\d+$/.test(given) ? Number(given) : 0;
  if (limit >= 1 && limit <= LIMIT_MAX) return limit;
  throw new Refusal(400, { detail: `limit must be a whole number from 1 to ${LIMIT_MAX}` });
}
