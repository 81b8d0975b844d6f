import { errorText } from "../log.js";

/** An object that is sick must not hide the others: so long it is waited for. */
const LOOK_MS = 5_000;
/** And so long for what a person has said to do with everything. */
export const WORK_MS = 60_000;

export type Answer<T> = { up: true; value: T } | { up: false; error: string };

/** A shard that does not answer, and why. */
export interface SickShard {
  shard: number;
  error: string;
}

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

/** Nothing where none is sick. */
export function named(sick: SickShard[]): { sick?: SickShard[] } {
  return sick.length > 0 ? { sick } : {};
}
