import { event, ndjson } from "../support/events.ts";

/** An import. A text in the body identifies each batch, and its value each event. */
export interface Import {
  input: string;
  batches: number;
  /** The events of each batch. */
  size: number;
}

export const SIZE = 10;

export function makeImport(batches: number): Import {
  const events = Array.from({ length: batches * SIZE }, (_, i) =>
    event(i, { value: i, properties: { batch: `batch-${Math.floor(i / SIZE)}` } }),
  );
  return { input: ndjson(events), batches, size: SIZE };
}

/** Returns the text that only bodies with events of this batch contain. */
export const markOf = (batch: number): string => `"batch-${batch}"`;

export const numberOf = (event: unknown): number => (event as { value: number }).value;
