import { asError, ConfigError, InputError, streamFailed } from "./errors.js";
import { items } from "./items.js";
import { type Import, type Journal, newImport, readJournal, readLedger } from "./journal.js";
import { KnownKeys } from "./known-keys.js";
import { init } from "./module.js";
import { timed } from "./progress.js";
import { runId } from "./run.js";
import { sizeOf } from "./size.js";
import { type Store, writable } from "./stores/store.js";
import type { Batch, DeliveryOptions, Input, Outcome, Receipt, ResumeOptions, SendOptions } from "./types.js";
import { type RawJournal, sendItems, submitBody } from "./wasm/split_events.js";

/**
 * Checks, batches and delivers. Network trouble is never thrown: it is in the receipt.
 *
 * ```js
 * const receipt = await send(file, { apiKey });
 * console.log(receipt.accepted, receipt.refused, receipt.unknown, receipt.unsent);
 * ```
 *
 * With a `journal` a crash loses nothing and repeats nothing: {@link resume} goes on where it was.
 *
 * @throws ConfigError if an option is wrong; nothing was sent then.
 * @throws InputError if the input is of a wrong type, or its stream fails; `receipt` then says what became of
 * the events before.
 * @throws StoreError if the journal or the ledger cannot be read; nothing was sent then.
 */
export async function send(input: Input, options: SendOptions): Promise<Receipt> {
  await init();
  if (options?.journal === undefined) return deliver(input, options, { run: runId() });
  const journal = await readJournal(options.journal);
  if (journal.import) {
    const when = new Date(journal.import.started).toISOString();
    throw new ConfigError("journal_used", `the journal holds an import begun at ${when}: resume it, or give another`);
  }
  const began = newImport(options);
  return deliver(input, { ...options, ...began.options }, { run: began.run, raw: journal.raw, began });
}

/**
 * Goes on with an import that was broken off: what was planned is sent, what was accepted is not, and what was under
 * way is unknown. The receipt covers the whole import. Where nothing is left to send, it is the receipt of then.
 *
 * ```js
 * const receipt = await resume(journal, { apiKey });
 * ```
 *
 * @throws ConfigError if an option is wrong, or the journal holds no import; nothing was sent then.
 * @throws InputError with the code `source_changed` if `source` is not what the import began with; nothing was sent then.
 */
export async function resume(journal: Store, options: ResumeOptions): Promise<Receipt> {
  const read = await readJournal(journal);
  return read.receipt ?? goOn(read, journal, options);
}

/**
 * Goes on with the import of a journal that was read, finished or not.
 *
 * @internal
 */
export async function goOn(read: Journal, journal: Store, options: ResumeOptions): Promise<Receipt> {
  const { raw, import: began } = read;
  if (!began) throw new ConfigError("journal_empty", "the journal holds no import: there is nothing to resume");
  if (!began.bodies && options.source === undefined) {
    throw new ConfigError(
      "source_missing",
      "the journal keeps no bodies: give the input of the import again, as source",
    );
  }
  const source = began.bodies ? nothing() : (options.source as Input);
  const all = { ...options, ...began.options, journal, journalBodies: began.bodies };
  return deliver(source, all, { run: began.run, raw });
}

interface Run {
  run: string;
  raw?: RawJournal;
  /** The journal is new, and says this of its import. */
  began?: Import;
}

async function deliver(input: Input, options: SendOptions, { run, raw, began }: Run): Promise<Receipt> {
  let sent: { receipt: Receipt; failure?: unknown } | { sourceChanged: number };
  try {
    sent = await sendItems(
      items(input, options?.format),
      timed(withStores(options), sizeOf(input)),
      run,
      KnownKeys.shared(options?.knownKeys),
      raw,
      await readLedger(options?.ledger, run, options?.ledgerDays),
      began && JSON.stringify(began),
    );
  } catch (error) {
    throw asError(error);
  }
  if ("sourceChanged" in sent) {
    throw new InputError(
      "source_changed",
      `the source has changed since the import began: batch ${sent.sourceChanged} differs. Nothing was sent; give the source as it was, or begin a new import`,
    );
  }
  if ("failure" in sent) throw streamFailed(sent.failure, { receipt: sent.receipt });
  return sent.receipt;
}

function withStores(options: SendOptions): SendOptions {
  if (!options?.journal && !options?.ledger) return options;
  const stores = { journal: writable(options.journal), ledger: writable(options.ledger) };
  return { ...options, ...(stores as Pick<SendOptions, "journal" | "ledger">) };
}

async function* nothing(): AsyncGenerator<Uint8Array, void> {}

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
