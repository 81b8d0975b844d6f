import { elsewhere } from "../options/elsewhere.js";
import type { Piece } from "./bytes.js";
import { GzipSign } from "./gzip-sign.js";
import type { Item } from "./item.js";
import type { Opening } from "./opened.js";
import type { EndPiece } from "./texts.js";

/**
 * Yields a source as the module reads it.
 *
 * @throws ConfigError if it is gzip.
 */
export async function* opened(
  pieces: AsyncGenerator<Piece | EndPiece, void>,
  { begin }: Opening,
): AsyncGenerator<Item, boolean> {
  const sign = new GzipSign();
  yield begin;
  for await (const piece of pieces) {
    if (!(typeof piece === "object" && "type" in piece) && sign.look(piece)) throw elsewhere("gzip is read");
    yield piece;
  }
  yield { type: "end" };
  return false;
}
