import { failModule as fail } from "../wasm/split_events.js";
import { assertReady } from "./module.js";

/**
 * Makes the module fail, for tests: at once, or `later` in a future of its own.
 *
 * @throws ModuleError at once.
 */
export function failModule(later = false): void {
  assertReady();
  fail(later);
}
