import { InputError, type Report } from "../../node.js";
import { printJson, printText, say } from "../output/output.js";
import { exit, exitCode, isUnreadable, sayInputErrors } from "../output/verdict.js";

/** What a report of a part of the input has besides: the rest could not be read. */
export interface BrokenOff {
  complete?: boolean;
  error?: { code: string; message: string };
}

/** What was found, also where the input breaks off. */
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

/** Prints what was found, and says what could not be read; the exit code. */
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
