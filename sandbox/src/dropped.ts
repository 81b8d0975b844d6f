import type { check, codes } from "split-events";
import type { Take } from "./state.js";

/** The two functions of the package that are used here. */
export interface Checker {
  check: typeof check;
  codes: typeof codes;
}

/** Loads the package on first use, since it may not be built. */
export async function loadChecker(): Promise<Checker> {
  return await import("split-events");
}

/** An event that was taken, and that the service would drop later. */
interface DroppedEvent {
  post: number;
  /** The number of the event in its POST, from 0. */
  index: number;
  event: Buffer;
  codes: string[];
}

const [OPEN, COMMA, CLOSE] = ["[", ",", "]"].map((sign) => Buffer.from(sign)) as [Buffer, Buffer, Buffer];

/** Yields the events that were taken and would be dropped, by the package's check and table of codes. */
async function* droppedEvents(takes: readonly Take[], checker: Checker): AsyncGenerator<DroppedEvent> {
  const dropping = new Set(checker.codes().flatMap(({ code, dropped }) => (dropped ? [code] : [])));
  for (const { post, body, spans } of takes.slice()) {
    const events = spans.map(({ from, to }) => body.subarray(from, to));
    const found = await codesByEvent(events, dropping, checker);
    for (const [index, event] of events.entries()) {
      const codes = found[index] ?? [];
      if (codes.length > 0) yield { post, index, event, codes };
    }
  }
}

export async function* droppedLines(takes: readonly Take[], checker: Checker): AsyncGenerator<Buffer> {
  for await (const { post, index, event, codes } of droppedEvents(takes, checker)) {
    const head = Buffer.from(`{"post":${post},"index":${index},"event":`);
    yield Buffer.concat([head, event, Buffer.from(`,"codes":${JSON.stringify(codes)}}\n`)]);
  }
}

/**
 * Returns for each event the codes for which it would be dropped. A report counts all issues but lists only the first
 * of each code. So if it lists fewer than it counts, each half of the events is checked again, down to one event, for
 * which the counts are enough.
 */
async function codesByEvent(
  events: readonly Buffer[],
  dropping: ReadonlySet<string>,
  checker: Checker,
): Promise<string[][]> {
  if (events.length === 0) return [];
  const elements = events.flatMap((event) => [COMMA, event]).slice(1);
  const array = new Uint8Array(Buffer.concat([OPEN, ...elements, CLOSE]));
  const { issueCounts, issues } = await checker.check(array, { format: "json" });
  const counted = Object.keys(issueCounts).filter((code) => dropping.has(code));
  if (events.length === 1) return [counted];

  const found = events.map(() => new Set<string>());
  const listed = new Map<string, number>();
  for (const { code, index } of issues) {
    listed.set(code, (listed.get(code) ?? 0) + 1);
    if (index !== null && dropping.has(code)) found[index]?.add(code);
  }
  if (counted.every((code) => listed.get(code) === issueCounts[code])) return found.map((codes) => [...codes]);

  const middle = events.length >> 1;
  return [
    ...(await codesByEvent(events.slice(0, middle), dropping, checker)),
    ...(await codesByEvent(events.slice(middle), dropping, checker)),
  ];
}
