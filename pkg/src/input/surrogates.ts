const ALONE = /\p{Surrogate}/u;
const encoder = new TextEncoder();

/** Returns whether a UTF-16 unit is the first half of a surrogate pair. */
export function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit < 0xdc00;
}

/**
 * Returns the text, or its bytes if half of a surrogate pair stands alone in it. An encoder would silently make U+FFFD
 * of that half; the check refuses the three bytes that stand for it here.
 */
export function encodable(text: string): string | Uint8Array {
  return isWellFormed(text) ? text : encoded(text);
}

function isWellFormed(text: string): boolean {
  // not every runtime has it
  const { isWellFormed: own } = text as string & { isWellFormed?: () => boolean };
  return own ? own.call(text) : !ALONE.test(text);
}

function encoded(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length * 3);
  let at = 0;
  for (const part of text.split(/(\p{Surrogate})/u)) {
    if (ALONE.test(part)) {
      const unit = part.charCodeAt(0);
      bytes.set([0xed, 0x80 | ((unit >> 6) & 0x3f), 0x80 | (unit & 0x3f)], at);
      at += 3;
    } else {
      at += encoder.encodeInto(part, bytes.subarray(at)).written;
    }
  }
  return bytes.subarray(0, at);
}
