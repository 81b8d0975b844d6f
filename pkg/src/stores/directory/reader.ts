import type { FileHandle } from "node:fs/promises";
import { bodyLength, FRAME_BYTES, isWhole, SALT_BYTES } from "./frame.js";

const BLOCK_BYTES = 1 << 20;

/** Reads a file in blocks, so that what lies together costs one read. What was read must not change in the file. */
export class Blocks {
  readonly #file: FileHandle;
  readonly #least: number;
  #block: Buffer = Buffer.alloc(0);
  #at = 0;

  constructor(file: FileHandle, least: number) {
    this.#file = file;
    this.#least = least;
  }

  /** Reads bytes, which are valid until the next call. `end` is the end of the file. */
  async bytes(at: number, length: number, end: number): Promise<Buffer> {
    if (at < this.#at || at + length > this.#at + this.#block.length) {
      this.#block = await readAt(this.#file, at, Math.min(Math.max(length, this.#least), end - at));
      this.#at = at;
    }
    return this.#block.subarray(at - this.#at, at - this.#at + length);
  }
}

/** Reads a log's frames from its file, a block at a time. */
export class FrameReader {
  readonly #blocks: Blocks;
  readonly #size: number;
  readonly #salt: Buffer;

  constructor(file: FileHandle, size: number, salt: Buffer) {
    this.#blocks = new Blocks(file, BLOCK_BYTES);
    this.#size = size;
    this.#salt = salt;
  }

  /** Returns the whole frame that begins at this byte, else `undefined`. It is valid until the next call. */
  async frameAt(at: number): Promise<Buffer | undefined> {
    const head = await this.#bytes(at, FRAME_BYTES);
    const length = head && bodyLength(this.#salt, head);
    if (length === undefined) return undefined;
    const frame = await this.#bytes(at, FRAME_BYTES + length);
    return frame && isWhole(frame, at) ? frame : undefined;
  }

  /** Returns where the first whole frame from this byte on begins; `undefined` if there is none. */
  async findFrame(from: number): Promise<number | undefined> {
    for (let at = from; at + FRAME_BYTES <= this.#size; ) {
      const block = await this.#bytes(at, Math.min(BLOCK_BYTES, this.#size - at));
      const found = block?.indexOf(this.#salt) ?? -1;
      if (block === undefined) return undefined;
      if (found < 0) at += Math.max(1, block.length - SALT_BYTES + 1);
      else if (await this.frameAt(at + found)) return at + found;
      else at += found + 1;
    }
    return undefined;
  }

  async #bytes(at: number, length: number): Promise<Buffer | undefined> {
    return at + length > this.#size ? undefined : this.#blocks.bytes(at, length, this.#size);
  }
}

export async function readAt(file: FileHandle, at: number, length: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafeSlow(length);
  for (let done = 0; done < length; ) {
    const { bytesRead } = await file.read(bytes, done, length - done, at + done);
    if (bytesRead === 0) throw new Error(`the file ends at byte ${at + done}, before byte ${at + length}`);
    done += bytesRead;
  }
  return bytes;
}

export async function writeAt(file: FileHandle, at: number, bytes: Uint8Array): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    done += (await file.write(bytes, done, bytes.length - done, at + done)).bytesWritten;
  }
}
