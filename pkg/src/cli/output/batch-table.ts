import type { BatchReceipt, Position, State } from "../../node.js";
import { type Colors, grid, right } from "./grid.js";
import { spanOf } from "./place.js";
import { count, counted, visible } from "./text.js";

const MOST_ROWS = 12;
const URGENCY: State[] = ["unknown", "refused", "unsent"];

interface Run {
  state: State;
  why: string;
  batches: number;
  events: number;
  from: Position;
  to: Position;
}

/** The batches that were not accepted, with the reason; neighbours that share it are one row. */
export function batchTable(batches: BatchReceipt[], width: number, colors: Colors): string {
  const runs = runsOf(batches).sort((a, b) => URGENCY.indexOf(a.state) - URGENCY.indexOf(b.state));
  if (runs.length === 0) return "";
  const rows = runs.slice(0, MOST_ROWS).map(({ state, why, batches: n, events, from, to }) => ({
    cells: [
      state === "unsent" ? state : colors.red(state),
      right(count(events)),
      `in ${counted(n, "batch", "batches")}, ${spanOf(from, to)}`,
    ],
    below: [{ text: why }],
  }));
  const table = grid(["state", "events", "where, and why"], rows, width, colors);
  const events = runs.slice(MOST_ROWS).reduce((sum, run) => sum + run.events, 0);
  if (events === 0) return table;
  return `${table}\n${colors.dim(`… and ${counted(events, "more event")}; --json lists every batch`)}`;
}

function runsOf(batches: BatchReceipt[]): Run[] {
  const runs: Run[] = [];
  let open: Run | undefined;
  for (const batch of batches) {
    const { state, events, from, to } = batch;
    const why = reasonOf(batch);
    if (state === "accepted") open = undefined;
    else if (open?.state === state && open.why === why) {
      open.batches += 1;
      open.events += events;
      open.to = to;
    } else {
      open = { state, why, batches: 1, events, from, to };
      runs.push(open);
    }
  }
  return runs;
}

function reasonOf({ reason, message }: BatchReceipt): string {
  return visible([reason, message].filter((text) => text).join(": "));
}
