import { newImportId } from "../check/import-id.js";
import { assertPreset } from "../check/presets.js";
import { ConfigError } from "../errors/config-error.js";
import type { Input } from "../input/sources.js";
import { init } from "../module/module.js";
import { checked } from "../options/checked.js";
import { assertStore } from "../options/values.js";
import type { Receipt } from "../receipt/receipt.js";
import { withStoresTaken } from "../stores/in-use.js";
import type { Store } from "../stores/store.js";
import { deliver, resume } from "./deliver.js";
import { newImport } from "./import.js";
import type { ResumeOptions, SendOptions } from "./options.js";
import { readJournal } from "./read-journal.js";

/**
 * Checks, batches and delivers an input. Trouble with the network or the service is not thrown: the receipt has it.
 *
 * ```js
 * const receipt = await send(file, { apiKey });
 * console.log(receipt.accepted, receipt.refused, receipt.unknown, receipt.unsent);
 * ```
 *
 * With a `journal` a crash loses and repeats no event that was read: {@link resumeImport} goes on with the import. With
 * `journalBodies: false` it reads the input again, and none is lost.
 *
 * @throws ConfigError if an option is wrong. Nothing was sent.
 * @throws InputError if the input is of a wrong type or its stream fails. `receipt` says what became of the events
 * before.
 * @throws StoreError if the journal or the ledger cannot be read. Nothing was sent.
 */
export async function send(input: Input, options: SendOptions): Promise<Receipt> {
  const own = checked("send", options);
  await init();
  assertPreset(own.preset);
  return withStoresTaken(own, () => begin(input, own));
}

async function begin(input: Input, own: SendOptions): Promise<Receipt> {
  if (!own.journal) return deliver(input, own, { importId: newImportId() });
  const journal = await readJournal(own.journal);
  if (journal.import) {
    const when = new Date(journal.import.started).toISOString();
    throw new ConfigError(
      "journal_used",
      `the journal holds an import that began at ${when}: resume it, or give another journal`,
    );
  }
  const began = await newImport(own);
  const process = { importId: began.run, journal: journal.raw, description: began };
  return deliver(input, { ...own, ...began.options }, process);
}

/**
 * Resumes an import that was broken off. What was planned is sent, what was accepted is not, and what was in flight is
 * unknown. The receipt covers the whole import; if nothing is left to send, it is that of the end. Events go to the
 * endpoint with which the import began, unless another is given.
 *
 * ```js
 * const receipt = await resumeImport(journal, { apiKey });
 * ```
 *
 * @throws ConfigError if an option is wrong, or the journal holds no import. Nothing was sent.
 * @throws InputError with the code `source_changed` if `source` is not what the import began with. Nothing was sent.
 */
export async function resumeImport(journal: Store, options: ResumeOptions): Promise<Receipt> {
  // the receipt of a finished import needs no key
  const { ledger } = checked("resumeImport", options, true);
  assertStore("journal", journal);
  return withStoresTaken({ journal, ledger }, async () => {
    const read = await readJournal(journal);
    return read.receipt ?? resume(read, journal, options);
  });
}
