import type { State } from "../receipt/outcome.js";
import type { BatchReceipt } from "../receipt/receipt.js";
import type { Position } from "../report/position.js";
import { eventsIn } from "./left.js";
import { count } from "./numbers.js";

/** The most urgent first. */
const URGENCY: readonly State[] = ["unknown", "refused", "unsent"];

/** Batches that ended in the same state for the same reason. */
export interface BatchGroup {
  state: State;
  reason: string;
  message: string;
  batches: number;
  events: number;
  /** Whether no other batch lies between them. */
  areNeighbours: boolean;
  /** Where the events lie if the batches are neighbours, else those of the first batch. */
  span: Span;
}

interface Span {
  from: Position;
  to: Position;
}

/** Groups the batches that were not accepted by state and reason, the most urgent first; without those of the ids `apart`. */
export function unacceptedGroups(
  batches: readonly BatchReceipt[],
  apart: ReadonlySet<string> = new Set(),
): BatchGroup[] {
  const groups = new Map<string, number[]>();
  for (const [at, { id, state, reason, message }] of batches.entries()) {
    if (state === "accepted" || apart.has(id)) continue;
    const name = JSON.stringify([state, reason, message]);
    const group = groups.get(name);
    if (group) group.push(at);
    else groups.set(name, [at]);
  }
  return Array.from(groups.values(), (indexes) => groupOf(batches, indexes)).sort(
    (a, b) => URGENCY.indexOf(a.state) - URGENCY.indexOf(b.state),
  );
}

function groupOf(all: readonly BatchReceipt[], indexes: readonly number[]): BatchGroup {
  const batches = indexes.map((at) => all[at] as BatchReceipt);
  const [first, last] = [batches[0] as BatchReceipt, batches.at(-1) as BatchReceipt];
  const areNeighbours = indexes.every((at, n) => at === (indexes[0] as number) + n);
  const { state, reason = "", message = "", from, to } = first;
  const span = { from, to: areNeighbours ? last.to : to };
  return { state, reason, message, batches: batches.length, events: eventsIn(batches), areNeighbours, span };
}

/** A file, if the input has a name, and what lies in it, as `line 3`. */
export interface Place {
  file?: string;
  at: string;
}

/** Returns where events lie: at one place, or from the first to the second if these are in two files. */
export function placesOf({ from, to }: Span): Place[] {
  if (from.file !== to.file) return [placeOf(from), placeOf(to)];
  const [first, last] = [numberOf(from), numberOf(to)];
  if (first === last) return [placeOf(from)];
  return [{ ...placeOf(from), at: `${from.line === null ? "events" : "lines"} ${count(first)} to ${count(last)}` }];
}

function placeOf(position: Position): Place {
  const { file, line } = position;
  const at = `${line === null ? "event" : "line"} ${count(numberOf(position))}`;
  return file === undefined ? { at } : { file, at };
}

/** The line, or the number of the event if there are no lines, from 1. */
function numberOf({ line, index }: Position): number {
  return line ?? index + 1;
}
