import type { Changes } from "../buffered.js";

/** Which owner has written last, and how often it had left its page by then. */
export type Mark = `${string} ${number}`;

interface Left {
  owner: string;
  leaves: number;
  /** The mark that the owner found when it opened the store. */
  found?: Mark;
  /** With the length of the bytes, which follow behind a line end. They are no JSON, where a byte may need six characters. */
  changes: [key: string, length: number | null][];
}

/** How much of `localStorage`, which has room for 5,000,000 characters, is taken for a moment. */
const MOST_CHARACTERS = 2_000_000;

/**
 * What a page had not written yet when it was left, in `localStorage`: WebKit loses transactions that are begun then, but
 * keeps this. Firefox does not let a page that is closed come to it, but finishes the transactions. So pages try both, and
 * who opens the store next takes in what the transaction has not brought.
 */
export class LeftBehind {
  readonly #name: string;
  #kept = false;

  constructor(name: string) {
    this.#name = `split-events:left:${name}`;
  }

  /** Nothing of it where there is no room: half of what belongs together is worse than nothing. */
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

  /** What is still to be written to a store with this mark, if there is anything. */
  missing(mark: Mark | undefined): Changes | undefined {
    return tried(() => {
      const text = localStorage.getItem(this.#name);
      if (text === null) return undefined;
      this.#kept = true;
      let at = text.indexOf("\n") + 1;
      const { owner, leaves, found, changes }: Left = JSON.parse(text.slice(0, at));
      const [writer, count] = (mark ?? "").split(" ");
      // what its owner wrote later, or somebody else, is newer
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

  /** It is all in the store. */
  forget(): void {
    if (!this.#kept) return;
    this.#kept = false;
    tried(() => localStorage.removeItem(this.#name));
  }
}

/** Nothing where there is no `localStorage`, as in workers, or the page may not use it. */
function tried<T>(action: () => T): T | undefined {
  try {
    return action();
  } catch {
    return undefined;
  }
}

const SLICE = 8192;

/** A character for each byte, which engines keep as a byte. */
function textOf(bytes: Uint8Array): string {
  let text = "";
  for (let from = 0; from < bytes.length; from += SLICE) {
    text += String.fromCharCode(...bytes.subarray(from, from + SLICE));
  }
  return text;
}

const bytesOf = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));
