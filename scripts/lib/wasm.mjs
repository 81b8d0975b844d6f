/** @typedef {{ id: number, body: Buffer }} Section */

/**
 * Reads the sections of a WebAssembly module.
 *
 * @param {Buffer} bytes
 * @returns {Generator<Section>}
 */
export function* readSections(bytes) {
  const at = { at: 8 };
  while (at.at < bytes.length) {
    const id = /** @type {number} */ (bytes[at.at++]);
    const length = number(bytes, at);
    yield { id, body: bytes.subarray(at.at, at.at + length) };
    at.at += length;
  }
}

/**
 * Reads a number in LEB128 and moves behind it.
 *
 * @param {Buffer} bytes
 * @param {{ at: number }} at
 */
export function number(bytes, at) {
  let value = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = /** @type {number} */ (bytes[at.at++]);
    value += (byte & 127) * 2 ** shift;
    if (byte < 128) return value;
  }
}

/**
 * Reads a name, which has its length before it, and moves behind it.
 *
 * @param {Buffer} bytes
 * @param {{ at: number }} at
 */
export function name(bytes, at) {
  const length = number(bytes, at);
  at.at += length;
  return bytes.toString("utf8", at.at - length, at.at);
}
