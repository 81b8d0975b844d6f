import { assertReady } from "../module/module.js";
import type { CodeInfo } from "../types.js";
import { codes as table } from "../wasm/split_events.js";

/** The table of all issue codes, as it stands in the module. In browsers call `await init()` first. */
export function codes(): CodeInfo[] {
  assertReady();
  return table();
}
