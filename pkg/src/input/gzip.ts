import { InputError } from "../errors.js";
import type { Piece } from "./bytes.js";
import { readAll } from "./streams.js";

/** Compressed bytes that are handed on at once, so that little is lost behind the place where they are corrupt. */
const PIECE = 16 * 1024;
const [FIRST, SECOND] = [0x1f, 0x8b];

/** Finds gzip by its two first bytes, however they are cut. JSON and CSV never begin so. */
export class GzipSign {
  #seen = 0;
  #isGzip: boolean | undefined;

  /** Whether the source that goes on with this piece is gzip; nothing until that is known. */
  look(piece: Piece): boolean | undefined {
    for (let at = 0; this.#isGzip === undefined && at < piece.length; at += 1) {
      if (piece[at] !== (this.#seen === 0 ? FIRST : SECOND)) this.#isGzip = false;
      else if (this.#seen === 1) this.#isGzip = true;
      this.#seen += 1;
    }
    return this.#isGzip;
  }
}

/** The same pieces, decompressed where they are gzip. */
export async function* gunzipped(pieces: AsyncGenerator<Piece, void>): AsyncGenerator<Piece, void> {
  const sign = new GzipSign();
  const held: Piece[] = [];
  try {
    let next = await pieces.next();
    for (; !next.done && sign.look(next.value) === undefined; next = await pieces.next()) {
      held.push(next.value.slice()); // a piece is valid until the next is asked for
    }
    if (!next.done) held.push(next.value);
    if (!next.done && sign.look(next.value)) return yield* decompressed(held, pieces);
    yield* held;
    yield* pieces;
  } finally {
    await pieces.return();
  }
}

async function* decompressed(held: Piece[], rest: AsyncGenerator<Piece, void>): AsyncGenerator<Uint8Array, void> {
  if (typeof DecompressionStream === "undefined") {
    throw new InputError("gzip_unsupported", "this runtime cannot read gzip: decompress the input first");
  }
  const { readable, writable } = new DecompressionStream("gzip");
  const source = new Fed(held, rest);
  const feeding = source.into(writable);
  try {
    yield* readAll<Uint8Array>(readable);
  } catch (error) {
    throw source.failure?.error ?? corrupt(error);
  }
  await feeding;
}

/** Compressed pieces on their way into the stream that decompresses them. */
class Fed {
  /** What the source threw, if it did. */
  failure: { error: unknown } | undefined;
  readonly #held: Piece[];
  readonly #rest: AsyncGenerator<Piece, void>;

  constructor(held: Piece[], rest: AsyncGenerator<Piece, void>) {
    this.#held = held;
    this.#rest = rest;
  }

  /** Waits for each piece to be taken: who reads slowly holds back the source. Never throws: the other end does. */
  async into(writable: WritableStream<BufferSource>): Promise<void> {
    const writer = writable.getWriter();
    writer.closed.catch(() => {});
    try {
      for await (const piece of this.#pieces()) {
        for (let at = 0; at < piece.length; at += PIECE) await writer.write(piece.slice(at, at + PIECE));
      }
      await writer.close();
    } catch (error) {
      await writer.abort(error).catch(() => {});
    }
  }

  async *#pieces(): AsyncGenerator<Uint8Array<ArrayBuffer>, void> {
    try {
      for (const piece of this.#held) yield binary(piece);
      // not for-await, which would end the source while others still hold it
      for (let next = await this.#rest.next(); !next.done; next = await this.#rest.next()) yield binary(next.value);
    } catch (error) {
      this.failure = { error };
      throw error;
    }
  }
}

function binary(piece: Piece): Uint8Array<ArrayBuffer> {
  if (typeof piece !== "string") return piece as Uint8Array<ArrayBuffer>;
  throw new InputError("gzip_corrupt", "text stands among the bytes of a gzip stream");
}

function corrupt(cause: unknown): InputError {
  const why = cause instanceof Error && cause.message ? ` (${cause.message})` : "";
  return new InputError("gzip_corrupt", `the gzip data is corrupt or cut off${why}`, { cause });
}
