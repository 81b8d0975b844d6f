import type { Store } from "../stores/store.js";
import { readJournal } from "./read-journal.js";

/** What a journal is about. */
export interface JournalInfo {
  /** When its import began, in Unix milliseconds. */
  started: number;
  /** Whether it keeps bodies; else {@link resumeImport} is given the input again. */
  bodies: boolean;
  /** What {@link send} was given as `journalSource`. */
  source?: unknown;
  /** Nothing of it is left to send. */
  finished: boolean;
}

/** What a journal is about; nothing where it holds no import. */
export async function journalInfo(journal: Store): Promise<JournalInfo | undefined> {
  const { import: known, receipt } = await readJournal(journal);
  if (!known) return undefined;
  const { started, bodies, source } = known;
  return { started, bodies, ...(source !== undefined && { source }), finished: receipt !== undefined };
}
