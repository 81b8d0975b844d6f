import type { FileIdentity } from "../../link/protocol.js";

/** Returns by what files are known again. */
export function identities(files: readonly File[]): FileIdentity[] {
  return files.map(({ name, size, lastModified }) => ({ name, size, lastModified }));
}
