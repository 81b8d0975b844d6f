import { journalInfo, listUnknown, type Resolution, resolveUnknown, type Store, type Unknown } from "split-events";
import { eventsIn } from "split-events/internal/words";
import type { Again, Decisions, FileIdentity } from "../../link/protocol.js";
import { identities } from "./identity.js";

/** What a journal keeps about its send: how to know the files again, and what the user had decided. */
export interface JournalSource {
  files: FileIdentity[];
  host: string;
  again: Again;
}

/** What a journal tells about its send. */
export interface Left {
  at: number;
  source: JournalSource;
  /** Whether no event of it is left to send. */
  finished: boolean;
  unknown: Unknown[];
}

/** Counts the events of the batches that were decided so, or without `word` of the undecided ones. */
export function eventsOf(batches: readonly Unknown[], word?: Resolution): number {
  return eventsIn(batches.filter(({ decided }) => decided === word));
}

/** Reads a journal. Returns `undefined` if its send has not begun. */
export async function readLeft(journal: Store): Promise<Left | undefined> {
  const info = await journalInfo(journal);
  if (!info) return undefined;
  const { started, source, finished } = info;
  return { at: started, source: source as JournalSource, finished, unknown: await listUnknown(journal) };
}

/** Writes the user's decisions down. They are carried out when the send goes on. */
export async function decide(journal: Store, decisions: Decisions): Promise<void> {
  const before = (await readLeft(journal))?.unknown ?? [];
  for (const { id, decided } of before) {
    const word = decisions.get(id);
    if (word === undefined || word === decided) continue;
    if (decided !== undefined) await resolveUnknown(journal, id, "unknown");
    if (word !== "unknown") await resolveUnknown(journal, id, word);
  }
}

export function areSame({ files: before }: JournalSource, files: readonly File[]): boolean {
  return JSON.stringify(before) === JSON.stringify(identities(files));
}
