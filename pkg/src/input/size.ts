import { isBlob } from "../platform.js";
import { bytesOf } from "./bytes.js";

/**
 * Returns how many bytes an input has; `undefined` if that is not known before it is read. Gzip yields more than its
 * size.
 */
export function sizeOf(input: unknown): number | undefined {
  if (isBlob(input)) return isGzip(input.type) ? undefined : input.size;
  return bytesOf(input)?.byteLength;
}

function isGzip(type: string): boolean {
  return type === "application/gzip" || type === "application/x-gzip";
}
