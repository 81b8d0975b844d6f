import { Digest, digestOf } from "../digest.js";

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
