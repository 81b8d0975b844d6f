import { InputError, type Report } from "../../node.js";
import { exit, exitCode, isUnreadable } from "../exit.js";
import { sayInputErrors } from "../output/input-errors.js";
import { printJson, printText, say } from "../output/output.js";

/** What a report has besides if the input could not be read to its end. */
export interface BrokenOff {
  complete?: boolean;
  error?: { code: string; message: string };
}

/** Waits for a report, and returns that of the first part if the rest of the input cannot be read. */
export async function found<R extends Report>(reading: Promise<R>): Promise<R & BrokenOff> {
  try {
    return await reading;
  } catch (error) {
    const part = error instanceof InputError && (error.receipt ?? error.report);
    if (!part) throw error;
    const { code, message } = error;
    return { ...(part as R), complete: false, error: { code, message } };
  }
}

/** Prints a report and says what could not be read. Returns the exit code. */
export async function printFound<R extends Report & BrokenOff>(
  report: R,
  json: boolean | undefined,
  render: (report: R) => Promise<string>,
): Promise<number> {
  const { events, error } = report;
  if (json) printJson(report);
  else if (!isUnreadable(report) && (events > 0 || !error)) printText(await render(report));
  sayInputErrors(report);
  if (!error) return exitCode(report);
  say(error.message);
  return exit.usage;
}
