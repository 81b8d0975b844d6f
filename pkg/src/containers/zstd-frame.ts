const [MAGIC, SKIPPED] = [0xfd2fb528, 0x184d2a5];
const [RLE, RESERVED] = [1, 3];
const CHECKSUM_FLAG = 0x04;

/** The most blocks that are taken at once. A block of a few bytes may hold 128 KiB. */
const BLOCKS_MAX = 16;

/** The part of a frame to which the next bytes belong. */
type Part = "magic" | "skipped size" | "descriptor" | "header" | "block" | "checksum";

/** Finds where a frame of zstd ends, and what its header says, without decompressing it (RFC 8878, chapter 3). */
export class Frame {
  /** The window that its decompressor needs, in bytes. */
  window = 0;
  /** The lower half of the checksum of its data, if it has one. */
  checksum: number | undefined;
  /** Whether decompressors skip the frame. */
  isSkipped = false;
  /** Whether these bytes are no frame. */
  isWrong = false;
  isOver = false;
  #part: Part = "magic";
  /** The bytes of the part so far, and how many it has. */
  readonly #seen: number[] = [];
  #wanted = 4;
  /** The bytes of a block that are still to come. */
  #passing = 0;
  #descriptor = 0;
  #isLast = false;
  #blocks = 0;

  /** Takes bytes up to the end of the frame, or of a number of its blocks. Returns their number. */
  take(bytes: Uint8Array): number {
    let at = 0;
    this.#blocks = 0;
    while (at < bytes.length && this.#blocks < BLOCKS_MAX && !this.isOver && !this.isWrong) {
      if (this.#passing > 0) {
        const passed = Math.min(this.#passing, bytes.length - at);
        this.#passing -= passed;
        at += passed;
        if (this.#passing === 0 && this.#isLast) this.#endBlocks();
        continue;
      }
      this.#seen.push(bytes[at] as number);
      at += 1;
      if (this.#seen.length === this.#wanted) this.#read(this.#seen.splice(0));
    }
    return at;
  }

  #read(seen: number[]): void {
    const number = little(seen);
    switch (this.#part) {
      case "magic":
        if (number === MAGIC) this.#expect("descriptor", 1);
        else if (number >>> 4 === SKIPPED) this.#expect("skipped size", 4);
        else this.isWrong = true;
        this.isSkipped = number >>> 4 === SKIPPED;
        break;
      case "skipped size":
        [this.#passing, this.#isLast] = [number, true];
        if (number === 0) this.isOver = true;
        break;
      case "descriptor": {
        this.#descriptor = number;
        const { size, dictionary, windowByte } = lengths(number);
        this.#expect("header", size + dictionary + windowByte);
        break;
      }
      case "header":
        this.window = windowOf(seen, this.#descriptor);
        this.#expect("block", 3);
        break;
      case "block": {
        this.#blocks += 1;
        const type = (number >> 1) & 3;
        this.#isLast = (number & 1) === 1;
        this.#passing = type === RLE ? 1 : number >> 3;
        this.isWrong = type === RESERVED;
        if (this.#passing === 0 && this.#isLast) this.#endBlocks();
        break;
      }
      case "checksum":
        this.checksum = number;
        this.isOver = true;
    }
  }

  #endBlocks(): void {
    if (this.isSkipped || (this.#descriptor & CHECKSUM_FLAG) === 0) this.isOver = true;
    else this.#expect("checksum", 4);
  }

  #expect(part: Part, bytes: number): void {
    [this.#part, this.#wanted] = [part, bytes];
  }
}

/** Returns the lengths of the parts of a header, by its first byte. */
function lengths(descriptor: number): { size: number; dictionary: number; windowByte: number } {
  const isSingle = (descriptor & 0x20) !== 0;
  const flag = descriptor >> 6;
  const size = flag === 0 ? (isSingle ? 1 : 0) : 1 << flag;
  return { size, dictionary: [0, 1, 2, 4][descriptor & 3] as number, windowByte: isSingle ? 0 : 1 };
}

function windowOf(header: number[], descriptor: number): number {
  const { size, dictionary, windowByte } = lengths(descriptor);
  if (windowByte === 0) return little(header.slice(dictionary)) + (size === 2 ? 256 : 0);
  const byte = header[0] as number;
  const base = 2 ** (10 + (byte >> 3));
  return base + (base / 8) * (byte & 7);
}

/** Returns the number that stands in these bytes, the lowest first. */
function little(bytes: number[]): number {
  return bytes.reduceRight((number, byte) => number * 256 + byte, 0);
}
