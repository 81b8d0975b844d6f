const LINE_END = 10;

/** Counts the line ends. */
export function countLines(bytes: Uint8Array): number {
  let count = 0;
  for (let at = bytes.indexOf(LINE_END); at >= 0; at = bytes.indexOf(LINE_END, at + 1)) count += 1;
  return count;
}

/** Returns the whole lines at the beginning that have `most` bytes or less together. */
export function wholeLines(bytes: Uint8Array, most: number): Uint8Array {
  if (bytes.length <= most) return bytes;
  return bytes.subarray(0, most > 0 ? bytes.lastIndexOf(LINE_END, most - 1) + 1 : 0);
}

/** Cuts bytes into pieces of whole lines, of `most` bytes or less. A longer line is a piece of its own. */
export function* cutAtLines(bytes: Uint8Array, most: number): Generator<Uint8Array> {
  for (let from = 0; from < bytes.length; ) {
    const rest = bytes.subarray(from);
    const end = wholeLines(rest, most).length || rest.indexOf(LINE_END) + 1 || rest.length;
    yield rest.subarray(0, end);
    from += end;
  }
}
