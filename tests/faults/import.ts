import { event, ndjson } from "../support/events.ts";

/** An import whose batches can be told by a text in their bodies, and whose events by their value. */
export interface Import {
  input: string;
  batches: number;
  /** Events of each batch. */
  size: number;
}

export const SIZE = 10;

export function makeImport(batches: number): Import {
  const events = Array.from({ length: batches * SIZE }, (_, i) =>
    event(i, { value: i, properties: { batch: `batch-${Math.floor(i / SIZE)}` } }),
  );
  return { input: ndjson(events), batches, size: SIZE };
}

/** What only the bodies with events of this batch have in them. */
export const markOf = (batch: number): string => `"batch-${batch}"`;

export const numberOf = (event: unknown): number => (event as { value: number }).value;
