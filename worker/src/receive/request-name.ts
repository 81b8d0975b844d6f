const encoder = new TextEncoder();
const DIGITS = 32;

export interface Naming {
  client: string;
  /** Where the request came from, where that is known. */
  address: string;
  /** Its Idempotency-Key. */
  key?: string | undefined;
  /** Equal bodies of one client and address are repeats within this time; 0: they are not. */
  repeatSeconds: number;
}

/** Names a request by its Idempotency-Key, by its body where equal bodies are repeats, or by chance. */
export class RequestName {
  readonly #naming: Naming;
  /** Of the body, which is digested as it comes. */
  readonly #digest: Digest | undefined;

  constructor(naming: Naming) {
    this.#naming = naming;
    if (naming.key !== undefined || naming.repeatSeconds > 0) this.#digest = new Digest();
  }

  add(chunk: Uint8Array): void {
    this.#digest?.add(chunk);
  }

  /** `post` tells two POSTs apart that have the same name, and `body` two bodies that come with the same Idempotency-Key. */
  async finish(): Promise<{ request: string; post: string; body?: string }> {
    const { client, address, key } = this.#naming;
    const post = crypto.randomUUID().replaceAll("-", "");
    if (!this.#digest) return { request: `r${post}`, post: "" };
    const body = await this.#digest.finish();
    if (key !== undefined) return { request: `k${await digestOf([client, key])}`, post, body };
    return { request: `d${await digestOf([client, address, body])}`, post };
  }
}

class Digest {
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

/** A name's digits. */
export async function digestOf(words: string[]): Promise<string> {
  return hex(await crypto.subtle.digest("SHA-256", encoder.encode(JSON.stringify(words))));
}

function hex(digest: ArrayBuffer): string {
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0"))
    .join("")
    .slice(0, DIGITS);
}
