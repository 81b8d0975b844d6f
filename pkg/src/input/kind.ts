import type { Piece } from "./bytes.js";

/** What a source of bytes is, by its first bytes. Zip may be a workbook; `text` is everything that the module reads. */
export type Kind = "gzip" | "zstd" | "zip" | "parquet" | "text";

const MOST = 5;

/** Tells the kind of a source by its first bytes, however they are cut. */
export class KindSign {
  readonly #seen: number[] = [];
  #kind: Kind | undefined;

  /** Takes the next piece of a source. Returns its kind, and `undefined` until that is known. */
  look(piece: Piece): Kind | undefined {
    if (typeof piece === "string") return this.end();
    for (let at = 0; this.#kind === undefined && at < piece.length; at += 1) {
      this.#seen.push(piece[at] as number);
      this.#kind = kindOf(this.#seen);
    }
    return this.#kind;
  }

  /** Returns the kind of a source that has no more bytes. */
  end(): Kind {
    this.#kind ??= "text";
    return this.#kind;
  }
}

function kindOf(seen: number[]): Kind | undefined {
  const [a, b, c, d, e] = seen;
  const begins = (...wanted: number[]) => seen.every((byte, at) => at >= wanted.length || byte === wanted[at]);
  const is = (...wanted: number[]) => seen.length >= wanted.length && begins(...wanted);
  if (is(0x1f, 0x8b)) return "gzip";
  if (is(0x28, 0xb5, 0x2f, 0xfd)) return "zstd";
  // a frame that decompressors skip may come first
  const isSkipped = a !== undefined && a >>> 4 === 5;
  if (isSkipped && b === 0x2a && c === 0x4d && d === 0x18) return "zstd";
  // "PK", and a member, the end of an empty file, or the mark of one that was made in parts
  if (a === 0x50 && b === 0x4b && ((c === 3 && d === 4) || (c === 5 && d === 6) || (c === 7 && d === 8))) return "zip";
  // a table may begin with a name such as PAR1, but then text follows
  if (is(0x50, 0x41, 0x52, 0x31) && e !== undefined) return isText(e) ? "text" : "parquet";
  const mayBe = [[0x1f], [0x28, 0xb5, 0x2f], [0x50, 0x4b, 0x03], [0x50, 0x4b, 0x05], [0x50, 0x4b, 0x07]];
  mayBe.push([0x50, 0x41, 0x52, 0x31]);
  if (isSkipped) mayBe.push([a, 0x2a, 0x4d]);
  const isOpen = mayBe.some((wanted) => seen.length <= wanted.length && begins(...wanted));
  return isOpen && seen.length < MOST ? undefined : "text";
}

function isText(byte: number): boolean {
  return (byte >= 0x20 && byte <= 0x7e) || byte === 0x09 || byte === 0x0a || byte === 0x0d;
}
