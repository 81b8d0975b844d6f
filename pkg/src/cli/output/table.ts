import type { BatchReceipt, Receipt, Report } from "../../node.js";
import { batchTable } from "./batch-table.js";
import { type Colors, colorsFor, grid, right } from "./grid.js";
import { issueTable } from "./issue-table.js";
import { keyLines } from "./key-lines.js";
import type { OutputPaths, UndeliveredState } from "./output-files.js";
import { count, counted, megabytes, shellWord, visible } from "./text.js";
import { isOfTheStop, verdict } from "./verdict.js";

export interface RenderOptions extends NextStepOptions {
  color: boolean;
  /** Width to fit into; default 100. */
  columns?: number;
}

interface NextStepOptions {
  /** Where events that were not delivered have been written. */
  files?: OutputPaths;
  /** The directory that an import can be gone on with from. */
  journal?: string;
}

/** What `plan` adds to a report. */
export interface Plan extends Report {
  batches: Pick<BatchReceipt, "events" | "bytes">[];
  /** With a ledger: what it holds back. */
  duplicates?: number;
  /** Only where the key is known. */
  otherKey?: number;
}

/** What a check found, for a person to read. */
export function renderReport(report: Report, { color, columns = 100 }: RenderOptions): string {
  const colors = colorsFor(color);
  return page(
    title(report, colors),
    checkCounts(report, columns, colors),
    keyLines(report, colors),
    issueTable(report, columns, colors),
  );
}

/** What would be sent, for a person to read. */
export function renderPlan(plan: Plan, { color, columns = 100 }: RenderOptions): string {
  const colors = colorsFor(color);
  return page(
    title(plan, colors),
    checkCounts(plan, columns, colors),
    keyLines(plan, colors),
    planText(plan),
    issueTable(plan, columns, colors),
  );
}

/** How every event ended, for a person to read. */
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

function page(...parts: string[]): string {
  return `${parts.filter((part) => part !== "").join("\n\n")}\n`;
}

function title(report: Report | Receipt, colors: Colors): string {
  const isOpen = "unsent" in report ? report.unknown + report.unsent > 0 : "complete" in report && !report.complete;
  return colors.bold((isOpen || report.refused > 0 ? colors.yellow : colors.green)(verdict(report)));
}

type CountRow = [name: string, n: number, meaning: string];

function checkCounts(report: Report, width: number, colors: Colors): string {
  const rows: CountRow[] = [
    ["clean", report.clean, "to be sent as they are"],
    ["repaired", report.repaired, "to be sent changed; each change is listed"],
    ["refused", report.refused, "not to be sent"],
  ];
  if (report.warned > 0) rows.push(["warned", report.warned, "to be sent, but worth a look"]);
  return countTable(rows, width, colors);
}

function stateCounts(
  { accepted, refused, unknown, unsent, duplicates, otherKey, refusedBy }: Receipt,
  width: number,
  colors: Colors,
): string {
  const heldBack = [
    ...(duplicates > 0 ? [counted(duplicates, "duplicate")] : []),
    ...(otherKey > 0 ? [`${count(otherKey)} known under another key`] : []),
  ].join(" and ");
  const rows: CountRow[] = [
    ["accepted", accepted, "the service said that it took them"],
    ["refused", refused, `${count(refusedBy.check)} by the check, ${count(refusedBy.service)} by the service`],
    ["unknown", unknown, "may have been taken or not"],
    ["unsent", unsent, heldBack === "" ? "certainly not taken" : `not sent; among them ${heldBack}`],
  ];
  return countTable(rows, width, colors);
}

function countTable(rows: CountRow[], width: number, colors: Colors): string {
  const cells = rows.map(([name, n, meaning]) => ({
    cells: [name, right(count(n)), n > 0 ? colors.dim(meaning) : ""],
  }));
  return grid([], cells, width, colors);
}

function planText({ batches, duplicates = 0, otherKey = 0 }: Plan): string {
  const heldBack: string[] = [];
  if (duplicates > 0) {
    heldBack.push(
      `${counted(duplicates, "duplicate")} would not be sent: an earlier import has delivered them there, or may have.`,
    );
  }
  if (otherKey > 0) heldBack.push(`${counted(otherKey, "event")} would not be sent: ${UNDER_ANOTHER_KEY}`);
  return [batchesText(batches), ...heldBack].join("\n");
}

const UNDER_ANOTHER_KEY = `an earlier import has delivered them there under another key, or may have.
    --resend other-key with the same ledger sends them; where the key was only renewed they count twice then`;

function batchesText(batches: Plan["batches"]): string {
  if (batches.length === 0) return "Nothing would be sent.";
  let [total, events, bytes] = [0, 0, 0];
  for (const batch of batches) {
    total += batch.bytes;
    events = Math.max(events, batch.events);
    bytes = Math.max(bytes, batch.bytes);
  }
  const most = `at most ${counted(events, "event")} and ${count(bytes)} bytes in one`;
  return `${counted(batches.length, "batch", "batches")}, ${megabytes(total)} in all, ${most}.`;
}

function nextSteps(receipt: Receipt, { files = {}, journal }: NextStepOptions): string {
  const { refused, unknown, unsent, duplicates, otherKey, batches, stopped } = receipt;
  const steps: string[] = [];
  const rest = unsent - duplicates - otherKey;
  const eventsOf = (has: (batch: Receipt["batches"][number]) => boolean) =>
    batches.filter(has).reduce((sum, { events }) => sum + events, 0);
  const givenUp = eventsOf(({ state, reason }) => state === "unknown" && reason === "dropped");
  if (givenUp > 0) steps.push("Given up: nobody will know of these unknown events. They are not sent again.");
  if (unknown > givenUp) {
    steps.push("Unknown: sent again, these events may count twice. See first whether they arrived.");
    if (journal !== undefined) steps.push(`    split-events unknown --journal ${shellWord(journal)}`);
    if (journal === undefined || files.unknown) steps.push(kept("unknown", files));
  }
  if (duplicates > 0) {
    steps.push("Duplicates: an earlier import has delivered these events, or may have. They are not sent again.");
  }
  if (otherKey > 0) steps.push(`Of another key: ${UNDER_ANOTHER_KEY}.`);
  if (rest > 0) {
    steps.push("Unsent: these events can be sent again without harm.");
    if (journal !== undefined) steps.push(`    split-events resume --journal ${shellWord(journal)}`);
    if (journal === undefined || files.unsent) steps.push(kept("unsent", files));
    if (journal === undefined && files.unsent) {
      const codes = [...(duplicates > 0 ? ["duplicate"] : []), ...(otherKey > 0 ? ["other_key"] : [])];
      const others = codes.map((code) => `.reasons[0].code != "${code}"`).join(" and ");
      const filter = others === "" ? ".event" : `'select(${others}) | .event'`;
      steps.push(`    jq -c ${filter} ${shellWord(files.unsent)} | split-events send -`);
    }
  }
  const forSettings = eventsOf(isOfTheStop(receipt));
  if (forSettings > 0) {
    const then = journal === undefined ? "they can be sent again" : "resume sends them, too";
    steps.push(
      stopped?.reason === "all_refused"
        ? `Refused one after the other: it may be for the request and not for these events. Once that is put right, ${then}.`
        : `Refused for the key, the address or the account: with the right one ${then}.`,
    );
  }
  if (refused > forSettings) steps.push("Refused: these events need a change first.", kept("refused", files));
  return steps.join("\n");
}

function kept(state: UndeliveredState, files: OutputPaths): string {
  const path = files[state];
  return path === undefined ? `  --${state} FILE would have kept them.` : `  They are in ${visible(path)}.`;
}
