/**
 * 32 bits of a SHA-256 of the key, salted by the run's id: whether two runs had the same key can be told by it, and the
 * key cannot. 0, which stands for any key, where there is none or the runtime makes no digests.
 */
export async function keyDigest(run: string, apiKey: string | undefined): Promise<number> {
  const { subtle } = globalThis.crypto ?? {};
  if (typeof apiKey !== "string" || apiKey === "" || subtle === undefined) return 0;
  const digest = await subtle.digest("SHA-256", new TextEncoder().encode(`${run} ${apiKey}`));
  return new DataView(digest).getUint32(0) || 1;
}
