/** Returns a new id of an import: 16 hexadecimal digits, with which the ids of its batches begin. */
export function newImportId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(8));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
