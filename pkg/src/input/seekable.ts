import { isBlob } from "../platform.js";
import { bytesOf } from "./bytes.js";

/** Bytes that can be read anywhere, as of a file. */
export interface Seekable {
  /** The number of its bytes. */
  readonly size: number;
  /** Returns the bytes from one byte up to another. They are the caller's, and all of them unless the file was cut. */
  read(from: number, to: number): Promise<Uint8Array>;
}

/** The member of a stream by which a program says that its bytes can also be read anywhere. */
export const SEEKABLE: unique symbol = Symbol("split-events: seekable");

/** Returns an input as bytes that can be read anywhere, if they can. */
export function seekableOf(input: unknown): Seekable | undefined {
  if (isBlob(input)) {
    return {
      size: input.size,
      read: async (from, to) => new Uint8Array(await input.slice(from, to).arrayBuffer()),
    };
  }
  const bytes = bytesOf(input);
  if (bytes) return heldBytes(bytes);
  if (typeof input !== "object" || input === null) return undefined;
  return (input as { [SEEKABLE]?: Seekable })[SEEKABLE];
}

/** Returns bytes in memory as such. */
export function heldBytes(bytes: Uint8Array): Seekable {
  return { size: bytes.length, read: async (from, to) => bytes.slice(from, to) };
}
