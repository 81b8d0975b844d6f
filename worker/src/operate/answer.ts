import { errorText } from "../log.js";

/** How long one object is waited for, so that it does not hide the others. */
const LOOK_MS = 5_000;
/** How long one object is waited for that changes everything it holds. */
export const WORK_MS = 60_000;

export type Answer<T> = { up: true; value: T } | { up: false; error: string };

/** A shard that does not answer, and why. */
export interface SickShard {
  shard: number;
  error: string;
}

/** Waits for the answer of an object. An error, or no answer in time, is a result of its own. */
export async function answerOf<T>(asked: Promise<T>, patienceMs = LOOK_MS): Promise<Answer<T>> {
  const late = AbortSignal.timeout(patienceMs);
  const toLate = new Promise<never>((_, reject) => {
    late.onabort = () => reject(new Error(`no answer in ${patienceMs / 1000} s`));
  });
  try {
    return { up: true, value: await Promise.race([asked, toLate]) };
  } catch (error) {
    return { up: false, error: errorText(error) };
  } finally {
    late.onabort = null;
  }
}

/** Returns the field `sick` of an answer, unless it would be empty. */
export function sickField(sick: SickShard[]): { sick?: SickShard[] } {
  return sick.length > 0 ? { sick } : {};
}
