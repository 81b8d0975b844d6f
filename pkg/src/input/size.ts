import { bytesOf } from "./bytes.js";

/** How many bytes an input will give; nothing where that is not known before. Gzip gives more than it has. */
export function sizeOf(input: unknown): number | undefined {
  if (input instanceof Blob) return isGzip(input.type) ? undefined : input.size;
  return bytesOf(input)?.byteLength;
}

function isGzip(type: string): boolean {
  return type === "application/gzip" || type === "application/x-gzip";
}
