import type { Piece } from "./bytes.js";
import { gunzippedPieces } from "./gzip.js";
import { GzipSign } from "./gzip-sign.js";
import type { EndPiece } from "./texts.js";

/** Yields the pieces, decompressed if they are gzip. */
export async function* gunzipped<P extends Piece | EndPiece>(
  pieces: AsyncGenerator<P, void>,
): AsyncGenerator<P | Uint8Array, void> {
  const sign = new GzipSign();
  const look = (piece: P) => (isEnd(piece) ? undefined : sign.look(piece));
  const held: P[] = [];
  try {
    let next = await pieces.next();
    for (; !next.done && look(next.value) === undefined; next = await pieces.next()) {
      // a piece is valid until the next is asked for
      held.push(isEnd(next.value) ? next.value : (next.value.slice() as P));
    }
    if (!next.done) held.push(next.value);
    if (!next.done && look(next.value)) return yield* gunzippedPieces(joined(held, pieces));
    yield* held;
    yield* pieces;
  } finally {
    await pieces.return();
  }
}

function isEnd(piece: Piece | EndPiece): piece is EndPiece {
  return typeof piece === "object" && "type" in piece;
}

async function* joined<P>(held: P[], rest: AsyncGenerator<P, void>): AsyncGenerator<P, void> {
  yield* held;
  yield* rest;
}
