/** What a request leaves: a batch that goes to the service, or events that the check refused. */
export interface Part {
  /** The outbox it is for. Chosen once, so that a message that comes again goes to the same. */
  shard: number;
  /** The request it is of: a digest of who sent what. */
  request: string;
  /** The client gave an Idempotency-Key: the request is the same whenever it comes again. */
  keyed: boolean;
  /** When the request came, Unix time in milliseconds. */
  at: number;
  /** Its number in the request. */
  part: number;
  kind: "batch" | "refused";
  events: number;
  body: Uint8Array;
}

/** Unique, printable, and enough to find the outbox that holds it. */
export function idOf({ shard, request, keyed, at, part }: Omit<Part, "kind" | "events" | "body">): string {
  return `${shard}-${keyed ? "k" : "d"}${request}-${at.toString(36)}-${part}`;
}

export type Place = Pick<Part, "shard" | "request" | "keyed" | "at" | "part">;

export function placeOf(id: string): Place | undefined {
  const found = /^(\d+)-([kd])([0-9a-f]{32})-([0-9a-z]{1,11})-(\d+)(?:[.~:].*)?$/.exec(id);
  if (!found) return undefined;
  const [, shard, kind, request = "", at = "", part] = found;
  return { shard: Number(shard), keyed: kind === "k", request, at: Number.parseInt(at, 36), part: Number(part) };
}

/** A queue's message may have 128,000 bytes, of which about 100 are the queue's own. */
const MESSAGE_MAX = 127_500;
const HEAD_MAX = 300;
/** The largest body that fits into a message. */
export const BODY_MAX = MESSAGE_MAX - HEAD_MAX;
const VERSION = 1;
const LINE_END = 10;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** As a message of a queue: a line of JSON, and the body as it is. */
export function encodePart({ body, ...head }: Part): Uint8Array<ArrayBuffer> {
  const line = encoder.encode(`${JSON.stringify({ version: VERSION, ...head })}\n`);
  const message = new Uint8Array(line.length + body.length);
  message.set(line);
  message.set(body, line.length);
  return message;
}

export function decodePart(message: unknown): Part {
  const bytes = message instanceof ArrayBuffer ? new Uint8Array(message) : message;
  if (!(bytes instanceof Uint8Array)) throw new TypeError("the message is not bytes");
  const end = bytes.indexOf(LINE_END);
  const { version, ...head } = JSON.parse(decoder.decode(bytes.subarray(0, Math.max(end, 0))));
  if (version !== VERSION) throw new TypeError(`the message is of version ${version}, not ${VERSION}`);
  return { ...(head as Omit<Part, "body">), body: bytes.slice(end + 1) };
}
