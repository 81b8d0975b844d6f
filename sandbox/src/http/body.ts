import type { IncomingMessage } from "node:http";

export interface Body {
  /** Counted to the end, held or not. */
  bytes: number;
  /** `whole`: all of it is in `content`. `over`: too long to be held. `cut`: the client went away before its end. */
  state: "whole" | "over" | "cut";
  content: Buffer<ArrayBuffer>;
}

const NOTHING = Buffer.alloc(0);

/** How much of a body over the limit is read and thrown away before the answer stops waiting for its end. */
const PATIENCE = 64 * 1024 * 1024;

/**
 * Reads to the end even what is over the limit, so that the client has sent all and reads its answer instead of
 * meeting a reset. It holds no more than the limit.
 */
export function readBody(request: IncomingMessage, limit: number): Promise<Body> {
  return new Promise((resolve) => {
    let chunks: Buffer[] = [];
    let bytes = 0;
    request.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= limit) {
        chunks.push(chunk);
        return;
      }
      chunks = [];
      if (bytes - limit > PATIENCE) resolve({ bytes, state: "over", content: NOTHING });
    });
    request.on("end", () => {
      if (bytes > limit) resolve({ bytes, state: "over", content: NOTHING });
      else resolve({ bytes, state: "whole", content: Buffer.concat(chunks) });
    });
    request.on("error", () => undefined);
    request.on("close", () => resolve({ bytes, state: "cut", content: NOTHING }));
  });
}
