import { InputError } from "../errors/input-error.js";
import { init } from "../module/module.js";
import type { OwnBytes } from "../platform-types.js";
import { RawGunzip } from "../wasm/split_events.js";
import { bytesOf } from "./bytes.js";
import { streamOf } from "./streams.js";

/**
 * Decompresses gzip, the same in every runtime: its members in their order, with zeros between and behind them.
 *
 * ```js
 * for await (const chunk of gunzip(request.body)) for (const batch of batcher.push(chunk)) await submit(batch, { apiKey });
 * ```
 *
 * @throws InputError with the code `gzip_corrupt` if it is corrupt, cut off or followed by other bytes. What stands
 * before that is yielded first.
 */
export async function* gunzip(
  packed: AsyncIterable<Uint8Array> | ReadableStream<Uint8Array> | Blob | Response,
): AsyncGenerator<OwnBytes, void> {
  const chunks = streamOf(packed);
  if (!chunks) throw new InputError("invalid_input", "gunzip takes a stream of bytes");
  await init();
  for await (const data of gunzippedPieces(chunks)) yield data.slice();
}

/** Decompresses pieces of gzip. What it yields is valid until the next is asked for. */
export async function* gunzippedPieces(pieces: AsyncIterable<unknown>): AsyncGenerator<OwnBytes, void> {
  const raw = new RawGunzip();
  const buffer = new Uint8Array(raw.most);
  try {
    for await (const piece of pieces) {
      raw.push(binary(piece));
      for (let length = raw.next(buffer); length > 0; length = raw.next(buffer)) yield buffer.subarray(0, length);
      assertWell(raw.failure(false));
    }
    assertWell(raw.failure(true));
  } finally {
    raw.free();
  }
}

function assertWell(failure: string | undefined): void {
  if (failure !== undefined) throw new InputError("gzip_corrupt", failure);
}

function binary(piece: unknown): Uint8Array {
  const bytes = bytesOf(piece);
  if (bytes) return bytes;
  throw new InputError("gzip_corrupt", "text stands among the bytes of a gzip stream");
}
