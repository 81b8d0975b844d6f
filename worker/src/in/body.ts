import { gunzip } from "split-events";
import { Refusal } from "../problem.js";
import type { Settings } from "../settings.js";
import type { Holding } from "./holding.js";

/** The chunks of a body, decompressed where it is gzip. Ends with a refusal where it is too large or too slow. */
export async function* chunksOf(
  request: Request,
  { maxBodyBytes, bodySeconds }: Pick<Settings, "maxBodyBytes" | "bodySeconds">,
): AsyncGenerator<Uint8Array, void> {
  const announced = Number(request.headers.get("content-length") ?? 0);
  if (announced > maxBodyBytes) throw tooLarge(maxBodyBytes);
  const isGzip = saysGzip(request);
  if (!request.body) return;
  const read = isGzip ? unpacked(reading(request.body)) : reading(request.body);
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

function reading(stream: ReadableStream<Uint8Array>): Reading {
  let reader: ReadableStreamBYOBReader | ReadableStreamDefaultReader<Uint8Array>;
  let next: Reading["next"];
  try {
    const byob = stream.getReader({ mode: "byob" });
    reader = byob;
    next = () => byob.readAtLeast(PIECE, new Uint8Array(PIECE));
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
  for await (const chunk of chunksOf(request, limits)) {
    holding.add(chunk.length);
    chunks.push(chunk);
  }
  return new Uint8Array(await new Blob(chunks as Uint8Array<ArrayBuffer>[]).arrayBuffer());
}
