import { InputError } from "../errors/input-error.js";
import { loadJournal } from "../journal/load.js";
import type { Receipt } from "../receipt/receipt.js";
import type { Store } from "../stores/store.js";
import type { RawJournal } from "../wasm/split_events.js";
import type { Import } from "./import.js";

export interface Journal {
  raw: RawJournal;
  import: Import | undefined;
  receipt: Receipt | undefined;
}

/** Reads what a journal's store holds. */
export async function readJournal(store: Store): Promise<Journal> {
  const raw = await loadJournal(store);
  const known = raw.description === "" ? undefined : parseImport(raw.description);
  return {
    raw,
    import: known,
    receipt: raw.receipt === undefined ? undefined : { ...JSON.parse(raw.receipt), hookErrors: 0 },
  };
}

/** The same of any journal: a client's or an outbox's has no run, since its batches have ids of their own. */
export async function readUnknown(store: Store): Promise<{ raw: RawJournal; run: string }> {
  const raw = await loadJournal(store);
  const isImport = raw.description !== "" && !raw.isOutbox;
  return { raw, run: isImport ? parseImport(raw.description).run : "" };
}

function parseImport(text: string): Import {
  const parsed = JSON.parse(text) as Import | { version: string };
  if (parsed.version === 1) return parsed as Import;
  if (String(parsed.version).startsWith("outbox")) {
    throw new InputError(
      "journal_unreadable",
      "this is the journal of a client or an Outbox: give it to createClient or Outbox.open, which send what it holds",
    );
  }
  throw new InputError(
    "journal_unreadable",
    `the journal is of version ${parsed.version}, which this version of split-events does not understand`,
  );
}
