import type { IncomingMessage } from "node:http";

export interface Body {
  /** The bytes that came, kept or not. */
  bytes: number;
  /** `whole`: `content` has all of it. `over`: it is over the limit. `cut`: the client left before its end. */
  state: "whole" | "over" | "cut";
  content: Buffer;
}

const NOTHING = Buffer.alloc(0);

/** The bytes over the limit that are read and thrown away before the answer is sent without waiting for the end. */
const PATIENCE = 64 * 1024 * 1024;

/**
 * Reads a body, and keeps no more than `limit` bytes. A body over the limit is read to its end too, since a client that
 * is still sending would get a reset instead of the answer.
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
