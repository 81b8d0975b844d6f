import type { DeadLetter, DeadLetters } from "./dead-letters.js";
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
    if (left === 0) dead.remove(letter);
    forgotten.letters += 1;
    forgotten.events += letter.events - left;
  }
  return forgotten;
}

/** Gives how many events are left; the letter is changed where there are any. */
function forgetCode(dead: DeadLetters, letter: DeadLetter, code: string): number {
  if (letter.kind !== "refused") return 0;
  const lines = linesOf(dead.body(letter));
  const left = lines.filter(({ codes }) => !codes.includes(code));
  // a letter of the dead queue has its own reason beside those of its events
  if (left.length === 0 || left.length === lines.length) return 0;
  dead.replace(letter, { events: left.length, body: bodyOf(left), codes: codesIn(left) });
  return left.length;
}
