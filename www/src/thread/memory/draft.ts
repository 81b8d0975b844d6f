import type { Draft, Reading } from "../../link/protocol.js";
import { read, write } from "./database.js";
import { identities } from "./identity.js";

const ID = "draft";

/** Keeps what the user has said about files, so that it is there when they are chosen again. */
export async function keepDraft(files: readonly File[], reading: Reading): Promise<void> {
  await write("drafts", { id: ID, files: identities(files), reading } as Draft & { id: string });
}

/** Returns what was said last about files; `undefined` if it was about none, or others than these. */
export async function draftOf(files?: readonly File[]): Promise<Draft | undefined> {
  const draft = await read<Draft>("drafts", ID);
  if (!draft || !files) return draft;
  return JSON.stringify(draft.files) === JSON.stringify(identities(files)) ? draft : undefined;
}
