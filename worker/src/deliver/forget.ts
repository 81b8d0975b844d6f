import { BURIED_WHY, type DeadLetter, type DeadLetters } from "./dead-letters.js";
import { bodyOf, codesIn, linesOf } from "./refused-line.js";

export interface Forgotten {
  letters: number;
  events: number;
}

/**
 * Forgets letters; where a code is given, only the events that were refused with it. Must stand in a transaction with the
 * count of what is forgotten.
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

/** Gives how many events are left; the letter is changed where there are any. What no line of it has forgets none of it. */
function forgetCode(dead: DeadLetters, letter: DeadLetter, code: string): number | "all" {
  // that it came out of the dead queue is true of the whole letter
  if (BURIED_WHY.some((why) => why === code)) return 0;
  if (letter.kind !== "refused") return "all";
  const lines = linesOf(dead.body(letter));
  const left = lines.filter(({ codes }) => !codes.includes(code));
  if (left.length === 0) return 0;
  // an earlier version has found other codes in the same lines
  if (left.length === lines.length) return "all";
  dead.replace(letter, { events: left.length, body: bodyOf(left), codes: codesIn(left) });
  return left.length;
}
