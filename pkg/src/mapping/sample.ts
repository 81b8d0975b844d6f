import { items } from "../input/items.js";
import type { Input } from "../input/sources.js";
import type { OptionsOf } from "../options/table.js";

/** How much of an input is looked at, in bytes. */
const SAMPLE = 1_000_000;

/** The first part of an input. */
export interface Sample {
  bytes: Uint8Array<ArrayBuffer>;
  /** The name of its source, if it has one. */
  name?: string;
  /** Whether it is the whole input. */
  isWhole: boolean;
}

/** Reads the first megabyte of an input, of its first source only. */
export async function sampleOf(
  input: Input,
  options: Pick<OptionsOf<"Sources">, "format" | "lines" | "sheet">,
): Promise<Sample> {
  const encoder = new TextEncoder();
  const pieces: Uint8Array[] = [];
  let size = 0;
  let name: string | undefined;
  let isWhole = false;
  const add = (piece: Uint8Array) => {
    pieces.push(piece.slice(0, SAMPLE - size));
    size += piece.length;
  };
  for await (const item of items(input, options)) {
    if (typeof item === "string") add(encoder.encode(item));
    else if (item instanceof Uint8Array) add(item);
    else if (item.type === "begin") name = item.name;
    else if (item.type === "beginObjects") add(encoder.encode("["));
    isWhole = !(typeof item === "string" || item instanceof Uint8Array) && item.type === "end";
    if (isWhole || size >= SAMPLE) break;
  }
  const bytes = new Uint8Array(Math.min(size, SAMPLE));
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return { bytes, isWhole, ...(name !== undefined && { name }) };
}
