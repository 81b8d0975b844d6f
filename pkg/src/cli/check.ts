import { check } from "../node.js";
import { found, printFound } from "./found.js";
import { importOf } from "./import.js";
import { findInputs } from "./inputs.js";
import { knownKeys } from "./known-keys.js";
import { type CheckFlags, checkOptions } from "./options.js";
import { drawing, progress } from "./output.js";

/** `split-events check`: what is wrong with the events, and nothing is sent. */
export async function checkCommand(names: string[], flags: CheckFlags): Promise<number> {
  const inputs = await findInputs(names);
  const keys = await knownKeys(names, flags);
  const source = importOf(inputs, { onRead: () => progress.show(() => `checking ${source.read()}`) });
  const report = await found(check(source.sources, { ...checkOptions(flags), ...keys }));
  return printFound(report, flags.json, async (report) => (await import("./table.js")).renderReport(report, drawing()));
}
