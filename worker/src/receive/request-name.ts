import { Digest, digestOf } from "../digest.js";

export interface Naming {
  client: string;
  /** The network address of the sender; empty if it is not known. */
  address: string;
  /** Its Idempotency-Key. */
  key?: string | undefined;
  /** Equal bodies of one client and address are repeats within this time; 0: they never are. */
  repeatSeconds: number;
}

/** Names a request: by its Idempotency-Key, by its body if equal bodies are repeats, or at random. */
export class RequestName {
  readonly #naming: Naming;
  /** The digest of the body, if the name or the check for another body needs it. */
  readonly #digest: Digest | undefined;

  constructor(naming: Naming) {
    this.#naming = naming;
    if (naming.key !== undefined || naming.repeatSeconds > 0) this.#digest = new Digest();
  }

  add(chunk: Uint8Array): void {
    this.#digest?.add(chunk);
  }

  /** Returns the name. `post` tells POSTs of the same name apart, `body` the bodies of the same Idempotency-Key. */
  async finish(): Promise<{ request: string; post: string; body?: string }> {
    const { client, address, key } = this.#naming;
    const post = crypto.randomUUID().replaceAll("-", "");
    if (!this.#digest) return { request: `r${post}`, post: "" };
    const body = await this.#digest.finish();
    if (key !== undefined) return { request: `k${await digestOf([client, key])}`, post, body };
    return { request: `d${await digestOf([client, address, body])}`, post };
  }
}
