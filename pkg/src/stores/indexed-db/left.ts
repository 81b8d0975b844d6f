import type { Changes } from "../buffered.js";

/** The owner that has written last, and how often it had left its page by then. */
export type Mark = `${string} ${number}`;

interface Left {
  owner: string;
  leaves: number;
  /** The mark that the owner found when it opened the store. */
  found?: Mark;
  /**
   * The length of each value, `null` for a removed key. The bytes follow behind a line end: in JSON a byte may need six
   * characters.
   */
  changes: [key: string, length: number | null][];
}

/** The most characters that are kept in `localStorage`, which has room for 5,000,000. */
const MOST_CHARACTERS = 2_000_000;

/**
 * Keeps in `localStorage` what a page had not written when it was left. WebKit loses transactions that are begun then,
 * but keeps this. Firefox has no `localStorage` for a page that is closed, but finishes the transactions. So pages try
 * both, and who opens the store next writes what the transaction did not.
 */
export class LeftBehind {
  readonly #name: string;
  #kept = false;

  constructor(name: string) {
    this.#name = `split-events:left:${name}`;
  }

  /** Keeps changes, all or none: half of what belongs together is worse than none of it. */
  keep(owner: string, leaves: number, found: Mark | undefined, changes: Changes): void {
    const size = Array.from(changes).reduce((sum, [key, value]) => sum + key.length + (value?.length ?? 0), 0);
    if (size > MOST_CHARACTERS) return;
    const left: Left = {
      owner,
      leaves,
      ...(found !== undefined && { found }),
      changes: Array.from(changes, ([key, value]) => [key, value?.length ?? null]),
    };
    const bytes = Array.from(changes.values(), (value) => (value ? textOf(value) : "")).join("");
    tried(() => {
      localStorage.setItem(this.#name, `${JSON.stringify(left)}\n${bytes}`);
      this.#kept = true;
    });
  }

  /** Returns the changes that a store with this mark still lacks; `undefined` if it lacks none. */
  missing(mark: Mark | undefined): Changes | undefined {
    return tried(() => {
      const text = localStorage.getItem(this.#name);
      if (text === null) return undefined;
      this.#kept = true;
      let at = text.indexOf("\n") + 1;
      const { owner, leaves, found, changes }: Left = JSON.parse(text.slice(0, at));
      const [writer, count] = (mark ?? "").split(" ");
      // another owner has written since, or the same owner later
      if (mark !== found && !(writer === owner && Number(count) < leaves)) return undefined;
      return new Map(
        changes.map(([key, length]) => {
          if (length === null) return [key, undefined];
          at += length;
          return [key, bytesOf(text.slice(at - length, at))];
        }),
      );
    });
  }

  /** Removes what was kept: the store has it. */
  forget(): void {
    if (!this.#kept) return;
    this.#kept = false;
    tried(() => localStorage.removeItem(this.#name));
  }
}

/** Returns `undefined` if there is no `localStorage`, as in workers, or the page may not use it. */
function tried<T>(action: () => T): T | undefined {
  try {
    return action();
  } catch {
    return undefined;
  }
}

const SLICE = 8192;

/** Writes bytes as text, a character for each. Engines keep such a character as one byte. */
function textOf(bytes: Uint8Array): string {
  let text = "";
  for (let from = 0; from < bytes.length; from += SLICE) {
    text += String.fromCharCode(...bytes.subarray(from, from + SLICE));
  }
  return text;
}

const bytesOf = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));
