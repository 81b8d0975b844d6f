import type { OutgoingHttpHeaders, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

/** Answers with one line of text for people, or without a body. */
export function answerText(
  response: ServerResponse,
  status: number,
  text = "",
  headers: OutgoingHttpHeaders = {},
): void {
  const body = text === "" ? "" : `${text}\n`;
  const type = body === "" ? {} : { "content-type": "text/plain; charset=utf-8" };
  response.writeHead(status, { ...type, "content-length": Buffer.byteLength(body), ...headers }).end(body);
}

export function answerJson(response: ServerResponse, value: unknown): void {
  const body = JSON.stringify(value);
  response.writeHead(200, { "content-type": "application/json", "content-length": Buffer.byteLength(body) }).end(body);
}

/** Streams lines at the pace of the client. A client that leaves is not an error. */
export async function answerLines(response: ServerResponse, lines: Iterable<Buffer> | AsyncIterable<Buffer>) {
  response.writeHead(200, { "content-type": "application/x-ndjson" });
  await pipeline(Readable.from(lines, { objectMode: false }), response).catch(() => response.destroy());
}
