import { journalInfo, type Store, StoreError } from "split-events";
import { indexedDbStore } from "split-events/stores/indexed-db";

/** One import of this browser, so that one that is broken off can go on: the tab was closed, the browser died. */
const NAME = "split-events";

/** What the journal says of the import before. */
export interface BrokenOff {
  at: Date;
  files: string[];
  /** Those are the files that are to be sent now: sending goes on where it stopped. */
  same: boolean;
}

/** Another tab is sending. */
export class Busy extends Error {}

/** The journal of this browser; nothing where it has no place for one, as in some private windows. */
export async function openJournal(): Promise<Store | undefined> {
  try {
    return await indexedDbStore(NAME);
  } catch (error) {
    if (error instanceof StoreError && error.code === "store_locked") {
      throw new Busy("another tab of this page is sending: wait until it has ended, or close it");
    }
    return undefined;
  }
}

/** The import that was broken off, if one was. */
export async function brokenOff(journal: Store, files: readonly File[]): Promise<BrokenOff | undefined> {
  const info = await journalInfo(journal);
  if (!info || info.finished) return undefined;
  const before = info.source as FileIdentity[];
  const now = identities(files);
  return {
    at: new Date(info.started),
    files: before.map(({ name }) => name),
    same: JSON.stringify(before) === JSON.stringify(now),
  };
}

/** Forgets the import before. */
export async function clear(journal: Store): Promise<void> {
  for await (const [key] of journal.entries()) journal.delete(key);
  await journal.sync();
}

export interface FileIdentity {
  name: string;
  size: number;
  lastModified: number;
}

/** By what files are known again. */
export function identities(files: readonly File[]): FileIdentity[] {
  return files.map(({ name, size, lastModified }) => ({ name, size, lastModified }));
}
