import { InputError } from "../errors/input-error.js";
import { loadJournal } from "../journal/load.js";
import { unreadable } from "../journal/unreadable.js";
import type { Receipt } from "../receipt/receipt.js";
import type { Store } from "../stores/store.js";
import type { RawJournal } from "../wasm/split_events.js";
import type { Import } from "./import.js";

/** The journal of an import, or a store that is still empty. */
export interface Journal {
  raw: RawJournal;
  import: Import | undefined;
  /** Set if the import is finished. */
  receipt: Receipt | undefined;
}

/**
 * Reads the journal of an import.
 *
 * @throws InputError if it is the journal of a client or an outbox, or of another version.
 */
export async function readJournal(store: Store): Promise<Journal> {
  const raw = await loadJournal(store);
  const known = raw.description === "" ? undefined : parseImport(raw);
  return {
    raw,
    import: known,
    receipt: raw.receipt === undefined ? undefined : { ...JSON.parse(raw.receipt), hookErrors: 0 },
  };
}

/** Reads any journal. The import id is empty for a client and an outbox, whose batches have ids of their own. */
export async function readUnknown(store: Store): Promise<{ raw: RawJournal; importId: string }> {
  const raw = await loadJournal(store);
  const isImport = raw.description !== "" && !raw.isOutbox;
  return { raw, importId: isImport ? parseImport(raw).run : "" };
}

function parseImport({ description, isOutbox }: RawJournal): Import {
  if (isOutbox) {
    throw new InputError(
      "journal_unreadable",
      "this is the journal of a client or an Outbox: give it to createClient or Outbox.open, which send what it holds",
    );
  }
  try {
    return JSON.parse(description) as Import;
  } catch {
    throw unreadable("journal", "import", 0);
  }
}
