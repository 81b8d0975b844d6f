/** A member of an object: its name, and where its value begins and ends in the text. */
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
 * Finds the members of the object that a text is, in one pass over its bytes that makes no values. Returns `undefined` if
 * the text is not an object or is damaged: a string or a bracket is not closed, or there is other text between members.
 * Text inside the brackets of a value is not checked further.
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

/** Reads the string between two bytes; `undefined` if there is none. */
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

/** Returns the end of the string that begins at `from`; -1 if none begins there, or it is not closed. */
function stringEnd(bytes: Uint8Array, from: number): number {
  if (bytes[from] !== QUOTE) return -1;
  for (let at = from + 1; at < bytes.length; at += 1) {
    if (bytes[at] === BACKSLASH) at += 1;
    else if (bytes[at] === QUOTE) return at + 1;
  }
  return -1;
}

/** Returns the end of the value that begins at `from`; -1 if it is not closed. */
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

/** Returns the end of the number or literal that begins at `from`; -1 if there is none. */
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
