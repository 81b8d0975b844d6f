import { isBlob, isReadableStream, isRequest, isResponse } from "../platform.js";
import { assertUnread, onceAsync } from "./once.js";

/** The size of the slices in which a blob is read. Memory holds one. */
const SLICE = 256 * 1024;

/**
 * Returns the chunks of an input that is a stream, a body or a blob; `undefined` for any other.
 *
 * @throws InputError with the code `already_read` if it was read before.
 */
export function streamOf(input: unknown): AsyncIterable<unknown> | undefined {
  if (isBlob(input)) return readBlob(input);
  if (isResponse(input) || isRequest(input)) {
    assertUnread(input);
    if (input.body === undefined) return readWhole(input);
    return input.body ? readAll(input.body) : readBlob(new Blob());
  }
  if (isReadableStream(input)) {
    assertUnread(input);
    return readAll(input);
  }
  if (typeof input === "object" && input !== null && Symbol.asyncIterator in input) {
    return onceAsync(input as AsyncIterable<unknown>);
  }
  return undefined;
}

/** Reads a request in Firefox, which shows no stream of its body. */
async function* readWhole(request: Request | Response): AsyncGenerator<Uint8Array, void> {
  yield* readBlob(await request.blob());
}

/**
 * Reads a blob into one buffer if the runtime can, since slices are garbage. A piece is valid until the next is asked
 * for.
 */
async function* readBlob(blob: Blob): AsyncGenerator<Uint8Array, void> {
  const reader = byteReader(blob);
  if (!reader) return yield* readSlices(blob);
  let over = false;
  try {
    let buffer = new ArrayBuffer(SLICE);
    while (true) {
      const { done, value } = await reader.read(new Uint8Array(buffer));
      over = done;
      if (done) return;
      yield value;
      buffer = value.buffer;
    }
  } catch (error) {
    over = true;
    throw error;
  } finally {
    if (!over) await reader.cancel();
  }
}

function byteReader(blob: Blob): ReadableStreamBYOBReader | undefined {
  try {
    return blob.stream().getReader({ mode: "byob" });
  } catch {
    return undefined; // the runtime has no byte stream for it
  }
}

async function* readSlices(blob: Blob): AsyncGenerator<Uint8Array, void> {
  for (let at = 0; at < blob.size; at += SLICE) {
    yield new Uint8Array(await blob.slice(at, at + SLICE).arrayBuffer());
  }
}

/** Reads a stream to its end. Not every browser can iterate over one. */
async function* readAll<Chunk>(stream: ReadableStream<Chunk>): AsyncGenerator<Chunk, void> {
  const reader = stream.getReader();
  let done = false;
  try {
    while (true) {
      const next = await reader.read();
      done = next.done;
      if (next.done) return;
      yield next.value;
    }
  } catch (error) {
    done = true;
    throw error;
  } finally {
    if (!done) await reader.cancel();
    reader.releaseLock();
  }
}
