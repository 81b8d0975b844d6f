/** A blob is read in slices of this size: memory holds one. */
const SLICE = 256 * 1024;

/** What gives its content piece by piece; nothing where the input is no such thing. */
export function streamOf(input: unknown): AsyncIterable<unknown> | undefined {
  if (input instanceof Blob) return readBlob(input);
  if (input instanceof Response || input instanceof Request)
    return input.body ? readAll(input.body) : readBlob(new Blob());
  if (input instanceof ReadableStream) return readAll(input);
  if (typeof input === "object" && input !== null && Symbol.asyncIterator in input) {
    return input as AsyncIterable<unknown>;
  }
  return undefined;
}

/** `Blob.stream` reads ahead, and in Node holds many times what a slice does. */
async function* readBlob(blob: Blob): AsyncGenerator<Uint8Array, void> {
  for (let at = 0; at < blob.size; at += SLICE) {
    yield new Uint8Array(await blob.slice(at, at + SLICE).arrayBuffer());
  }
}

/** Not every browser can iterate over a stream. */
export async function* readAll<Chunk>(stream: ReadableStream<Chunk>): AsyncGenerator<Chunk, void> {
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
