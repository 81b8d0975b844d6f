import { InputError } from "../errors/input-error.js";
import { elsewhere } from "../options/elsewhere.js";
import type { OwnBytes } from "../platform-types.js";
import { bytesOf } from "./bytes.js";

/**
 * Decompresses pieces of gzip by the runtime's own means.
 *
 * @throws ConfigError if the runtime has none.
 * @throws InputError with the code `gzip_corrupt` if the runtime cannot read it.
 */
export async function* gunzippedPieces(pieces: AsyncIterable<unknown>): AsyncGenerator<OwnBytes, void> {
  if (typeof DecompressionStream === "undefined") throw elsewhere("gzip is read in this runtime");
  const { readable, writable } = new DecompressionStream("gzip");
  const writer = writable.getWriter();
  let source: { error: unknown } | undefined;
  const read = pieces[Symbol.asyncIterator]();
  const writing = (async () => {
    for (;;) {
      const next = await read.next().catch((error: unknown) => {
        source = { error };
        throw error;
      });
      if (next.done) return writer.close();
      const bytes = bytesOf(next.value);
      if (!bytes) throw new InputError("gzip_corrupt", "text stands among the bytes of a gzip stream");
      // a piece is valid until the next is asked for
      await writer.write(bytes.slice());
    }
  })();
  writing.catch((error) => writer.abort(error)).catch(() => {}); // the reader tells the error
  const reader = readable.getReader();
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value as OwnBytes;
  } catch (error) {
    if (source) throw source.error;
    if (error instanceof InputError) throw error;
    const message =
      "the gzip data is corrupt, is cut off, or has several members, which only split-events reads everywhere";
    throw new InputError("gzip_corrupt", message, { cause: error });
  } finally {
    reader.cancel().catch(() => {});
  }
}
