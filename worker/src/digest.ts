const encoder = new TextEncoder();
const DIGITS = 32;

/** Digests bytes as they come. */
export class Digest {
  readonly #stream = new crypto.DigestStream("SHA-256");
  readonly #writer = this.#stream.getWriter();

  add(bytes: Uint8Array): void {
    this.#writer.write(bytes).catch(() => {});
  }

  async finish(): Promise<string> {
    await this.#writer.close();
    return hex(await this.#stream.digest);
  }
}

/** Returns the digest of some words, as the 32 hex digits that a request's name has. */
export async function digestOf(words: string[]): Promise<string> {
  return hex(await crypto.subtle.digest("SHA-256", encoder.encode(JSON.stringify(words))));
}

function hex(digest: ArrayBuffer): string {
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0"))
    .join("")
    .slice(0, DIGITS);
}
