import { writeFile } from "node:fs/promises";
import { type Suggestion, suggestMapping } from "../../node.js";
import { exit } from "../exit.js";
import { Failure, systemReason } from "../failure.js";
import { type MapFlags, mappingOptions } from "../flags/options.js";
import { importOf } from "../input/import.js";
import { findInputs } from "../input/inputs.js";
import { mappingFile } from "../input/mapping.js";
import { drawing, printJson, printText, say } from "../output/output.js";
import { fileName } from "../output/text.js";

/** Runs `split-events map`: shows how events can be made of the records of a file. */
export async function mapCommand(name: string, flags: MapFlags): Promise<number> {
  if (flags.write !== undefined && flags.write === name) {
    throw new Failure("same_file", `--write would overwrite the input ${fileName(name)}: name another file`);
  }
  const inputs = await findInputs([name]);
  const mapping = await mappingFile(flags.mapping);
  const options = { ...mappingOptions(flags), ...mapping };
  const suggestion = await suggestMapping(importOf(inputs, {}).sources, options);
  if (flags.write !== undefined) await write(flags.write, suggestion);
  if (flags.json) printJson(suggestion);
  else printText((await import("../output/suggestion.js")).renderSuggestion(suggestion, { ...drawing(), name, flags }));
  if (suggestion.parts.length === 0) say(`${fileName(name)}: no records were found`);
  return suggestion.parts.length > 0 && suggestion.missing.length === 0 ? exit.ok : exit.refused;
}

async function write(path: string, { mapping }: Suggestion): Promise<void> {
  try {
    await writeFile(path, `${JSON.stringify(mapping, null, 2)}\n`);
  } catch (error) {
    throw new Failure("file_unwritable", `${fileName(path)} cannot be written: ${systemReason(error)}`);
  }
}
