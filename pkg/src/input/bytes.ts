import { encodable, isHighSurrogate } from "./surrogates.js";

/** The size of the pieces in which large buffers and texts go into the module's memory. */
const PIECE = 256 * 1024;

/** Bytes, or well-formed text that the module encodes as UTF-8. */
export type Piece = Uint8Array | string;

/** Returns the pieces of bytes or of a text, else `undefined`. A piece is valid until the next is asked for. */
export function piecesOf(input: unknown): Iterable<Piece> | undefined {
  if (typeof input === "string") return textPieces(input);
  const bytes = bytesOf(input);
  return bytes && bytePieces(bytes);
}

/** Returns bytes of any kind as a `Uint8Array`, and `undefined` for anything else. */
export function bytesOf(input: unknown): Uint8Array | undefined {
  if (input instanceof Uint8Array) return input;
  if (input instanceof ArrayBuffer) return new Uint8Array(input);
  if (ArrayBuffer.isView(input)) return new Uint8Array(input.buffer, input.byteOffset, input.byteLength);
  return undefined;
}

function bytePieces(bytes: Uint8Array): Iterable<Uint8Array> {
  if (bytes.length > PIECE) return longBytePieces(bytes);
  return bytes.length === 0 ? [] : [bytes];
}

function* longBytePieces(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += PIECE) yield bytes.subarray(at, at + PIECE);
}

function textPieces(text: string): Iterable<Piece> {
  if (text.length > PIECE) return longTextPieces(text);
  return text === "" ? [] : [encodable(text)];
}

function* longTextPieces(text: string): Generator<Piece> {
  for (const piece of wholeCharacters(text)) yield encodable(piece);
}

/** Yields the pieces of a text, cut between characters only. */
export function* wholeCharacters(text: string): Generator<string> {
  for (let at = 0; at < text.length; ) {
    let end = Math.min(at + PIECE, text.length);
    if (end < text.length && isHighSurrogate(text.charCodeAt(end - 1))) end += 1;
    yield text.slice(at, end);
    at = end;
  }
}
