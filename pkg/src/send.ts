import { asError, InputError, streamFailed } from "./errors.js";
import { items } from "./items.js";
import { KnownKeys } from "./known-keys.js";
import { init } from "./module.js";
import { runId } from "./run.js";
import type { Batch, DeliveryOptions, Input, Outcome, Receipt, SendOptions } from "./types.js";
import { sendItems, submitBody } from "./wasm/split_events.js";

/**
 * Checks, batches and delivers. Network trouble is never thrown: it is in the receipt.
 *
 * ```js
 * const receipt = await send(file, { apiKey });
 * console.log(receipt.accepted, receipt.refused, receipt.unknown, receipt.unsent);
 * ```
 *
 * @throws ConfigError if an option is wrong; nothing was sent then.
 * @throws InputError if the input is of a wrong type, or its stream fails; `receipt` then says what became of
 * the events before.
 */
export async function send(input: Input, options: SendOptions): Promise<Receipt> {
  await init();
  let sent: { receipt: Receipt; failure?: unknown };
  try {
    sent = await sendItems(items(input, options?.format), options, runId(), KnownKeys.shared(options?.knownKeys));
  } catch (error) {
    throw asError(error);
  }
  if ("failure" in sent) throw streamFailed(sent.failure, { receipt: sent.receipt });
  return sent.receipt;
}

/**
 * Posts one batch once. What is unknown afterwards may have been taken: posting it again may count it twice.
 *
 * @throws ConfigError if an option is wrong; nothing was sent then.
 */
export async function submit(batch: Batch, options: DeliveryOptions): Promise<Outcome> {
  await init();
  if (!(batch?.body instanceof Uint8Array)) {
    throw new InputError("invalid_input", "submit takes a batch that Batcher made: { id, events, body: Uint8Array }");
  }
  try {
    return await submitBody(batch.id, batch.events, batch.body, options);
  } catch (error) {
    throw asError(error);
  }
}
