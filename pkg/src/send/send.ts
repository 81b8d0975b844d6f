import { newImportId } from "../check/import-id.js";
import { ConfigError } from "../errors/config-error.js";
import type { Input } from "../input/sources.js";
import { init } from "../module/module.js";
import { checked } from "../options/checked.js";
import { assertStore } from "../options/values.js";
import type { Receipt } from "../receipt/receipt.js";
import { withStoresTaken } from "../stores/in-use.js";
import type { Store } from "../stores/store.js";
import { deliver, goOn } from "./deliver.js";
import { newImport } from "./import.js";
import type { ResumeOptions, SendOptions } from "./options.js";
import { readJournal } from "./read-journal.js";

/**
 * Checks, batches and delivers. Network trouble is never thrown: it is in the receipt.
 *
 * ```js
 * const receipt = await send(file, { apiKey });
 * console.log(receipt.accepted, receipt.refused, receipt.unknown, receipt.unsent);
 * ```
 *
 * With a `journal` a crash loses nothing and repeats nothing: {@link resumeImport} goes on where it was.
 *
 * @throws ConfigError if an option is wrong; nothing was sent then.
 * @throws InputError if the input is of a wrong type, or its stream fails; `receipt` then says what became of
 * the events before.
 * @throws StoreError if the journal or the ledger cannot be read; nothing was sent then.
 */
export async function send(input: Input, options: SendOptions): Promise<Receipt> {
  const own = checked("send", options);
  await init();
  return withStoresTaken(own, () => begin(input, own));
}

async function begin(input: Input, own: SendOptions): Promise<Receipt> {
  if (!own.journal) return deliver(input, own, { run: newImportId() });
  const journal = await readJournal(own.journal);
  if (journal.import) {
    const when = new Date(journal.import.started).toISOString();
    throw new ConfigError("journal_used", `the journal holds an import begun at ${when}: resume it, or give another`);
  }
  const began = await newImport(own);
  return deliver(input, { ...own, ...began.options }, { run: began.run, raw: journal.raw, began });
}

/**
 * Goes on with an import that was broken off: what was planned is sent, what was accepted is not, and what was under
 * way is unknown. The receipt covers the whole import. Where nothing is left to send, it is the receipt of then. It
 * goes where the import began, unless another `endpoint` is given.
 *
 * ```js
 * const receipt = await resumeImport(journal, { apiKey });
 * ```
 *
 * @throws ConfigError if an option is wrong, or the journal holds no import; nothing was sent then.
 * @throws InputError with the code `source_changed` if `source` is not what the import began with; nothing was sent then.
 */
export async function resumeImport(journal: Store, options: ResumeOptions): Promise<Receipt> {
  // a finished import is told without a key
  const { ledger } = checked("resumeImport", options, true);
  assertStore("journal", journal);
  return withStoresTaken({ journal, ledger }, async () => {
    const read = await readJournal(journal);
    return read.receipt ?? goOn(read, journal, options);
  });
}
