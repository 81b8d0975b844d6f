import { existsSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { type Store, StoreError } from "../../node.js";
import { LOG_NAME } from "../../stores/directory/log.js";
import { directoryStore } from "../../stores/directory.js";
import { Failure } from "../failure.js";
import { fileName, shellWord } from "../output/text.js";

/** The open directories of an import, each with its lock. */
export interface Stores {
  journal?: Store;
  ledger?: Store;
  close(): Promise<void>;
}

/** Opens the directories that are named, and makes those that do not exist. */
export async function openStores(paths: { journal?: string; ledger?: string }): Promise<Stores> {
  const { journal, ledger } = paths;
  if (journal !== undefined && ledger !== undefined && resolve(journal) === resolve(ledger)) {
    throw new Failure("same_directory", "--journal and --ledger name the same directory: give each one of its own");
  }
  const opened: Stores = {
    async close() {
      await this.journal?.close();
      await this.ledger?.close();
    },
  };
  try {
    if (journal !== undefined) opened.journal = await openDirectory("--journal", journal);
    if (ledger !== undefined) opened.ledger = await openDirectory("--ledger", ledger);
  } catch (error) {
    await opened.close();
    throw error;
  }
  return opened;
}

/** Opens a journal that must exist, passes it to `action` and closes it. */
export async function withJournal<T>(path: string, action: (journal: Store) => Promise<T>): Promise<T> {
  if (isFile(path)) throw new Failure("journal_missing", nameDirectory("--journal", path));
  if (!existsSync(join(path, LOG_NAME))) {
    throw new Failure(
      "journal_missing",
      `there is no journal in ${fileName(path)}: split-events send --journal ${shellWord(path)} FILE begins one`,
    );
  }
  const journal = await openDirectory("--journal", path);
  try {
    return await action(journal);
  } finally {
    await journal.close();
  }
}

async function openDirectory(flag: string, path: string): Promise<Store> {
  if (isFile(path)) throw new Failure("store_failed", nameDirectory(flag, path));
  try {
    return await directoryStore(path);
  } catch (error) {
    const holder = error instanceof StoreError ? / is open in (process \d+)/.exec(error.message)?.[1] : undefined;
    if (holder === undefined) throw error;
    throw new Failure("store_locked", `${holder} is using ${fileName(path)}: wait until it ends, or end it`);
  }
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

function nameDirectory(flag: string, path: string): string {
  return `${flag}: ${fileName(path)} is a file; name a directory`;
}
