/** The bytes of a value in its text: from `from` to before `to`. */
export interface Span {
  from: number;
  to: number;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const SPACE = 0x20;

const opens = (byte: number): boolean => byte === 0x5b || byte === 0x7b;
const closes = (byte: number): boolean => byte === 0x5d || byte === 0x7d;

/**
 * Returns the elements of the array that begins at `start`, or the names and values of an object in turn. The text must
 * be JSON, which is not checked again.
 */
export function children(json: Uint8Array, start: number): Span[] {
  const spans: Span[] = [];
  let depth = 0;
  let from = start + 1;
  for (let at = start; at < json.length; at += 1) {
    const byte = json[at] as number;
    if (byte === QUOTE) {
      at = closingQuote(json, at);
    } else if (opens(byte)) {
      depth += 1;
    } else if (closes(byte)) {
      depth -= 1;
      if (depth === 0) {
        addTrimmed(spans, json, from, at);
        return spans;
      }
    } else if (depth === 1 && (byte === COMMA || byte === COLON)) {
      addTrimmed(spans, json, from, at);
      from = at + 1;
    }
  }
  return spans;
}

/** Makes JSON text one line, in place. This is safe because a line break can only stand between tokens. */
export function joinLines(json: Uint8Array): void {
  for (const lineBreak of [0x0a, 0x0d]) {
    for (let at = json.indexOf(lineBreak); at !== -1; at = json.indexOf(lineBreak, at + 1)) json[at] = SPACE;
  }
}

function closingQuote(json: Uint8Array, openingQuote: number): number {
  let at = openingQuote + 1;
  while (at < json.length && json[at] !== QUOTE) at += json[at] === BACKSLASH ? 2 : 1;
  return at;
}

function addTrimmed(spans: Span[], json: Uint8Array, from: number, to: number): void {
  while (from < to && (json[from] as number) <= SPACE) from += 1;
  while (to > from && (json[to - 1] as number) <= SPACE) to -= 1;
  if (from < to) spans.push({ from, to });
}
