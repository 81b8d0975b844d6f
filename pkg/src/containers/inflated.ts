import { RawGunzip } from "../wasm/split_events.js";

/** The header of gzip, without a name and a time. */
const HEADER = Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff);
/** The most bytes of a block of deflate that is not compressed. */
const BLOCK_MAX = 65_535;
/** The last block of deflate, without bytes. */
const LAST_BLOCK = Uint8Array.of(1, 0, 0, 0xff, 0xff);

/** What a zip file says of a member. */
interface Told {
  crc32: number;
  size: number;
  /** Whether its bytes are not compressed. */
  isStored: boolean;
}

/**
 * Decompresses a member of a zip file by the module, as gzip: both are deflate, followed by a checksum and a length,
 * which the module compares. What it yields is valid until the next is asked for.
 *
 * @throws Error if it is damaged.
 */
export async function* inflated(raw: AsyncIterable<Uint8Array>, told: Told): AsyncGenerator<Uint8Array, void> {
  const gunzip = new RawGunzip();
  const buffer = new Uint8Array(gunzip.most);
  try {
    for await (const piece of asGzip(raw, told)) {
      gunzip.push(piece);
      for (let length = gunzip.next(buffer); length > 0; length = gunzip.next(buffer)) yield buffer.subarray(0, length);
      assertWell(gunzip.failure(false));
    }
    assertWell(gunzip.failure(true));
  } finally {
    gunzip.free();
  }
}

async function* asGzip(raw: AsyncIterable<Uint8Array>, { crc32, size, isStored }: Told): AsyncGenerator<Uint8Array> {
  yield HEADER;
  for await (const piece of raw) {
    if (isStored) yield* blocks(piece);
    else yield piece;
  }
  if (isStored) yield LAST_BLOCK;
  const trailer = new DataView(new ArrayBuffer(8));
  trailer.setUint32(0, crc32, true);
  trailer.setUint32(4, size % 2 ** 32, true);
  yield new Uint8Array(trailer.buffer);
}

function* blocks(piece: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < piece.length; at += BLOCK_MAX) {
    const block = piece.subarray(at, at + BLOCK_MAX);
    const head = new DataView(new ArrayBuffer(5));
    head.setUint16(1, block.length, true);
    head.setUint16(3, ~block.length & 0xffff, true);
    yield new Uint8Array(head.buffer);
    yield block;
  }
}

function assertWell(failure: string | undefined): void {
  if (failure !== undefined) throw new Error(failure);
}
