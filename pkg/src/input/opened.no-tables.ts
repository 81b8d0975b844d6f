import type { Piece } from "./bytes.js";
import { gunzipped } from "./gunzipped.js";
import type { Item } from "./item.js";
import type { Opening } from "./opened.js";
import type { EndPiece } from "./texts.js";

/** Yields a source as the module reads it: decompressed if it is gzip. */
export async function* opened(
  pieces: AsyncGenerator<Piece | EndPiece, void>,
  { begin }: Opening,
): AsyncGenerator<Item, boolean> {
  yield begin;
  yield* gunzipped(pieces);
  yield { type: "end" };
  return false;
}
