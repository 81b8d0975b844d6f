import { codes as allCodes } from "split-events";

const decoder = new TextDecoder();
const encoder = new TextEncoder();
const REASONS = '"reasons":[';
const EVENT = '],"event":';
const TEXT = '],"text":';

/**
 * A line about an event that the check refused: `{"index":0,...,"reasons":[{"code":...}],"event":...}`, with `text` in
 * place of `event` if it is not JSON. Quotes inside a text are escaped, so each of these names is found only once.
 */
export class RefusedLine {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  /** The event's index in its input. */
  get index(): number {
    return Number(/^\{"index":(\d+)/.exec(this.text)?.[1] ?? Number.NaN);
  }

  /** The codes that refused the event: its errors or, if it has none, its repairs. Notes and warnings refuse no event. */
  get codes(): string[] {
    const reasons = this.#reasons;
    if (reasons === undefined) return [];
    const codes = [...new Set(codesOf(reasons))];
    const errors = codes.filter((code) => severityOf(code) === "error");
    return errors.length > 0 ? errors : codes.filter((code) => severityOf(code) === "repair");
  }

  /** The event as it came; `undefined` if it is not JSON. */
  get event(): string | undefined {
    const at = this.text.indexOf(EVENT);
    return at < 0 ? undefined : this.text.slice(at + EVENT.length, -1);
  }

  /** Returns the same line with the reasons of another. */
  withReasonsOf(other: RefusedLine): RefusedLine {
    const [from, end] = this.#span;
    const reasons = other.#reasons;
    if (from < 0 || end < 0 || reasons === undefined) return this;
    return new RefusedLine(this.text.slice(0, from) + reasons + this.text.slice(end));
  }

  get #reasons(): string | undefined {
    const [from, end] = this.#span;
    return from < 0 || end < 0 ? undefined : this.text.slice(from, end);
  }

  get #span(): [number, number] {
    const at = this.text.indexOf(REASONS);
    const end = this.text.indexOf(EVENT);
    return [at < 0 ? -1 : at + REASONS.length, end < 0 ? this.text.indexOf(TEXT) : end];
  }
}

export function linesOf(body: Uint8Array): RefusedLine[] {
  const texts = decoder.decode(body).split("\n").filter(Boolean);
  return texts.map((text) => new RefusedLine(text));
}

export function bodyOf(lines: readonly RefusedLine[]): Uint8Array {
  return encoder.encode(lines.map(({ text }) => `${text}\n`).join(""));
}

/** Counts the events that were refused with each code. An event with several codes counts for each. */
export function codesIn(lines: readonly RefusedLine[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const line of lines) for (const code of line.codes) counts[code] = (counts[code] ?? 0) + 1;
  return counts;
}

/** Returns no codes if the line is damaged, as one from the dead queue may be. */
function codesOf(reasons: string): string[] {
  try {
    return (JSON.parse(`[${reasons}]`) as { code: string }[]).map(({ code }) => code);
  } catch {
    return [];
  }
}

let severities: Map<string, string> | undefined;

/** Returns the severity of a code. One that only another version knows is taken for an error. */
function severityOf(code: string): string {
  severities ??= new Map(allCodes().map(({ code, severity }) => [code, severity]));
  return severities.get(code) ?? "error";
}
