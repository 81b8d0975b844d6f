import type { BatchReceipt, Position, State } from "split-events";
import { foreign, h } from "./dom.js";
import { count, counted } from "./format.js";

const URGENCY: readonly State[] = ["unknown", "refused", "unsent"];
const MOST = 20;

/** Batches that ended the same way for the same reason. */
interface Group {
  state: State;
  reason: string;
  message: string;
  batches: BatchReceipt[];
}

/** The batches that were not accepted, and why, but for those that are shown by themselves. */
export function unacceptedBatches(
  batches: readonly BatchReceipt[],
  apart: ReadonlySet<string>,
): HTMLElement | undefined {
  const groups = groupsOf(batches.filter(({ id }) => !apart.has(id)));
  if (groups.length === 0) return undefined;
  const rows = groups.slice(0, MOST).map(groupRow);
  const rest = groups.length - rows.length;
  return h(
    "div",
    { class: "unaccepted" },
    h("h2", {}, "Batches that were not accepted"),
    h("ul", { class: "batches" }, ...rows),
    rest > 0 && h("p", { class: "small" }, `${count(rest)} more reasons are in the receipt.`),
  );
}

function groupsOf(batches: readonly BatchReceipt[]): Group[] {
  const groups = new Map<string, Group>();
  for (const batch of batches) {
    const { state, reason = "", message = "" } = batch;
    if (state === "accepted") continue;
    const name = JSON.stringify([state, reason, message]);
    const group = groups.get(name);
    if (group) group.batches.push(batch);
    else groups.set(name, { state, reason, message, batches: [batch] });
  }
  return [...groups.values()].sort((a, b) => URGENCY.indexOf(a.state) - URGENCY.indexOf(b.state));
}

function groupRow({ state, reason, message, batches }: Group): HTMLElement {
  const events = batches.reduce((sum, batch) => sum + batch.events, 0);
  const [first] = batches;
  const many = batches.length > 1;
  return h(
    "li",
    { class: `batch ${state}` },
    h(
      "p",
      {},
      h("strong", {}, state),
      ` · ${counted(events, "event")} in ${counted(batches.length, "batch", "batches")}${many ? ", the first" : ""}`,
      ...(first ? span(first) : []),
    ),
    h("p", { class: "message" }, `${message} `, h("code", {}, reason)),
  );
}

/** Where a batch lies, as ` at a.ndjson, lines 1 to 500`. */
export function span({ from, to }: Pick<BatchReceipt, "from" | "to">): (Node | string)[] {
  if (from.file !== to.file) return [" from ", ...place(from), " to ", ...place(to)];
  if (from.line === null || to.line === null || from.line === to.line) return [" at ", ...place(from)];
  return [" at ", ...inFile(from), `lines ${count(from.line)} to ${count(to.line)}`];
}

function place(position: Position): (Node | string)[] {
  const { line, index } = position;
  return [...inFile(position), line === null ? `event ${count(index + 1)}` : `line ${count(line)}`];
}

function inFile({ file }: Position): (Node | string)[] {
  return file === undefined ? [] : [foreign(file, "name"), ", "];
}
