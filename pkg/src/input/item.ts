import type { Format } from "../options/table.js";
import type { Piece } from "./bytes.js";
import type { ObjectItem } from "./objects.js";
import type { EndPiece } from "./texts.js";

/** Marks the beginning of a source of bytes and text. */
export interface Begin {
  type: "begin";
  name?: string;
  format?: Format;
  live?: boolean;
}

/** What the module reads: bytes and text, and marks between them. */
export type Item = Piece | EndPiece | Begin | { type: "beginObjects" } | ObjectItem | { type: "end" };
