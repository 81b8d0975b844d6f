import type { Receipt, Report } from "../node.js";
import { inputErrors, isReceipt } from "../words/index.js";

/** What a script may conclude without reading the output. */
export const exit = { ok: 0, refused: 1, usage: 2, open: 3 } as const;

/** Tells whether no event was found in the input because it could not be read. */
export function isUnreadable(report: Report): boolean {
  return report.events === 0 && inputErrors(report).length > 0;
}

/** Returns the exit code of a result. */
export function exitCode(report: Report | Receipt): number {
  if (isUnreadable(report)) return exit.usage;
  // a duplicate is where it should be
  if (isReceipt(report) && (report.unknown + report.unsent > report.duplicates || !report.complete)) return exit.open;
  return report.refused > 0 || inputErrors(report).length > 0 ? exit.refused : exit.ok;
}
