/** Where a value of an object stands in its text. */
export interface Member {
  name: string;
  from: number;
  to: number;
}

const [QUOTE, BACKSLASH, COMMA, COLON] = [0x22, 0x5c, 0x2c, 0x3a];
const [OPEN_ARRAY, CLOSE_ARRAY, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];
const BOM = [0xef, 0xbb, 0xbf];
const decoder = new TextDecoder();

/**
 * The members of the object that a text is, in one pass over its bytes that makes no values. Nothing where it is no
 * object, or damaged: a string or a bracket without its end, or something between members that is none. What stands
 * within a value's brackets is not looked at otherwise.
 */
export function membersOf(bytes: Uint8Array): Member[] | undefined {
  const members: Member[] = [];
  let at = spaceEnd(bytes, BOM.every((byte, index) => bytes[index] === byte) ? BOM.length : 0);
  if (bytes[at] !== OPEN_OBJECT) return undefined;
  at = spaceEnd(bytes, at + 1);
  while (bytes[at] !== CLOSE_OBJECT || members.length > 0) {
    const name = textIn(bytes, at, stringEnd(bytes, at));
    if (name === undefined) return undefined;
    at = spaceEnd(bytes, stringEnd(bytes, at));
    if (bytes[at] !== COLON) return undefined;
    const from = spaceEnd(bytes, at + 1);
    const to = valueEnd(bytes, from);
    if (to <= from) return undefined;
    members.push({ name, from, to });
    at = spaceEnd(bytes, to);
    if (bytes[at] === CLOSE_OBJECT) break;
    if (bytes[at] !== COMMA) return undefined;
    at = spaceEnd(bytes, at + 1);
  }
  return spaceEnd(bytes, at + 1) === bytes.length ? members : undefined;
}

/** The string that stands there; nothing where that is none. */
export function textIn(bytes: Uint8Array, from: number, to: number): string | undefined {
  if (bytes[from] !== QUOTE || to <= from) return undefined;
  try {
    return JSON.parse(decoder.decode(bytes.subarray(from, to)));
  } catch {
    return undefined;
  }
}

function spaceEnd(bytes: Uint8Array, from: number): number {
  let at = from;
  while (isSpace(bytes[at])) at += 1;
  return at;
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

/** Behind the string that begins there; -1 where none does, or it has no end. */
function stringEnd(bytes: Uint8Array, from: number): number {
  if (bytes[from] !== QUOTE) return -1;
  for (let at = from + 1; at < bytes.length; at += 1) {
    if (bytes[at] === BACKSLASH) at += 1;
    else if (bytes[at] === QUOTE) return at + 1;
  }
  return -1;
}

/** Behind the value that begins there; -1 where it has no end. */
function valueEnd(bytes: Uint8Array, from: number): number {
  if (bytes[from] === QUOTE) return stringEnd(bytes, from);
  if (bytes[from] !== OPEN_ARRAY && bytes[from] !== OPEN_OBJECT) return scalarEnd(bytes, from);
  const closing: number[] = [];
  for (let at = from; at < bytes.length; at += 1) {
    const byte = bytes[at];
    if (byte === QUOTE) {
      const end = stringEnd(bytes, at);
      if (end < 0) return -1;
      at = end - 1;
    } else if (byte === OPEN_ARRAY) closing.push(CLOSE_ARRAY);
    else if (byte === OPEN_OBJECT) closing.push(CLOSE_OBJECT);
    else if (byte === CLOSE_ARRAY || byte === CLOSE_OBJECT) {
      if (closing.pop() !== byte) return -1;
      if (closing.length === 0) return at + 1;
    }
  }
  return -1;
}

/** A number or a word; -1 where it is none. */
function scalarEnd(bytes: Uint8Array, from: number): number {
  let at = from;
  while (at < bytes.length && bytes[at] !== COMMA && bytes[at] !== CLOSE_OBJECT && !isSpace(bytes[at])) at += 1;
  try {
    JSON.parse(decoder.decode(bytes.subarray(from, at)));
    return at;
  } catch {
    return -1;
  }
}
