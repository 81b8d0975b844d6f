import type { BatchReceipt, Receipt, Report } from "../../node.js";
import {
  advice,
  byteSize,
  checkMeanings,
  count,
  counted,
  eventsIn,
  heldBack,
  isReceipt,
  recordsLine,
  refusedByStop,
  stateMeanings,
  summary,
  type UndeliveredState,
} from "../../words/index.js";
import { batchTable } from "./batch-table.js";
import { type Colors, colorsFor, grid, right } from "./grid.js";
import { issueTable } from "./issue-table.js";
import { keyLines } from "./key-lines.js";
import type { OutputPaths } from "./output-files.js";
import { shellWord, visible } from "./text.js";

export interface RenderOptions extends NextStepOptions {
  color: boolean;
  /** The width to fit into, in characters; default 100. */
  columns?: number;
}

interface NextStepOptions {
  /** The files that hold the events that were not delivered. */
  files?: OutputPaths;
  /** The directory from which the import can be resumed. */
  journal?: string;
  /** For an import that was finished before: whether another `resume` can save the events. */
  canSave?: boolean;
}

/** What `plan` adds to a report. */
export interface Plan extends Report {
  batches: Pick<BatchReceipt, "events" | "bytes">[];
  /** With a ledger: how many events it holds back. */
  duplicates?: number;
  /** The same for events that were sent with another key; only if the key is known. */
  otherKey?: number;
}

/** Draws what a check found. */
export function renderReport(report: Report, options: RenderOptions): string {
  return checkPage(report, "", options);
}

/** Draws what would be sent. */
export function renderPlan(plan: Plan, options: RenderOptions): string {
  return checkPage(plan, planText(plan), options);
}

/** Draws how every event ended. */
export function renderReceipt(receipt: Receipt, { color, columns = 100, ...next }: RenderOptions): string {
  const colors = colorsFor(color);
  return page(
    title(receipt, colors),
    stateCounts(receipt, columns, colors),
    keyLines(receipt, colors),
    issueTable(receipt, columns, colors),
    batchTable(receipt.batches, columns, colors),
    nextSteps(receipt, next),
  );
}

function checkPage(report: Report, beforeIssues: string, { color, columns = 100 }: RenderOptions): string {
  const colors = colorsFor(color);
  return page(
    title(report, colors),
    checkCounts(report, columns, colors),
    keyLines(report, colors),
    beforeIssues,
    issueTable(report, columns, colors),
  );
}

function page(...parts: string[]): string {
  return `${parts.filter((part) => part !== "").join("\n\n")}\n`;
}

function title(report: Report | Receipt, colors: Colors): string {
  const isOpen = isReceipt(report)
    ? report.unknown + report.unsent > 0
    : "complete" in report && report.complete === false;
  const line = colors.bold((isOpen || report.refused > 0 ? colors.yellow : colors.green)(summary(report)));
  const records = recordsLine(report);
  return records === "" ? line : `${line}\n${visible(records)}`;
}

type CountRow = [name: string, n: number, meaning: string];

function checkCounts({ clean, repaired, refused, warned }: Report, width: number, colors: Colors): string {
  const rows: CountRow[] = [
    ["clean", clean, checkMeanings.clean],
    ["repaired", repaired, checkMeanings.repaired],
    ["refused", refused, checkMeanings.refused],
  ];
  if (warned > 0) rows.push(["warned", warned, checkMeanings.warned]);
  return countTable(rows, width, colors);
}

function stateCounts(receipt: Receipt, width: number, colors: Colors): string {
  const meanings = stateMeanings(receipt);
  const rows = (["accepted", "refused", "unknown", "unsent"] as const).map(
    (state): CountRow => [state, receipt[state], meanings[state]],
  );
  return countTable(rows, width, colors);
}

function countTable(rows: CountRow[], width: number, colors: Colors): string {
  const cells = rows.map(([name, n, meaning]) => ({
    cells: [name, right(count(n)), n > 0 ? colors.dim(meaning) : ""],
  }));
  return grid([], cells, width, colors);
}

function planText({ batches, duplicates = 0, otherKey = 0 }: Plan): string {
  const lines = [batchesText(batches)];
  if (duplicates > 0) {
    lines.push(
      `${counted(duplicates, "event")} would be held back: an earlier import has sent them to the same endpoint, or may have.`,
    );
  }
  if (otherKey > 0) lines.push(`${counted(otherKey, "event")} would be held back: ${UNDER_ANOTHER_KEY}.`);
  return lines.join("\n");
}

const UNDER_ANOTHER_KEY = `an earlier import has sent them to the same endpoint with another key, or may have.
    --resend other-key with the same ledger sends them. If the other key is of the same environment, they count twice`;

function batchesText(batches: Plan["batches"]): string {
  if (batches.length === 0) return "Nothing would be sent.";
  let [total, events, bytes] = [0, 0, 0];
  for (const batch of batches) {
    total += batch.bytes;
    events = Math.max(events, batch.events);
    bytes = Math.max(bytes, batch.bytes);
  }
  const all = `${counted(batches.length, "batch", "batches")} would be sent, ${byteSize(total)} in all`;
  return `${all}. The largest: ${counted(events, "event")}, ${byteSize(bytes)}.`;
}

function nextSteps(receipt: Receipt, next: NextStepOptions): string {
  const { files = {}, journal } = next;
  const { refused, unknown, unsent, duplicates, otherKey, batches, stopped } = receipt;
  const steps: string[] = [];
  const givenUp = eventsIn(batches.filter(({ state, reason }) => state === "unknown" && reason === "dropped"));
  if (givenUp > 0)
    steps.push("Given up: nobody will know whether these unknown events arrived. They are not sent again.");
  if (unknown > givenUp) {
    steps.push(`Unknown: ${advice.unknown}.`);
    if (journal !== undefined) steps.push(`    split-events unknown --journal ${shellWord(journal)}`);
    if (journal === undefined || files.unknown) steps.push(whereKept("unknown", next));
  }
  if (duplicates > 0) {
    steps.push("Held back: an earlier import has sent these events, or may have. They are not sent again.");
  }
  if (otherKey > 0) steps.push(`Held back: ${UNDER_ANOTHER_KEY}.`);
  if (unsent > heldBack(receipt)) {
    steps.push(`Unsent: ${advice.unsent}.`);
    if (journal !== undefined) steps.push(`    split-events resume --journal ${shellWord(journal)}`);
    if (journal === undefined || files.unsent) steps.push(whereKept("unsent", next));
    if (journal === undefined && files.unsent) {
      steps.push(`    split-events send --preset unsent ${shellWord(files.unsent)}`);
    }
  }
  const byStop = refusedByStop(receipt);
  if (byStop > 0) {
    const then = journal === undefined ? "they can be sent again" : "resume sends them, too";
    steps.push(
      stopped?.reason === "all_refused"
        ? `Refused one after the other: perhaps because of the request, and not of these events. Once that is put right, ${then}.`
        : `Refused because of the key, the address or the account: with the right one ${then}.`,
    );
  }
  if (refused > byStop) {
    steps.push(`${byStop > 0 ? "Refused otherwise" : "Refused"}: ${advice.refused}.`, whereKept("refused", next));
  }
  return steps.filter((step) => step !== "").join("\n");
}

function whereKept(state: UndeliveredState, { files = {}, journal = "", canSave }: NextStepOptions): string {
  const path = files[state];
  if (path !== undefined) return `  They are in ${visible(path)}.`;
  if (canSave === undefined) return `  Next time, save them with --${state} FILE.`;
  return canSave ? `  To save them: split-events resume --journal ${shellWord(journal)} --${state} FILE` : "";
}
