import { InputError } from "../errors/input-error.js";
import { bytesOf, type Piece } from "./bytes.js";
import { containers, type Packed } from "./containers.js";
import { gunzippedPieces } from "./gzip.js";
import type { Begin, Item } from "./item.js";
import { type Kind, KindSign } from "./kind.js";
import { ofSource } from "./of-source.js";
import type { Seekable } from "./seekable.js";
import type { EndPiece } from "./texts.js";

/** How deep files may lie in files: a zip of zips of gzip. What lies deeper is read as it is. */
const DEPTH_MAX = 4;

type Pieces = AsyncGenerator<Piece | EndPiece, void>;

/** How a source is opened. */
export interface Opening {
  /** The mark that begins it. */
  begin: Begin;
  /** Its bytes in any order, if that is possible. */
  file?: Seekable | undefined;
  /** The name of the sheet of a workbook that is read. */
  sheet?: string | undefined;
}

/**
 * Yields a source as the module reads it: decompressed if it is gzip or zstd, and as several sources if it is a
 * container. Returns whether it was read through `file`, so that pieces of it are left.
 */
export async function* opened(pieces: Pieces, opening: Opening): AsyncGenerator<Item, boolean> {
  // told before the first byte, which a live source may never send
  yield opening.begin;
  return yield* begun(pieces, opening, 0);
}

async function* begun(pieces: Pieces, opening: Opening, depth: number, outer?: Kind): AsyncGenerator<Item, boolean> {
  const { begin } = opening;
  try {
    const { kind, all } = await look(pieces);
    // gzip of gzip is a mistake, which the module names
    if (kind === "gzip" && outer !== "gzip" && depth < DEPTH_MAX) {
      yield* begun(gunzippedPieces(bytesOnly(all)), { ...opening, file: undefined }, depth + 1, kind);
      return false;
    }
    const known = kind === "text" || kind === "gzip" || depth >= DEPTH_MAX ? undefined : await containers();
    if (!known || kind === "text" || kind === "gzip") {
      yield* all;
      yield { type: "end" };
      return false;
    }
    const packed: Packed = { pieces: bytesOnly(all), file: opening.file };
    let parts = 0;
    for await (const { name, format, pieces: inside } of known.open(kind, packed, { sheet: opening.sheet })) {
      const named = [begin.name, name].filter((part) => part !== undefined).join("/");
      const inner = { ...begin, ...(named !== "" && { name: named }), ...(format && { format }) };
      // the source of the container itself was begun and is left without bytes: only its parts are read
      yield inner;
      try {
        yield* begun(inside, { ...opening, begin: inner, file: undefined }, depth + 1, kind);
      } catch (error) {
        throw name !== undefined && error instanceof InputError ? ofSource(name, error) : error;
      }
      parts += 1;
    }
    if (parts === 0) yield { type: "end" };
    return opening.file !== undefined && kind !== "zstd";
  } finally {
    await pieces.return();
  }
}

/** Tells the kind of a source. Returns it with all pieces, those among them that were looked at. */
async function look(pieces: Pieces): Promise<{ kind: Kind; all: Pieces }> {
  const sign = new KindSign();
  const held: (Piece | EndPiece)[] = [];
  let kind: Kind | undefined;
  for (let next = await pieces.next(); ; next = await pieces.next()) {
    if (next.done) {
      kind = sign.end();
      break;
    }
    const piece = next.value;
    kind = isEnd(piece) ? sign.end() : sign.look(piece);
    if (kind !== undefined) {
      held.push(piece);
      break;
    }
    // a piece is valid until the next is asked for
    held.push((piece as Uint8Array).slice());
  }
  return { kind, all: joined(held, pieces) };
}

function isEnd(piece: Piece | EndPiece): piece is EndPiece {
  return typeof piece === "object" && "type" in piece;
}

async function* joined<P>(held: P[], rest: AsyncGenerator<P, void>): AsyncGenerator<P, void> {
  yield* held;
  yield* rest;
}

async function* bytesOnly(pieces: Pieces): AsyncGenerator<Uint8Array, void> {
  for await (const piece of pieces) {
    const bytes = bytesOf(piece);
    if (!bytes) throw new InputError("mixed_bytes", "text stands among the bytes of a file that is not text");
    yield bytes;
  }
}
