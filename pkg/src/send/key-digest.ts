/**
 * Returns 32 bits of the SHA-256 of a key, salted with the import id. They tell whether two processes had the same key,
 * and do not tell the key. Returns 0, which stands for any key, if there is no key or the runtime has no digests.
 */
export async function keyDigest(importId: string, apiKey: string | undefined): Promise<number> {
  const { subtle } = globalThis.crypto ?? {};
  if (typeof apiKey !== "string" || apiKey === "" || subtle === undefined) return 0;
  const digest = await subtle.digest("SHA-256", new TextEncoder().encode(`${importId} ${apiKey}`));
  return new DataView(digest).getUint32(0) || 1;
}
