import type { Store } from "../stores/store.js";
import { readJournal } from "./read-journal.js";

/** What a journal says of its import. */
export interface JournalInfo {
  /** When the import began, in Unix milliseconds. */
  started: number;
  /** Whether the journal keeps bodies. Without them {@link resumeImport} needs the input again, as `source`; with them it takes none. */
  bodies: boolean;
  /** The option `journalSource` of {@link send}. */
  source?: unknown;
  /** Whether the import has ended. `complete` of its receipt says whether its input was read to the end. */
  finished: boolean;
}

/** Returns what a journal says of its import; `undefined` if it holds none. */
export async function journalInfo(journal: Store): Promise<JournalInfo | undefined> {
  const { import: known, receipt } = await readJournal(journal);
  if (!known) return undefined;
  const { started, bodies, source } = known;
  return { started, bodies, ...(source !== undefined && { source }), finished: receipt !== undefined };
}
