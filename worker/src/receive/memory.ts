import { Refusal } from "../problem.js";

/** The most bytes that all requests of an isolate hold together: half of its 128 MB. */
const HELD_MAX = 64_000_000;
/** A client may hold twice, an address once as much as is still free: so each share shrinks as more of them come. */
const CLIENT_SHARE = 2;
const ADDRESS_SHARE = 1;

/** What the requests of one client or one address hold together. */
interface Holder {
  bytes: number;
  requests: number;
}

let held = 0;
const clients = new Map<string, Holder>();
const addresses = new Map<string, Holder>();

/** Counts the memory of a request: for its address from the start, for its client once that is known. */
export class RequestMemory {
  #bytes = 0;
  readonly #address: string;
  #client: string | undefined;

  constructor({ headers }: Request) {
    this.#address = headers.get("cf-connecting-ip") ?? "";
    enter(addresses, this.#address, 0);
  }

  /** Counts the memory for a client, too. */
  ofClient(client: string): void {
    this.#client = client;
    enter(clients, client, this.#bytes);
  }

  add(bytes: number): void {
    const free = HELD_MAX - held;
    this.subtract(-bytes);
    if (held > HELD_MAX) throw tooMuch("too many large requests at once");
    if (isOver(addresses, this.#address, free * ADDRESS_SHARE)) {
      throw tooMuch("too many large requests of this address at once");
    }
    if (isOver(clients, this.#client, free * CLIENT_SHARE))
      throw tooMuch("too many large requests of this key at once");
  }

  subtract(bytes: number): void {
    held -= bytes;
    this.#bytes -= bytes;
    change(addresses, this.#address, -bytes, 0);
    change(clients, this.#client, -bytes, 0);
  }

  /** Ends the request, which holds no memory any more. Call it once. */
  release(): void {
    held -= this.#bytes;
    change(addresses, this.#address, -this.#bytes, -1);
    change(clients, this.#client, -this.#bytes, -1);
    this.#bytes = 0;
  }
}

function enter(holders: Map<string, Holder>, name: string, bytes: number): void {
  if (!holders.has(name)) holders.set(name, { bytes: 0, requests: 0 });
  change(holders, name, bytes, 1);
}

/** Changes the counts of a holder, and forgets one without requests. */
function change(holders: Map<string, Holder>, name: string | undefined, bytes: number, requests: number): void {
  const holder = name === undefined ? undefined : holders.get(name);
  if (name === undefined || !holder) return;
  holder.bytes += bytes;
  holder.requests += requests;
  if (holder.requests === 0) holders.delete(name);
}

/** Returns whether a holder is over its share. One with a single request never is. */
function isOver(holders: Map<string, Holder>, name: string | undefined, share: number): boolean {
  const holder = name === undefined ? undefined : holders.get(name);
  return holder !== undefined && holder.requests > 1 && holder.bytes > share;
}

function tooMuch(detail: string): Refusal {
  return new Refusal(503, { detail: `${detail}: nothing was kept; send the request again` }, { "retry-after": "1" });
}
