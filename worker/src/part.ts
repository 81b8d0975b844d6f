/** One POST, as shards know it. */
export interface RequestHead {
  /** The shard of all its parts. */
  shard: number;
  /**
   * Its name: a letter and 32 hex digits. `k`: it has an Idempotency-Key. `d`: equal bodies are repeats (the setting
   * REPEAT_SECONDS). `r`: it cannot be a repeat. `m`: it is a message of the queue that cannot be read.
   */
  request: string;
  /** When it came, Unix time in milliseconds. */
  at: number;
}

/** A part of a request: a batch for the service, or events that the check refused. */
export interface Part extends RequestHead {
  /** Its number in the request. */
  part: number;
  /** The client's name. */
  client: string;
  kind: "batch" | "refused";
  events: number;
  body: Uint8Array;
  /** Refused events of the same request that were over its bound, and are not kept. */
  notKept?: number;
}

/** What an id is made of. */
export type Place = Pick<Part, "shard" | "request" | "at" | "part">;

/** Returns the id of a part: unique, printable, and enough to find its shard. */
export function idOf({ shard, request, at, part }: Place): string {
  return `${shard}-${request}-${at.toString(36)}-${part}`;
}

/** Reads an id, or that of a batch or letter that was made of a part; `undefined` if it is none. */
export function placeOf(id: string): Place | undefined {
  const found = /^(\d+)-([kdrm][0-9a-f]{32})-([0-9a-z]{1,11})-(\d+)(?:[.~:].*)?$/.exec(id);
  if (!found) return undefined;
  const [, shard, request = "", at = "", part] = found;
  return { shard: Number(shard), request, at: Number.parseInt(at, 36), part: Number(part) };
}

/** The most bytes of a message: a queue allows 128,000, of which about 100 are its own. */
const MESSAGE_MAX = 127_500;
const HEAD_MAX = 300;
/** The largest body that fits into a message, in bytes. */
export const BODY_MAX = MESSAGE_MAX - HEAD_MAX;
const VERSION = 2;
const LINE_END = 10;
/** The bytes of the length before each part in a stream. */
const LENGTH_BYTES = 4;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Writes a part as a message of a queue: a line of JSON, and the body as it is. */
export function encodePart({ body, ...head }: Part): Uint8Array {
  const line = encoder.encode(`${JSON.stringify({ version: VERSION, ...head })}\n`);
  const message = new Uint8Array(line.length + body.length);
  message.set(line);
  message.set(body, line.length);
  return message;
}

/** Reads a message of a queue. The body of the part is a view of it. Throws a TypeError if it is not a part. */
export function decodePart(message: unknown): Part {
  const bytes = message instanceof ArrayBuffer ? new Uint8Array(message) : message;
  if (!(bytes instanceof Uint8Array)) throw new TypeError("the message is not bytes");
  const end = bytes.indexOf(LINE_END);
  const { version, keyed, ...head } = headOf(decoder.decode(bytes.subarray(0, Math.max(end, 0))));
  const body = bytes.subarray(end + 1);
  if (version === VERSION) return assertPart({ ...(head as Omit<Part, "body">), body });
  // version 1 had the kind of the name in a member of its own, and no client
  if (version === 1) return assertPart({ ...head, request: `${keyed ? "k" : "d"}${head.request}`, client: "", body });
  const which = Number.isInteger(version) ? `version ${version}` : "no version";
  throw new TypeError(`the message has ${which}; this Worker reads versions 1 and ${VERSION}`);
}

/** Reads the head of a message. Throws an error of its own, since the runtime's would quote the message. */
function headOf(line: string) {
  try {
    return JSON.parse(line) ?? {};
  } catch {
    throw new TypeError("the message does not begin with a line of JSON");
  }
}

/** Throws a TypeError unless the part has a valid id, by which alone it can be found. */
function assertPart(part: Part): Part {
  const isNamed = Number.isInteger(part.at) && placeOf(idOf(part)) !== undefined;
  const isCounted = Number.isInteger(part.events) && typeof part.client === "string";
  if (isNamed && isCounted && (part.kind === "batch" || part.kind === "refused")) return part;
  throw new TypeError("the first line of the message is not the head of a part");
}

/** Writes parts of any size to a stream, for a call whose arguments have no room for them. */
export async function writeParts(parts: readonly Part[], stream: WritableStream<Uint8Array>): Promise<void> {
  const writer = stream.getWriter();
  try {
    for (const part of parts) {
      const message = encodePart(part);
      const length = new Uint8Array(LENGTH_BYTES);
      new DataView(length.buffer).setUint32(0, message.length);
      await writer.write(length);
      await writer.write(message);
    }
    await writer.close();
  } catch (error) {
    await writer.abort(error).catch(() => {});
    throw error;
  }
}

/** Reads parts from a stream. Throws a TypeError if it breaks off. */
export async function readParts(stream: ReadableStream<Uint8Array>): Promise<Part[]> {
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
  const parts: Part[] = [];
  for (let at = 0; at < bytes.length; ) {
    const from = at + LENGTH_BYTES;
    const length = new DataView(bytes.buffer, at).getUint32(0);
    if (from + length > bytes.length) throw new TypeError("the stream of parts broke off");
    parts.push(decodePart(bytes.subarray(from, from + length)));
    at = from + length;
  }
  return parts;
}
