import { readAll } from "./items.js";

/** The chunks as they are, or unpacked where they begin as gzip does. */
export async function* gunzipped(
  chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void> {
  const all = iterate(chunks);
  const first = await beginning(all);
  if (first[0] !== 0x1f || first[1] !== 0x8b) {
    yield first;
    return yield* all;
  }
  const packed = new ReadableStream<Uint8Array<ArrayBuffer>>({
    start: (controller) => controller.enqueue(first),
    async pull(controller) {
      const next = await all.next();
      // copied: it is valid until the next one is asked for
      if (next.done) controller.close();
      else controller.enqueue(new Uint8Array(next.value));
    },
    async cancel() {
      await all.return();
    },
  });
  yield* readAll(packed.pipeThrough(new DecompressionStream("gzip"))) as AsyncGenerator<Uint8Array, void>;
}

async function* iterate(chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  yield* chunks;
}

/** Two bytes or more, unless there are no more. */
async function beginning(all: AsyncGenerator<Uint8Array, void>): Promise<Uint8Array<ArrayBuffer>> {
  let held = new Uint8Array(0);
  while (held.length < 2) {
    const next = await all.next();
    if (next.done) break;
    const joined = new Uint8Array(held.length + next.value.length);
    joined.set(held);
    joined.set(next.value, held.length);
    held = joined;
  }
  return held;
}
