import { InputError } from "../errors/input-error.js";
import { init } from "../module/module.js";
import { assertStore } from "../options/values.js";
import type { Store } from "../stores/store.js";
import { RawJournal } from "../wasm/split_events.js";

/**
 * Reads a journal, be it that of an import, a client or an outbox.
 *
 * @throws InputError if it holds an entry that this version does not understand.
 */
export async function loadJournal(store: Store): Promise<RawJournal> {
  await init();
  assertStore("journal", store);
  const raw = new RawJournal();
  for await (const [key, value] of store.entries()) {
    if (!raw.load(key, value)) {
      throw new InputError(
        "journal_unreadable",
        `the journal holds "${key}", which this version of split-events does not understand: give another journal, or use the version that wrote it`,
      );
    }
  }
  return raw;
}
