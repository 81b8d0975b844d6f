import { said } from "../log.js";

/** An object that is sick must not hide the others: so long it is waited for when it is only looked at. */
const LOOK_MS = 5_000;
/** And so long for what a person has said to do. */
export const WORK_MS = 60_000;

export type Answer<T> = { up: true; value: T } | { up: false; error: string };

export async function answerOf<T>(asked: Promise<T>, patienceMs = LOOK_MS): Promise<Answer<T>> {
  const late = AbortSignal.timeout(patienceMs);
  const toLate = new Promise<never>((_, reject) => {
    late.onabort = () => reject(new Error(`no answer in ${patienceMs / 1000} s`));
  });
  try {
    return { up: true, value: await Promise.race([asked, toLate]) };
  } catch (error) {
    return { up: false, error: said(error) };
  } finally {
    late.onabort = null;
  }
}
