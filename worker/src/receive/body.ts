import { gunzip } from "split-events";
import { Refusal } from "../problem.js";
import type { Settings } from "../settings.js";
import type { RequestMemory } from "./memory.js";

/**
 * Reads the chunks of a body, and decompresses gzip. Throws a Refusal if the body is too large or too slow. Counts the
 * buffer that waits for bytes in the request's memory; the caller counts the chunks that it keeps.
 */
export async function* chunksOf(
  request: Request,
  { maxBodyBytes, bodySeconds }: Pick<Settings, "maxBodyBytes" | "bodySeconds">,
  memory: RequestMemory,
): AsyncGenerator<Uint8Array, void> {
  const announced = announcedOf(request);
  if (announced !== undefined && announced > maxBodyBytes) throw tooLarge(maxBodyBytes);
  const isGzip = saysGzip(request);
  if (!request.body) return;
  const plain = reading(request.body, announced, memory);
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
      if (late) throw new Refusal(408, { detail: `the body was not complete after ${bodySeconds} seconds` });
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
    if (late) throw new Refusal(408, { detail: `the body was not complete after ${bodySeconds} seconds` });
    over = true;
    throw new Refusal(400, { detail: "the body broke off, or is not what its Content-Encoding says" });
  } finally {
    clearTimeout(timer);
    if (!over && !late) read.cancel();
  }
}

interface ChunkSource {
  next(): Promise<{ done: boolean; value?: Uint8Array | undefined }>;
  cancel(): void;
}

/** Bytes that are asked for at once, if the stream can do that: single reads return 4 KB, and each costs a turn. */
const PIECE = 65_536;

function reading(
  stream: ReadableStream<Uint8Array>,
  announced: number | undefined,
  memory: RequestMemory,
): ChunkSource {
  let reader: ReadableStreamBYOBReader | ReadableStreamDefaultReader<Uint8Array>;
  let next: ChunkSource["next"];
  try {
    const byob = stream.getReader({ mode: "byob" });
    reader = byob;
    let left = announced ?? Number.POSITIVE_INFINITY;
    next = async () => {
      // one byte more than is left, so that the end is seen in the same read
      const bytes = Math.min(PIECE, left + 1);
      memory.add(bytes);
      try {
        const read = await byob.readAtLeast(bytes, new Uint8Array(bytes));
        left -= read.value?.length ?? 0;
        // it is longer than its Content-Length
        if (left < 0) left = Number.POSITIVE_INFINITY;
        return read;
      } finally {
        memory.subtract(bytes);
      }
    };
  } catch {
    const plain = stream.getReader();
    reader = plain;
    next = () => plain.read();
  }
  return { next, cancel: () => void reader.cancel().catch(() => {}) };
}

/** Decompresses chunks. Not by DecompressionStream, which, by compatibility date, reads some gzip short without an error. */
function unpacked(packed: ChunkSource): ChunkSource {
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

async function* chunksIn(read: ChunkSource): AsyncGenerator<Uint8Array, void> {
  while (true) {
    const { done, value } = await read.next();
    if (value) yield value;
    if (done) return;
  }
}

/** Returns the Content-Length of a request, in bytes. */
function announcedOf({ headers }: Request): number | undefined {
  const length = headers.get("content-length");
  return length !== null && /^\d+$/.test(length) ? Number(length) : undefined;
}

function saysGzip(request: Request): boolean {
  const encoding = (request.headers.get("content-encoding") ?? "identity").trim().toLowerCase();
  if (encoding === "gzip" || encoding === "x-gzip") return true;
  if (encoding === "identity" || !request.body) return false;
  throw new Refusal(
    415,
    { detail: "Content-Encoding must be gzip, or be left out" },
    { "accept-encoding": "gzip, identity" },
  );
}

function tooLarge(maxBodyBytes: number): Refusal {
  return new Refusal(413, {
    detail: `the body is larger than ${maxBodyBytes} bytes: send fewer events at once; nothing was kept`,
  });
}

/** Reads a whole body, and counts it in the request's memory. */
export async function wholeBody(
  request: Request,
  limits: Pick<Settings, "maxBodyBytes" | "bodySeconds">,
  memory: RequestMemory,
): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of chunksOf(request, limits, memory)) {
    memory.add(chunk.length);
    chunks.push(chunk);
  }
  return new Uint8Array(await new Blob(chunks as Uint8Array<ArrayBuffer>[]).arrayBuffer());
}
