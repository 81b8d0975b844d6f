import { KnownKeys } from "../../node.js";
import { byteSize } from "../../words/index.js";
import { Failure } from "../failure.js";
import type { CheckFlags } from "../flags/options.js";
import { progress } from "../output/output.js";
import { findInput, readInput } from "./inputs.js";

/** Reads the file of `--known-keys`, before anything else. */
export async function knownKeys(names: readonly string[], flags: CheckFlags): Promise<{ knownKeys?: KnownKeys }> {
  const { knownKeys: name, knownKeysColumn: column } = flags;
  if (name === undefined) {
    if (column === undefined) return {};
    throw new Failure("usage", "--known-keys-column does nothing without --known-keys FILE");
  }
  if (name === "-" && names.includes("-")) {
    throw new Failure("file_twice", "standard input is given twice: as events and for --known-keys");
  }
  let bytes = 0;
  const onBytes = (length: number) => {
    bytes += length;
    progress.show(() => `reading known keys, ${byteSize(bytes)}`);
  };
  return { knownKeys: await KnownKeys.read(readInput(await findInput(name), { onBytes }), { column }) };
}
