import type { ContainerOptions, Packed, Part } from "../input/containers.js";

/** Opens a container. What a kind needs is loaded when a file of it is met. */
export async function* open(
  kind: "zstd" | "zip" | "parquet",
  packed: Packed,
  options: ContainerOptions,
): AsyncGenerator<Part, void> {
  if (kind === "zstd") yield { pieces: (await import("./zstd.js")).unzstd(packed.pieces) };
  else if (kind === "zip") yield* (await import("./zip.js")).openZip(packed, options);
  else yield* (await import("./parquet.js")).openParquet(packed);
}
