import type { IncomingHttpHeaders } from "node:http";
import type { Take } from "./state.js";

/** An event that was taken. */
export interface LedgerEntry {
  post: number;
  path: string;
  /** The headers of its POST, without those that hold keys. */
  headers: IncomingHttpHeaders;
  event: unknown;
  /** The text of the event, with its numbers as they came. */
  raw: string;
}

export function entries(takes: readonly Take[]): LedgerEntry[] {
  return takes.flatMap(({ post, path, headers, body, spans }) =>
    spans.map(({ from, to }) => {
      const raw = body.toString("utf8", from, to);
      return { post, path, headers, event: JSON.parse(raw) as unknown, raw };
    }),
  );
}

const LINE_END = Buffer.from("}\n");

/** Yields the ledger as NDJSON, one piece for each POST. The bytes of the events are copied as they came. */
export function* ledgerLines(takes: readonly Take[]): Generator<Buffer> {
  for (const { post, path, headers, body, spans } of takes.slice()) {
    const head = Buffer.from(`${JSON.stringify({ post, path, headers }).slice(0, -1)},"event":`);
    yield Buffer.concat(spans.flatMap(({ from, to }) => [head, body.subarray(from, to), LINE_END]));
  }
}

export function* lines(values: readonly unknown[]): Generator<Buffer> {
  for (const value of values.slice()) yield Buffer.from(`${JSON.stringify(value)}\n`);
}
