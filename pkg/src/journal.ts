import { ConfigError } from "./errors.js";
import { readJournal } from "./import.js";
import type { Store } from "./stores/store.js";
import type { Unknown } from "./types.js";

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

/**
 * The batches of a journal whose outcome nobody knows. After a crash what was under way is among them.
 *
 * ```js
 * for (const { id, events, message } of await listUnknown(journal)) console.log(id, events, message);
 * ```
 */
export async function listUnknown(journal: Store): Promise<Unknown[]> {
  const { raw, import: known } = await readJournal(journal);
  return raw.unknown(known?.run ?? "");
}

/** Your word on an unknown batch. */
export type Resolution = "resend" | "drop" | "accepted";

/**
 * Decides about an unknown batch, by its `id`: `resend` lets {@link resumeImport} send it again, though its events may then
 * count twice; `drop` gives it up, though they may be lost; `accepted` says that the service has them.
 *
 * @throws ConfigError where the journal has no such batch that is unknown.
 */
export async function resolveUnknown(journal: Store, id: string, as: Resolution): Promise<void> {
  if (!["resend", "drop", "accepted"].includes(as)) {
    throw new ConfigError("invalid_option", `an unknown batch is resolved as resend, drop or accepted, not ${as}`);
  }
  const { raw, import: known } = await readJournal(journal);
  const writes: [string, Uint8Array | null][] | undefined = raw.resolve(known?.run ?? "", id, as);
  if (writes === undefined) {
    throw new ConfigError("not_unknown", `the journal has no unknown batch ${JSON.stringify(id)}`);
  }
  for (const [key, value] of writes) {
    if (value) journal.put(key, value);
    else journal.delete(key);
  }
  await journal.sync();
}
