import type { BatchReceipt } from "split-events";
import { type BatchGroup, counted, placesOf, unacceptedGroups } from "split-events/internal/words";
import { foreign, h } from "./dom.js";

const MOST = 20;

/** Lists the batches that were not accepted, and why; without those of the ids `apart`. */
export function unacceptedBatches(
  batches: readonly BatchReceipt[],
  apart: ReadonlySet<string>,
): HTMLElement | undefined {
  const groups = unacceptedGroups(batches, apart);
  if (groups.length === 0) return undefined;
  const rows = groups.slice(0, MOST).map(groupRow);
  const rest = groups.length - rows.length;
  return h(
    "div",
    { class: "unaccepted" },
    h("h2", {}, "Batches that were not accepted"),
    h("ul", { class: "batches" }, ...rows),
    rest > 0 && h("p", { class: "small" }, `The receipt has ${counted(rest, "more reason")}.`),
  );
}

function groupRow({ state, reason, message, batches, events, areNeighbours, span }: BatchGroup): HTMLElement {
  return h(
    "li",
    { class: `batch ${state}` },
    h(
      "p",
      {},
      h("strong", {}, state),
      ` · ${counted(events, "event")} in ${counted(batches, "batch", "batches")}${areNeighbours ? "" : ", the first"}`,
      ...spanView(span),
    ),
    h("p", { class: "message" }, `${message} `, h("code", {}, reason)),
  );
}

/** Writes where events lie, as ` at a.ndjson, lines 1 to 500`. */
export function spanView(span: BatchGroup["span"]): (Node | string)[] {
  const [first, last] = placesOf(span).map(({ file, at }) =>
    file === undefined ? [at] : [foreign(file, "name"), `, ${at}`],
  );
  if (first === undefined) return [];
  return last === undefined ? [" at ", ...first] : [" from ", ...first, " to ", ...last];
}
