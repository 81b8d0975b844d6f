import { gunzip } from "split-events";
import { Refusal } from "../problem.js";
import type { Settings } from "../settings.js";
import type { Holding } from "./holding.js";

/**
 * The chunks of a body, decompressed where it is gzip. Ends with a refusal where it is too large or too slow. What is
 * asked for and was not there yet is counted in what the request holds; a chunk is counted by who takes it.
 */
export async function* chunksOf(
  request: Request,
  { maxBodyBytes, bodySeconds }: Pick<Settings, "maxBodyBytes" | "bodySeconds">,
  holding: Holding,
): AsyncGenerator<Uint8Array, void> {
  const announced = announcedOf(request);
  if (announced !== undefined && announced > maxBodyBytes) throw tooLarge(maxBodyBytes);
  const isGzip = saysGzip(request);
  if (!request.body) return;
  const plain = reading(request.body, announced, holding);
  const read = isGzip ? unpacked(plain) : plain;
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    read.cancel();
  }, bodySeconds * 1000);
  let bytes = 0;
  let over = false;
  try {
    while (true) {
      const { done, value } = await read.next();
      if (late) throw new Refusal(408, { detail: `the body was not there after ${bodySeconds} seconds` });
      over = done;
      if (value) {
        bytes += value.length;
        if (bytes > maxBodyBytes) throw tooLarge(maxBodyBytes);
        yield value;
      }
      if (done) return;
    }
  } catch (error) {
    if (error instanceof Refusal) throw error;
    if (late) throw new Refusal(408, { detail: `the body was not there after ${bodySeconds} seconds` });
    over = true;
    throw new Refusal(400, { detail: "the body broke off, or is not what its Content-Encoding says" });
  } finally {
    clearTimeout(timer);
    if (!over && !late) read.cancel();
  }
}

interface Reading {
  next(): Promise<{ done: boolean; value?: Uint8Array | undefined }>;
  cancel(): void;
}

/** Pieces of a body come in 4 KB, and each costs a turn: they are asked for together, where the stream can do that. */
const PIECE = 65_536;

function reading(stream: ReadableStream<Uint8Array>, announced: number | undefined, holding: Holding): Reading {
  let reader: ReadableStreamBYOBReader | ReadableStreamDefaultReader<Uint8Array>;
  let next: Reading["next"];
  try {
    const byob = stream.getReader({ mode: "byob" });
    reader = byob;
    let left = announced ?? Number.POSITIVE_INFINITY;
    next = async () => {
      // one byte more than is left, so that the end is seen in the same turn
      const bytes = Math.min(PIECE, left + 1);
      holding.add(bytes);
      try {
        const read = await byob.readAtLeast(bytes, new Uint8Array(bytes));
        left -= read.value?.length ?? 0;
        // it has more than it said
        if (left < 0) left = Number.POSITIVE_INFINITY;
        return read;
      } finally {
        holding.subtract(bytes);
      }
    };
  } catch {
    const plain = stream.getReader();
    reader = plain;
    next = () => plain.read();
  }
  return { next, cancel: () => void reader.cancel().catch(() => {}) };
}

/** The same, decompressed: not by DecompressionStream, which reads some gzip short, by the compatibility date. */
function unpacked(packed: Reading): Reading {
  const chunks = gunzip(chunksIn(packed));
  return {
    next: async () => {
      const { done = false, value } = await chunks.next();
      return { done, value: value || undefined };
    },
    cancel: () => {
      packed.cancel();
      chunks.return().catch(() => {});
    },
  };
}

async function* chunksIn(read: Reading): AsyncGenerator<Uint8Array, void> {
  while (true) {
    const { done, value } = await read.next();
    if (value) yield value;
    if (done) return;
  }
}

/** The bytes of a body as it comes, where it says how many it has. */
function announcedOf({ headers }: Request): number | undefined {
  const length = headers.get("content-length");
  return length !== null && /^\d+$/.test(length) ? Number(length) : undefined;
}

function saysGzip(request: Request): boolean {
  const encoding = (request.headers.get("content-encoding") ?? "identity").trim().toLowerCase();
  if (encoding === "gzip" || encoding === "x-gzip") return true;
  if (encoding === "identity" || !request.body) return false;
  throw new Refusal(415, { detail: "a body may be gzip or plain" }, { "accept-encoding": "gzip, identity" });
}

function tooLarge(maxBodyBytes: number): Refusal {
  return new Refusal(413, { detail: `a body may have ${maxBodyBytes} bytes; nothing of this one was taken` });
}

/** A body as one, counted in what the request holds. */
export async function wholeBody(
  request: Request,
  limits: Pick<Settings, "maxBodyBytes" | "bodySeconds">,
  holding: Holding,
): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of chunksOf(request, limits, holding)) {
    holding.add(chunk.length);
    chunks.push(chunk);
  }
  return new Uint8Array(await new Blob(chunks as Uint8Array<ArrayBuffer>[]).arrayBuffer());
}
