import { codes as allCodes } from "split-events";

const decoder = new TextDecoder();
const encoder = new TextEncoder();
const REASONS = '"reasons":[';
const EVENT = '],"event":';
const TEXT = '],"text":';

/**
 * An event that the check refused: `{"index":0,...,"reasons":[{"code":...}],"event":...}`, and `text` in place of `event`
 * where it is no JSON. A quote inside a text has a backslash before it, so that what is looked for stands once.
 */
export class RefusedLine {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  /** Its place in the text that was checked. */
  get index(): number {
    return Number(/^\{"index":(\d+)/.exec(this.text)?.[1] ?? Number.NaN);
  }

  /** Why it was refused: its errors, or where repairs are refused too, these. A note or a warning refuses nothing. */
  get codes(): string[] {
    const reasons = this.#reasons;
    if (reasons === undefined) return [];
    const codes = [...new Set(codesOf(reasons))];
    const errors = codes.filter((code) => severityOf(code) === "error");
    return errors.length > 0 ? errors : codes.filter((code) => severityOf(code) === "repair");
  }

  /** The event as it came, where it is JSON. */
  get event(): string | undefined {
    const at = this.text.indexOf(EVENT);
    return at < 0 ? undefined : this.text.slice(at + EVENT.length, -1);
  }

  /** The same event in the same place of its request, with the reasons of another line. */
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

/** How many events were refused by each code. One that has several counts for each. */
export function codesIn(lines: readonly RefusedLine[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const line of lines) for (const code of line.codes) counts[code] = (counts[code] ?? 0) + 1;
  return counts;
}

/** Of a line that came damaged out of a queue there are none. */
function codesOf(reasons: string): string[] {
  try {
    return (JSON.parse(`[${reasons}]`) as { code: string }[]).map(({ code }) => code);
  } catch {
    return [];
  }
}

let severities: Map<string, string> | undefined;

/** What only another version knows has refused something there. */
function severityOf(code: string): string {
  severities ??= new Map(allCodes().map(({ code, severity }) => [code, severity]));
  return severities.get(code) ?? "error";
}
