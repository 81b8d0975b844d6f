import { resolve } from "node:path";
import { StoreError } from "../errors/store-error.js";
import { type Backend, BufferedStore, type Changes } from "./buffered.js";
import { explain } from "./directory/explain.js";
import { lockDirectory } from "./directory/lock.js";
import { Log } from "./directory/log.js";
import { makeDirectory } from "./directory/sync-directory.js";
import type { Store } from "./store.js";

/**
 * Opens a store in a directory of its own on a local disk, and makes the directory if it is missing. One process at a
 * time has the store; the lock ends with the process, however that ends. Values stay on the disk until `entries` reads
 * them; memory holds the keys, and the changes that are not synced.
 *
 * @throws StoreError if it cannot be opened.
 */
export async function directoryStore(path: string): Promise<Store> {
  const folder = resolve(path);
  try {
    await makeDirectory(folder);
    const release = await lockDirectory(folder);
    try {
      return new BufferedStore(new Directory(folder, await Log.open(folder), release));
    } catch (cause) {
      await release();
      throw cause;
    }
  } catch (cause) {
    throw cause instanceof StoreError ? cause : explain(folder, cause);
  }
}

class Directory implements Backend {
  readonly title: string;
  readonly #folder: string;
  readonly #log: Log;
  readonly #release: () => Promise<void>;

  constructor(folder: string, log: Log, release: () => Promise<void>) {
    this.title = `the store in ${folder}`;
    this.#folder = folder;
    this.#log = log;
    this.#release = release;
  }

  async keys(): Promise<Iterable<string>> {
    return this.#log.keys();
  }

  read(keys: readonly string[]): Promise<(Uint8Array | undefined)[]> {
    return this.#log.read(keys);
  }

  write(changes: Changes): Promise<void> {
    return this.#log.write(changes);
  }

  async close(): Promise<void> {
    try {
      await this.#log.close();
    } finally {
      await this.#release();
    }
  }

  explain(cause: unknown): StoreError {
    return explain(this.#folder, cause);
  }
}
