import type { Told, ToPage } from "../link/protocol.js";

/** How often the page is told of one thing at most, in milliseconds. */
const PACE_MS = 100;

const last = new Map<keyof Told, number>();
const held = new Map<keyof Told, { now: Told[keyof Told]; timer: ReturnType<typeof setTimeout> }>();

/** Tells the page how one thing stands now: at once, or in a moment if it was told of it a moment ago. */
export function tell<Kind extends keyof Told>(kind: Kind, now: Told[Kind]): void {
  const waiting = held.get(kind);
  const wait = (last.get(kind) ?? 0) + PACE_MS - performance.now();
  if (waiting) waiting.now = now;
  else if (wait <= 0) post(kind, now);
  else held.set(kind, { now, timer: setTimeout(() => flush(kind), wait) });
}

/** Tells what is still to be told of one thing, before an answer that ends it. */
export function flush(kind: keyof Told): void {
  const waiting = held.get(kind);
  if (!waiting) return;
  clearTimeout(waiting.timer);
  held.delete(kind);
  post(kind, waiting.now as never);
}

function post<Kind extends keyof Told>(kind: Kind, now: Told[Kind]): void {
  last.set(kind, performance.now());
  const said = { told: kind, now } as ToPage;
  postMessage(said);
}
