import type { Piece } from "../input/bytes.js";
import type { ContainerOptions, Packed, Part } from "../input/containers.js";

/** Says that a text is UTF-8, whatever the encoding of other sources is said to be. */
const MARK = "\ufeff";

/** Opens a container. What a kind needs is loaded when a file of it is met. */
export async function* open(
  kind: "zstd" | "zip" | "parquet",
  packed: Packed,
  options: ContainerOptions,
): AsyncGenerator<Part, void> {
  for await (const part of parts(kind, packed, options)) {
    // what has a format was written here
    yield part.format === undefined ? part : { ...part, pieces: marked(part.pieces) };
  }
}

async function* parts(kind: string, packed: Packed, options: ContainerOptions): AsyncGenerator<Part, void> {
  if (kind === "zstd") yield { pieces: (await import("./zstd.js")).unzstd(packed.pieces) };
  else if (kind === "zip") yield* (await import("./zip.js")).openZip(packed, options);
  else yield* (await import("./parquet.js")).openParquet(packed);
}

async function* marked(pieces: AsyncGenerator<Piece, void>): AsyncGenerator<Piece, void> {
  yield MARK;
  yield* pieces;
}
