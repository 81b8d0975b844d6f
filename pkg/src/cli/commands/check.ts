import { check } from "../../node.js";
import { type CheckFlags, checkOptions } from "../flags/options.js";
import { importOf } from "../input/import.js";
import { findInputs } from "../input/inputs.js";
import { knownKeys } from "../input/known-keys.js";
import { mappingFile } from "../input/mapping.js";
import { drawing, progress } from "../output/output.js";
import { found, printFound } from "./found.js";

/** Runs `split-events check`: checks events, and sends nothing. */
export async function checkCommand(names: string[], flags: CheckFlags): Promise<number> {
  const inputs = await findInputs(names);
  const mapping = await mappingFile(flags.mapping);
  const keys = await knownKeys(names, flags);
  const source = importOf(inputs, { onRead: () => progress.show(() => `checking ${source.read()}`) });
  const report = await found(check(source.sources, { ...checkOptions(flags), ...mapping, ...keys }));
  return printFound(report, flags.json, async (report) =>
    (await import("../output/table.js")).renderReport(report, drawing()),
  );
}
