import { journalInfo, listUnknown, type Resolution, resolveUnknown, type Store, type Unknown } from "split-events";

/** What may be sent although the ledger holds it back. */
export interface Again {
  /** What was sent before, to the same address with the same key. */
  sent?: boolean;
  /** What was sent before with another key. */
  otherKey?: boolean;
}

/** What a journal says of its source: by what the files are known again, and what the person had said. */
export interface JournalSource {
  files: FileIdentity[];
  host: string;
  again: Again;
}

interface FileIdentity {
  name: string;
  size: number;
  lastModified: number;
}

/** What a journal says of its send. */
export interface Left {
  at: number;
  source: JournalSource;
  /** Nothing of it is left to send. */
  finished: boolean;
  unknown: Unknown[];
}

/** The user's words, by the ids of unknown batches; `unknown` takes one back. */
export type Words = ReadonlyMap<string, Resolution | "unknown">;

/** How many events of these batches have that word; without one, those that are undecided. */
export function eventsOf(batches: readonly Unknown[], word?: Resolution): number {
  return batches.filter(({ decided }) => decided === word).reduce((sum, { events }) => sum + events, 0);
}

/** What a journal has; nothing where a send has not begun. */
export async function readLeft(journal: Store): Promise<Left | undefined> {
  const info = await journalInfo(journal);
  if (!info) return undefined;
  const { started, source, finished } = info;
  return { at: started, source: source as JournalSource, finished, unknown: await listUnknown(journal) };
}

/** Writes the user's words down. What they say is done when the send goes on. */
export async function decide(journal: Store, words: Words): Promise<void> {
  const before = (await readLeft(journal))?.unknown ?? [];
  for (const { id, decided } of before) {
    const word = words.get(id);
    if (word === undefined || word === decided) continue;
    if (decided !== undefined) await resolveUnknown(journal, id, "unknown");
    if (word !== "unknown") await resolveUnknown(journal, id, word);
  }
}

export function identities(files: readonly File[]): FileIdentity[] {
  return files.map(({ name, size, lastModified }) => ({ name, size, lastModified }));
}

export function areSame({ files: before }: JournalSource, files: readonly File[]): boolean {
  return JSON.stringify(before) === JSON.stringify(identities(files));
}
