import { InputError } from "../errors/input-error.js";
import type { Packed } from "../input/containers.js";
import { heldBytes, type Seekable } from "../input/seekable.js";
import { byteSize } from "../words/index.js";

/** The most bytes of a stream that are held in memory because they have to be read in another order. */
const HELD_MAX = 256 * 1024 * 1024;

/** A container whose bytes can be read anywhere. */
export interface Held extends Seekable {
  /** The error of the file or stream itself. It says nothing about the container. */
  failure?: unknown;
}

/**
 * Returns a container as bytes that can be read anywhere. A stream is read into memory.
 *
 * @throws InputError with the code `stream_too_large` if a stream has too many bytes for that.
 */
export async function held({ pieces, file }: Packed, what: string): Promise<Held> {
  const from = file ?? heldBytes(await whole(pieces, what));
  const held: Held = {
    size: from.size,
    async read(start, end) {
      try {
        return await from.read(start, end);
      } catch (error) {
        held.failure = error;
        throw error;
      }
    },
  };
  return held;
}

async function whole(pieces: AsyncGenerator<Uint8Array, void>, what: string): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const piece of pieces) {
    size += piece.length;
    if (size > HELD_MAX) {
      throw new InputError(
        "stream_too_large",
        `${what} is read from its end, so a stream of it is held in memory, up to ${byteSize(HELD_MAX)}: give a larger one as a file`,
      );
    }
    // a piece is valid until the next is asked for
    parts.push(piece.slice());
  }
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** Reads a container. An error of what reads it becomes an `InputError` with this code and text. */
export async function* reading<T>(
  file: Held,
  code: string,
  damaged: string,
  read: () => AsyncGenerator<T, void>,
): AsyncGenerator<T, void> {
  try {
    yield* read();
  } catch (error) {
    throw damage(file, code, damaged, error);
  }
}

/** Returns what a failed read says to users: the error of the file itself, or that the container is damaged. */
export function damage(file: Held, code: string, damaged: string, error: unknown): unknown {
  if (file.failure !== undefined) return file.failure;
  if (error instanceof InputError) return error;
  return new InputError(code, damaged, { cause: error });
}
