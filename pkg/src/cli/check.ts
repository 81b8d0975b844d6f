import { check } from "../node.js";
import { importOf } from "./import.js";
import { findInputs } from "./inputs.js";
import { knownKeys } from "./known-keys.js";
import { type CheckFlags, checkOptions } from "./options.js";
import { drawing, printJson, printText, progress } from "./output.js";
import { exitCode, isUnreadable, sayInputErrors } from "./verdict.js";

/** `split-events check`: what is wrong with the events, and nothing is sent. */
export async function checkCommand(names: string[], flags: CheckFlags): Promise<number> {
  const inputs = await findInputs(names);
  const keys = await knownKeys(names, flags);
  const source = importOf(inputs, { onRead: () => progress.show(() => `checking ${source.read()}`) });
  const report = await check(source.sources, { ...checkOptions(flags), ...keys });
  if (flags.json) printJson(report);
  else if (!isUnreadable(report)) printText((await import("./table.js")).renderReport(report, drawing()));
  sayInputErrors(report);
  return exitCode(report);
}
