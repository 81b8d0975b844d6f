/** One POST, as outboxes know it. */
export interface RequestHead {
  /** The outbox that all of it is for. */
  shard: number;
  /**
   * Its name: `k` and 32 hex digits where it has an Idempotency-Key, `d` where equal bodies are repeats (the setting
   * REPEAT_SECONDS), `r` where nothing repeats it; `m` where it is a message of the queue that nobody understands.
   */
  request: string;
  /** When it came, Unix time in milliseconds. */
  at: number;
}

/** What a request leaves: a batch that goes to the service, or events that the check refused. */
export interface Part extends RequestHead {
  /** Its number in the request. */
  part: number;
  /** The client's name. */
  client: string;
  kind: "batch" | "refused";
  events: number;
  body: Uint8Array;
  /** Refused events of the same request that were over the bound of what is kept. */
  notKept?: number;
}

export type Place = Pick<Part, "shard" | "request" | "at" | "part">;

/** Unique, printable, and enough to find the outbox that holds it. */
export function idOf({ shard, request, at, part }: Place): string {
  return `${shard}-${request}-${at.toString(36)}-${part}`;
}

export function placeOf(id: string): Place | undefined {
  const found = /^(\d+)-([kdrm][0-9a-f]{32})-([0-9a-z]{1,11})-(\d+)(?:[.~:].*)?$/.exec(id);
  if (!found) return undefined;
  const [, shard, request = "", at = "", part] = found;
  return { shard: Number(shard), request, at: Number.parseInt(at, 36), part: Number(part) };
}

/** A queue's message may have 128,000 bytes, of which about 100 are the queue's own. */
const MESSAGE_MAX = 127_500;
const HEAD_MAX = 300;
/** The largest body that fits into a message. */
export const BODY_MAX = MESSAGE_MAX - HEAD_MAX;
const VERSION = 2;
const LINE_END = 10;
/** Bytes of the length in front of each part in a stream. */
const LENGTH_BYTES = 4;

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

/** The body of the part is a view of the message. */
export function decodePart(message: unknown): Part {
  const bytes = message instanceof ArrayBuffer ? new Uint8Array(message) : message;
  if (!(bytes instanceof Uint8Array)) throw new TypeError("the message is not bytes");
  const end = bytes.indexOf(LINE_END);
  const { version, keyed, ...head } = headOf(decoder.decode(bytes.subarray(0, Math.max(end, 0))));
  const body = bytes.subarray(end + 1);
  if (version === VERSION) return assertPart({ ...(head as Omit<Part, "body">), body });
  // version 1 told what kind of name it is beside the name, and nothing of the client
  if (version === 1) return assertPart({ ...head, request: `${keyed ? "k" : "d"}${head.request}`, client: "", body });
  const which = Number.isInteger(version) ? `version ${version}` : "no version";
  throw new TypeError(`the message is of ${which}, not of version ${VERSION}`);
}

/** The runtime's own error would quote what it could not read. */
function headOf(line: string) {
  try {
    return JSON.parse(line) ?? {};
  } catch {
    throw new TypeError("the message does not begin with a line of JSON");
  }
}

/** What has no name would be kept where nobody finds it. */
function assertPart(part: Part): Part {
  const isNamed = Number.isInteger(part.at) && placeOf(idOf(part)) !== undefined;
  const isCounted = Number.isInteger(part.events) && typeof part.client === "string";
  if (isNamed && isCounted && (part.kind === "batch" || part.kind === "refused")) return part;
  throw new TypeError("the message has not the head of a part");
}

/** Parts of any size as one stream, for a call that may not have them in its arguments. */
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

/** Fails where the stream breaks off. */
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
