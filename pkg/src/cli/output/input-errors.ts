import type { Issue, Receipt, Report } from "../../node.js";
import { say } from "./output.js";
import { count, counted, fileName } from "./text.js";

/** What a script may conclude without reading the output. */
export const exit = { ok: 0, refused: 1, usage: 2, open: 3 } as const;

export function isReceipt(report: Report | Receipt): report is Receipt {
  return "refusedBy" in report;
}

/** Errors of an input as a whole, such as a file that is empty or not JSON. */
function inputErrors(report: Report): Issue[] {
  return report.issues.filter(({ severity, index }) => severity === "error" && index === null);
}

/** Whether nothing in the input could be recognised as an event. */
export function isUnreadable(report: Report): boolean {
  return report.events === 0 && inputErrors(report).length > 0;
}

/** The exit code of a result. */
export function exitCode(report: Report | Receipt): number {
  if (isUnreadable(report)) return exit.usage;
  // a duplicate is where it should be
  if (isReceipt(report) && (report.unknown + report.unsent > report.duplicates || !report.complete)) return exit.open;
  return report.refused > 0 || inputErrors(report).length > 0 ? exit.refused : exit.ok;
}

/** Tells which batches were refused for what has stopped the run, such as a wrong key: `resume` sends them. */
export function isOfTheStop({ stopped }: Receipt): (batch: Receipt["batches"][number]) => boolean {
  return ({ state, reason }) => state === "refused" && reason === stopped?.reason;
}

/** The result in one line of words, such as `2 events: 2 accepted (2 repaired)`. */
export function verdict(report: Report | Receipt): string {
  const repaired = report.repaired > 0 ? ` (${count(report.repaired)} repaired)` : "";
  const states = isReceipt(report)
    ? ([
        [report.accepted, "accepted"],
        [report.refused, "refused"],
        [report.unknown, "unknown"],
        [report.unsent, "unsent"],
      ] as const)
    : ([
        [report.events - report.refused, "can be sent"],
        [report.refused, "refused"],
      ] as const);
  const [first, ...others] = states;
  const parts = others.filter(([n]) => n > 0);
  // "Repaired" is known of all events that may be sent, not of those accepted.
  const allSent = !isReceipt(report) || report.unknown + report.unsent + report.refusedBy.service === 0;
  const words = [
    ...(first[0] > 0 || parts.length === 0 ? [`${count(first[0])} ${first[1]}${allSent ? repaired : ""}`] : []),
    ...parts.map(([n, word]) => `${count(n)} ${word}`),
  ].join(", ");
  const unread = "complete" in report && !report.complete ? "; the input was not read to its end" : "";
  return `${counted(report.events, "event")}: ${words}${allSent ? "" : repaired}${unread}`;
}

const MOST_LINES = 10;

/** Names each input that could not be read, or not to its end, and why; one line each. */
export function sayInputErrors(report: Report): void {
  const lines = new Set(inputErrors(report).map(inputErrorLine));
  for (const line of [...lines].slice(0, MOST_LINES)) say(line);
  if (lines.size > MOST_LINES) say(`… and ${count(lines.size - MOST_LINES)} more like these`);
}

function inputErrorLine({ file, line, message, hint }: Issue): string {
  const name = fileName(file ?? "-");
  return `${line === null || line === 1 ? name : `${name}:${line}`}: ${message}; ${hint}`;
}
