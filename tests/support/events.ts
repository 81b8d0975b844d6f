/** An event as it is posted. */
export interface Event {
  eventTypeId: string;
  trafficTypeName: string;
  key: string;
  timestamp: number;
  value?: number | null;
  properties?: Record<string, unknown> | null;
}

/** Returns a clean event with a key of its own. */
export function event(number: number, changes: Record<string, unknown> = {}): Event {
  return {
    eventTypeId: "page_load",
    trafficTypeName: "user",
    key: `user-${number}`,
    timestamp: Date.now() - 60_000,
    value: number,
    ...changes,
  } as Event;
}

export function events(n: number, changes?: Record<string, unknown>): Event[] {
  return Array.from({ length: n }, (_, i) => event(i, changes));
}

export function ndjson(values: readonly unknown[]): string {
  return values.map((value) => `${JSON.stringify(value)}\n`).join("");
}

export function parseNdjson<T>(text: string): T[] {
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as T);
}
