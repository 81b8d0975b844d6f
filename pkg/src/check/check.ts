import { ModuleError } from "../errors/module-error.js";
import { streamFailed } from "../errors/stream-failed.js";
import { items } from "../input/items.js";
import type { Input } from "../input/sources.js";
import { KnownKeys } from "../known-keys/known-keys.js";
import { init } from "../module/module.js";
import { asError } from "../module/thrown.js";
import { checked, withDefaults } from "../options/checked.js";
import { recognition } from "../options/recognition.js";
import type { Report } from "../report/report.js";
import { RawBatcher } from "../wasm/split_events.js";
import type { CheckOptions } from "./options.js";
import { assertPreset } from "./presets.js";

/**
 * Reads and checks a whole input, and sends nothing.
 *
 * ```js
 * const report = await check(file);
 * console.log(`${report.refused} of ${report.events} events would be lost`);
 * ```
 *
 * @throws ConfigError if an option is wrong.
 * @throws InputError if the input is of a wrong type or its stream fails. `report` has what was found before.
 * @throws ModuleError if the module fails. Call it again.
 */
export async function check(input: Input, options?: CheckOptions): Promise<Report> {
  const own = checked("check", options);
  await init();
  assertPreset(own.preset);
  let raw: RawBatcher | undefined;
  try {
    const read = { ...withDefaults("Batcher", own), recognise: recognition(own, "use") };
    raw = new RawBatcher(read, "", KnownKeys.shared(own.knownKeys));
    for await (const item of items(input, own)) {
      raw.take(item);
      raw.skip();
    }
    return raw.report;
  } catch (error) {
    const known = asError(error);
    if (raw === undefined || known !== error || error instanceof ModuleError) throw known;
    raw.breakOff();
    throw streamFailed(error, { report: raw.report });
  } finally {
    raw?.free();
  }
}
