import type { Batch } from "../check/batch.js";
import { InputError } from "../errors/input-error.js";
import { init, instanceNow } from "../module/module.js";
import { asError } from "../module/thrown.js";
import { checked, withDefaults } from "../options/checked.js";
import type { Outcome } from "../receipt/outcome.js";
import { submitBody } from "../wasm/split_events.js";
import type { DeliveryOptions } from "./options.js";

/**
 * Posts one batch once. If its outcome is unknown, the service may have taken it, and posting it again may count its
 * events twice.
 *
 * @throws ConfigError if an option is wrong. Nothing was sent.
 * @throws InputError if it is no batch. Nothing was sent.
 * @throws ModuleError if the module fails meanwhile. The service may have taken the batch.
 */
export async function submit(batch: Batch, options: DeliveryOptions): Promise<Outcome> {
  const own = checked("submit", options);
  await init();
  const { id, events, body } = batch ?? {};
  if (typeof id !== "string" || !Number.isSafeInteger(events) || !(body instanceof Uint8Array)) {
    throw new InputError("invalid_input", "submit takes a batch that Batcher made: { id, events, body: Uint8Array }");
  }
  try {
    return await instanceNow().settled(submitBody(id, events, body, withDefaults("submit", own)));
  } catch (error) {
    throw asError(error);
  }
}
