import type { BatchReceipt } from "../../node.js";
import { count, counted, eventsIn, unacceptedGroups } from "../../words/index.js";
import { type Colors, grid, right } from "./grid.js";
import { spanOf } from "./place.js";
import { visible } from "./text.js";

const MOST_ROWS = 12;

/** Draws the batches that were not accepted, with the reason; those that share it are one row. */
export function batchTable(batches: BatchReceipt[], width: number, colors: Colors): string {
  const groups = unacceptedGroups(batches);
  if (groups.length === 0) return "";
  const rows = groups
    .slice(0, MOST_ROWS)
    .map(({ state, reason, message, batches: n, events, span, areNeighbours }) => ({
      cells: [
        state === "unsent" ? state : colors.red(state),
        right(count(events)),
        `in ${counted(n, "batch", "batches")}: ${areNeighbours ? "" : "the first at "}${spanOf(span)}`,
      ],
      below: [{ text: visible([reason, message].filter((text) => text).join(": ")) }],
    }));
  const table = grid(["state", "events", "where, and why"], rows, width, colors);
  const rest = groups.slice(MOST_ROWS);
  if (rest.length === 0) return table;
  return `${table}\n${colors.dim(`… and ${counted(eventsIn(rest), "more event")}; --json lists every batch`)}`;
}
