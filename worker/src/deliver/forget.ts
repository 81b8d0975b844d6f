import { BURIED_WHY, type DeadLetter, type DeadLetters } from "./dead-letters.js";
import { bodyOf, codesIn, linesOf } from "./refused-line.js";

export interface Forgotten {
  letters: number;
  events: number;
}

/**
 * Forgets letters, or with a code only the events that were refused with it. Call it in one transaction with the count of
 * the forgotten events.
 */
export function forgetLetters(dead: DeadLetters, letters: readonly DeadLetter[], code?: string): Forgotten {
  const forgotten = { letters: 0, events: 0 };
  for (const letter of letters) {
    const left = code === undefined ? 0 : forgetCode(dead, letter, code);
    if (left === "all") continue;
    if (left === 0) dead.remove(letter);
    forgotten.letters += 1;
    forgotten.events += letter.events - left;
  }
  return forgotten;
}

/** Forgets the events with a code, and returns how many are left. If none is left, the letter is not changed yet. */
function forgetCode(dead: DeadLetters, letter: DeadLetter, code: string): number | "all" {
  // a reason of the dead queue is about the whole letter
  if (BURIED_WHY.some((why) => why === code)) return 0;
  if (letter.kind !== "refused") return "all";
  const lines = linesOf(dead.body(letter));
  const left = lines.filter(({ codes }) => !codes.includes(code));
  if (left.length === 0) return 0;
  // an earlier version may have counted other codes for the same lines
  if (left.length === lines.length) return "all";
  dead.replace(letter, { events: left.length, body: bodyOf(left), codes: codesIn(left) });
  return left.length;
}
