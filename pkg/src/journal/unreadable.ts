import { InputError } from "../errors/input-error.js";
import { journalVersion } from "../wasm/split_events.js";

/** The key of a ledger's entry: an import's id, a batch and its events. */
const LEDGER_KEY = /^[0-9a-f]{16}\/\d+:/;

/** Says why an entry was not read: `version` is that of a newer split-events, or 0 if no version writes such an entry. */
export function unreadable(store: "journal" | "ledger", key: string, version: number): InputError {
  if (version === 0 && store === "journal" && LEDGER_KEY.test(key)) {
    return new InputError("journal_unreadable", "this is a ledger, not a journal: give a journal");
  }
  const why =
    version > 0
      ? `was written by a newer split-events: "${key}" is of version ${version}, and this one reads up to ${journalVersion()}. Use the split-events that wrote it, or a newer one`
      : `holds "${key}", which is no entry of a ${store}, or is damaged: give another ${store}`;
  return new InputError(`${store}_unreadable`, `the ${store} ${why}`);
}
