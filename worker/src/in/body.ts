import type { Settings } from "../env.js";
import { Refusal } from "../problem.js";

/** An isolate has 128 MB. What all its requests hold together stays below half of that. */
const HELD_MAX = 64_000_000;
let held = 0;

/** Counts what a request holds in memory, until it is released. */
export class Holding {
  #bytes = 0;

  add(bytes: number): void {
    this.#bytes += bytes;
    held += bytes;
    if (held <= HELD_MAX) return;
    throw new Refusal(503, { detail: "too many large requests at once" }, { "retry-after": "1" });
  }

  release(): void {
    held -= this.#bytes;
    this.#bytes = 0;
  }
}

/** The chunks of a body, decompressed where it is gzip. Ends with a refusal where it is too large or too slow. */
export async function* chunksOf(
  request: Request,
  { maxBodyBytes, bodySeconds }: Pick<Settings, "maxBodyBytes" | "bodySeconds">,
): AsyncGenerator<Uint8Array, void> {
  const announced = Number(request.headers.get("content-length") ?? 0);
  if (announced > maxBodyBytes) throw tooLarge(maxBodyBytes);
  const stream = decoded(request);
  if (!stream) return;
  const reader = stream.getReader();
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    reader.cancel().catch(() => {});
  }, bodySeconds * 1000);
  let bytes = 0;
  let over = false;
  try {
    while (true) {
      const { done, value } = await reader.read();
      if (late) throw new Refusal(408, { detail: `the body was not there after ${bodySeconds} seconds` });
      over = done;
      if (done) return;
      bytes += value.length;
      if (bytes > maxBodyBytes) throw tooLarge(maxBodyBytes);
      yield value;
    }
  } catch (error) {
    if (error instanceof Refusal) throw error;
    if (late) throw new Refusal(408, { detail: `the body was not there after ${bodySeconds} seconds` });
    over = true;
    throw new Refusal(400, { detail: "the body broke off, or is not what its Content-Encoding says" });
  } finally {
    clearTimeout(timer);
    if (!over && !late) reader.cancel().catch(() => {});
  }
}

function decoded(request: Request): ReadableStream<Uint8Array> | null {
  const encoding = (request.headers.get("content-encoding") ?? "identity").trim().toLowerCase();
  if (encoding === "identity" || !request.body) return request.body;
  if (encoding === "gzip" || encoding === "x-gzip") {
    return request.body.pipeThrough(new DecompressionStream("gzip") as ReadableWritablePair<Uint8Array, Uint8Array>);
  }
  throw new Refusal(415, { detail: "a body may be gzip or plain" }, { "accept-encoding": "gzip, identity" });
}

function tooLarge(maxBodyBytes: number): Refusal {
  return new Refusal(413, { detail: `a body may have ${maxBodyBytes} bytes; nothing of this one was taken` });
}
