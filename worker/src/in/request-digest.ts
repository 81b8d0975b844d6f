const encoder = new TextEncoder();
const DIGITS = 32;

/** Names a request by who sent it, its Idempotency-Key and its body, which is digested as it comes. */
export class RequestDigest {
  readonly #stream = new crypto.DigestStream("SHA-256");
  readonly #writer = this.#stream.getWriter();

  constructor(client: string, key: string | undefined) {
    this.add(encoder.encode(`${JSON.stringify([client, key ?? null])}\n`));
  }

  add(chunk: Uint8Array): void {
    this.#writer.write(chunk).catch(() => {});
  }

  async finish(): Promise<string> {
    await this.#writer.close();
    const bytes = new Uint8Array(await this.#stream.digest);
    return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0"))
      .join("")
      .slice(0, DIGITS);
  }
}
