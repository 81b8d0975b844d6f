import { Decompress } from "fzstd";
import xxhash, { type XXHash } from "xxhash-wasm";
import { InputError } from "../errors/input-error.js";
import { byteSize } from "../words/index.js";
import { Frame } from "./zstd-frame.js";

/** The largest window that is taken, as by other programs without a flag for it. A frame says how large its own is. */
const WINDOW_MAX = 128 * 1024 * 1024;

/**
 * Decompresses zstd (RFC 8878): its frames in their order. fzstd does not compare checksums, and tells no frames apart,
 * so each frame is found here and gets a decompressor of its own.
 *
 * @throws InputError with the code `zstd_corrupt` if it is damaged, cut off or followed by other bytes. What stands
 * before that is yielded first.
 */
export async function* unzstd(packed: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  const { create64 } = await xxhash();
  const begin = (number: number) => new OpenFrame(number, create64());
  let number = 1;
  let open: OpenFrame | undefined = begin(number);
  for await (let piece of packed) {
    while (piece.length > 0) {
      open ??= begin(++number);
      const taken = open.push(piece);
      yield* open.take();
      piece = piece.subarray(taken);
      if (open.isOver) open = undefined;
    }
  }
  if (open) throw corrupt("cut off", number);
}

/** A frame that is being decompressed. */
class OpenFrame {
  readonly #number: number;
  readonly #frame = new Frame();
  readonly #hash: XXHash<bigint>;
  readonly #data: Uint8Array[] = [];
  readonly #decompress = new Decompress((data) => this.#data.push(data));

  constructor(number: number, hash: XXHash<bigint>) {
    this.#number = number;
    this.#hash = hash;
  }

  get isOver(): boolean {
    return this.#frame.isOver;
  }

  /** Takes the bytes of a piece that belong to the frame. Returns their number. */
  push(piece: Uint8Array): number {
    const taken = this.#frame.take(piece);
    const { window, isSkipped, isWrong } = this.#frame;
    if (isWrong) throw corrupt(this.#number === 1 ? "damaged" : "damaged, or followed by other bytes,", this.#number);
    if (window > WINDOW_MAX) {
      throw new InputError(
        "zstd_unsupported",
        `the zstd data needs a window of ${byteSize(window)}, and at most ${byteSize(WINDOW_MAX)} is taken: compress it without --long`,
      );
    }
    if (isSkipped) return taken;
    try {
      // the library keeps parts of what it is given
      this.#decompress.push(piece.slice(0, taken), this.isOver);
    } catch {
      throw corrupt("damaged", this.#number);
    }
    return taken;
  }

  /** Yields the data that is there. */
  *take(): Generator<Uint8Array, void> {
    for (const data of this.#data.splice(0)) {
      if (data.length === 0) continue;
      this.#hash.update(data);
      yield data;
    }
    const { checksum } = this.#frame;
    if (this.isOver && checksum !== undefined && checksum !== Number(this.#hash.digest() & 0xffffffffn)) {
      throw corrupt("damaged", this.#number);
    }
  }
}

function corrupt(how: string, frame: number): InputError {
  return new InputError("zstd_corrupt", `the zstd data is ${how}${frame === 1 ? "" : ` in its frame ${frame}`}`);
}
