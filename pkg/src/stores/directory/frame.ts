import { createHash, randomBytes } from "node:crypto";
import type { Changes } from "../buffered.js";

/**
 * `docs/JOURNAL.md` describes the file. A log is a header and frames. All changes of one sync are one frame, so that only the last frame can be torn.
 *
 *     header  "split-events" | version u32 | salt 8 | digest 8
 *     frame   salt 8 | length of the body u32 | digest 16 | body
 *     body    (length of the key u32 | length of the value u32, or REMOVED | key | value)*
 *
 * Numbers are little-endian. A digest is the start of the SHA-256 of what stands beside it and, for a frame, of its
 * place. The salt is drawn for each file, and tells where a frame may begin. So no value can look like a frame, not
 * even a copy of the log itself.
 */
export const HEADER_BYTES = 32;
export const FRAME_BYTES = 28;
export const RECORD_BYTES = 8;
export const SALT_BYTES = 8;

const MAGIC = Buffer.from("split-events");
export const LOG_VERSION = 1;
const REMOVED = 0xffffffff;

/** Returns a header with a new salt. */
export function newHeader(): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  MAGIC.copy(header);
  header.writeUInt32LE(LOG_VERSION, 12);
  randomBytes(SALT_BYTES).copy(header, 16);
  digest(header.subarray(0, 24)).copy(header, 24, 0, 8);
  return header;
}

/** Returns the salt of a header, the version of a newer one, or what is wrong with it. */
export function readHeader(header: Buffer): Buffer | number | string {
  if (header.length < HEADER_BYTES || !header.subarray(0, 12).equals(MAGIC)) return "it is no log of a store";
  if (!digest(header.subarray(0, 24)).subarray(0, 8).equals(header.subarray(24))) return "its header is not as written";
  const version = header.readUInt32LE(12);
  return version > LOG_VERSION ? version : Buffer.from(header.subarray(16, 24));
}

/** A frame, and where its values lie. */
export interface Framed {
  frame: Buffer;
  /** The place of each value, from the frame's first byte. */
  places: { key: string; at: number; length: number }[];
}

/** Writes changes as the frame for this place in the file. */
export function frameOf(salt: Buffer, place: number, changes: Changes): Framed {
  const pieces: Uint8Array[] = [];
  const places: Framed["places"] = [];
  let at = FRAME_BYTES;
  for (const [key, value] of changes) {
    const head = Buffer.allocUnsafe(RECORD_BYTES + key.length);
    head.writeUInt32LE(key.length, 0);
    head.writeUInt32LE(value ? value.length : REMOVED, 4);
    head.write(key, RECORD_BYTES, "latin1");
    pieces.push(head);
    at += head.length;
    if (!value) continue;
    pieces.push(value);
    places.push({ key, at, length: value.length });
    at += value.length;
  }
  const head = Buffer.allocUnsafe(FRAME_BYTES);
  salt.copy(head);
  head.writeUInt32LE(at - FRAME_BYTES, 8);
  const frame = Buffer.concat([head, ...pieces], at);
  frameDigest(frame, place).copy(frame, 12);
  return { frame, places };
}

/** Returns the length of the body that a frame begins with; `undefined` if no frame begins here. */
export function bodyLength(salt: Buffer, head: Buffer): number | undefined {
  return head.subarray(0, SALT_BYTES).equals(salt) ? head.readUInt32LE(8) : undefined;
}

/** Returns whether a frame is as it was written to this place. */
export function isWhole(frame: Buffer, place: number): boolean {
  return frameDigest(frame, place).equals(frame.subarray(12, FRAME_BYTES));
}

/** One change of a frame. */
export interface Change {
  key: string;
  /** The place of the value, from the frame's first byte; `undefined` if the key is removed. */
  value: { at: number; length: number } | undefined;
}

/** Yields the changes of a whole frame. */
export function* changesIn(frame: Buffer): Generator<Change> {
  for (let at = FRAME_BYTES; at < frame.length; ) {
    const keyLength = frame.readUInt32LE(at);
    const length = frame.readUInt32LE(at + 4);
    const key = frame.toString("latin1", at + RECORD_BYTES, at + RECORD_BYTES + keyLength);
    at += RECORD_BYTES + keyLength;
    yield { key, value: length === REMOVED ? undefined : { at, length } };
    if (length !== REMOVED) at += length;
  }
}

function frameDigest(frame: Buffer, place: number): Buffer {
  return digest(Buffer.from(`${place} `), frame.subarray(0, 12), frame.subarray(FRAME_BYTES)).subarray(0, 16);
}

function digest(...pieces: Uint8Array[]): Buffer {
  const hash = createHash("sha256");
  for (const piece of pieces) hash.update(piece);
  return hash.digest();
}
