import type { State } from "../receipt/outcome.js";
import type { Receipt } from "../receipt/receipt.js";
import type { Report } from "../report/report.js";
import { count, counted } from "./numbers.js";

/** Tells whether it says how a send ended, and not only what a check found. */
export function isReceipt(report: Report | Receipt): report is Receipt {
  return "refusedBy" in report;
}

/** Tells a result in one line, as `2 events: 2 accepted (2 repaired)`. */
export function summary(report: Report | Receipt): string {
  const repaired = report.repaired > 0 ? ` (${count(report.repaired)} repaired)` : "";
  // the events that were repaired are known among those to be sent, not among those accepted
  const allSent = !isReceipt(report) || report.unknown + report.unsent + report.refusedBy.service === 0;
  const [first = "", ...others] = isReceipt(report) ? stateCounts(report) : checkCounts(report);
  const words = [`${first}${allSent ? repaired : ""}`, ...others].join(", ");
  const unread = "complete" in report && !report.complete ? "; the input was not read to its end" : "";
  return `${counted(report.events, "event")}: ${words}${allSent ? "" : repaired}${unread}`;
}

/**
 * Says of which records the events were made, as `read as an export of Segment (preset segment): 120 records, 20 skipped,
 * 100 events`; empty if each record is an event as it came.
 */
export function recordsLine({ events, records = events, skipped = 0, preset, issues }: Report): string {
  const counts = [counted(records, "record"), ...(skipped > 0 ? [`${count(skipped)} skipped`] : [])];
  if (preset === undefined)
    return records === events && skipped === 0 ? "" : [...counts, counted(events, "event")].join(", ");
  const title = issues.find(({ code }) => code === RECOGNISED)?.got ?? "";
  const as = title === "" ? `preset ${preset}` : `an export of ${title} (preset ${preset})`;
  return `read as ${as}: ${[...counts, counted(events, "event")].join(", ")}`;
}

/** The code of the note that an export was recognised. */
const RECOGNISED: string = "preset_recognised";

function checkCounts({ events, refused }: Report): string[] {
  return counts([
    [events - refused, "can be sent"],
    [refused, "refused"],
  ]);
}

/** Counts events by state, as `5 accepted` and `3 refused`. States without events are left out. */
export function stateCounts({ accepted, refused, unknown, unsent }: Record<State, number>): string[] {
  return counts([
    [accepted, "accepted"],
    [refused, "refused"],
    [unknown, "unknown"],
    [unsent, "unsent"],
  ]);
}

/** Returns the first row alone if all are zero. */
function counts(rows: [n: number, word: string][]): string[] {
  const some = rows.filter(([n]) => n > 0);
  return (some.length > 0 ? some : rows.slice(0, 1)).map(([n, word]) => `${count(n)} ${word}`);
}
