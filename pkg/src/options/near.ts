/** Returns the name that was probably meant; `undefined` if none is like the given one. */
export function nearest(given: string, names: readonly string[]): string | undefined {
  let best: { name: string; distance: number; same: number } | undefined;
  const plainGiven = plain(given);
  for (const name of names) {
    const distance = likeness(plainGiven, plain(name));
    if (distance === undefined) continue;
    const same = sameLetters(plainGiven, plain(name));
    if (best && (distance > best.distance || (distance === best.distance && same <= best.same))) continue;
    best = { name, distance, same };
  }
  return best?.name;
}

/** Counts the letters with which both begin. */
function sameLetters(a: string, b: string): number {
  const differs = Array.from(a).findIndex((letter, index) => letter !== b[index]);
  return differs < 0 ? a.length : differs;
}

/** Returns whether two names differ by a slip only: in capitals, separators, one letter of five, two of eight. */
export function isSlip(given: string, name: string): boolean {
  const [a, b] = [plain(given), plain(name)];
  const shorter = Math.min(a.length, b.length);
  return distance(a, b) <= (shorter >= 8 ? 2 : shorter >= 5 ? 1 : 0);
}

/** Returns a name without what people write otherwise: capitals, dashes, underscores. */
function plain(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]/g, "");
}

function likeness(given: string, name: string): number | undefined {
  if (given === name) return 0;
  const shorter = Math.min(given.length, name.length);
  const far = distance(given, name);
  // a name that is part of the other comes before one with another letter
  const isPart = given.includes(name) || name.includes(given);
  if (far <= Math.max(1, Math.floor(shorter / 3))) return isPart ? far - 0.5 : far;
  return isPart && shorter > 3 ? far : undefined;
}

/** Counts the letters to be changed, added, left out, or exchanged with their neighbours. */
function distance(a: string, b: string): number {
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      let least = Math.min(at(last, j) + 1, at(row, j - 1) + 1, at(last, j - 1) + cost);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        least = Math.min(least, at(before, j - 2) + 1);
      row.push(least);
    }
    before = last;
    last = row;
  }
  return at(last, b.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] as number;
}
