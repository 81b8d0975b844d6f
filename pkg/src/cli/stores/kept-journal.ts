import { randomBytes } from "node:crypto";
import { rm, rmdir } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, isAbsolute, join } from "node:path";
import { type Store, StoreError } from "../../node.js";
import { LOG_NAME } from "../../stores/directory/log.js";
import { directoryStore } from "../../stores/directory.js";
import { systemReason } from "../failure.js";
import { fileName } from "../output/text.js";

/** The most bytes of bodies that stay in memory once an import has stopped: it may read a large input to its end. */
const HELD_BYTES = 8 * 1024 * 1024;
/** About how many bytes are written at once. */
const WRITE_BYTES = 4 * 1024 * 1024;

/**
 * The journal of a `send` without `--journal`: in memory, and written to a directory of its own only if the import leaves
 * events to send or to decide about. It never fails the import: if it cannot be written, {@link KeptJournal.keep} says why.
 */
export class KeptJournal implements Store {
  /** Where it would be written; empty if there is no place for it. */
  readonly path = newPath();
  /** The values that are not on the disk, in the order of the changes. */
  readonly #values = new Map<string, Uint8Array>();
  #heldBytes = 0;
  #directory: Store | undefined;
  #failure: string | undefined;
  #turn: Promise<unknown> = Promise.resolve();
  #stopped = false;
  #begun = false;
  #finished = false;

  async *entries(): AsyncGenerator<[string, Uint8Array]> {
    yield* Array.from(this.#values).sort(([a], [b]) => (a < b ? -1 : 1));
  }

  put(key: string, value: Uint8Array): void {
    this.putOwned(key, new Uint8Array(value));
  }

  putOwned(key: string, value: Uint8Array): void {
    this.#begun ||= key.startsWith("batch/");
    this.#finished ||= key === "receipt";
    this.#forget(key);
    // a journal that cannot be written needs no memory
    if (this.#failure !== undefined) return;
    this.#values.set(key, value);
    this.#heldBytes += bodyBytes(key, value);
  }

  delete(key: string): void {
    this.#forget(key);
    this.#directory?.delete(key);
  }

  async sync(): Promise<void> {
    if (this.#directory || (this.#stopped && this.#heldBytes > HELD_BYTES)) await this.keep();
  }

  async close(): Promise<void> {
    await this.#turn;
    await this.#directory?.close();
  }

  /** Says that the import has stopped: values that come from now on stay until its end. */
  stop(): void {
    this.#stopped = true;
  }

  /** Whether a batch was about to be sent. */
  get begun(): boolean {
    return this.#begun;
  }

  /** Whether no event of the import is left to be sent. */
  get finished(): boolean {
    return this.#finished;
  }

  /** Writes it to its directory, durably. Returns why it cannot be written, if so. */
  keep(): Promise<string | undefined> {
    const kept = this.#turn.then(() => this.#write());
    this.#turn = kept;
    return kept;
  }

  /** Removes what was written meanwhile, since the import has left nothing. */
  async discard(): Promise<void> {
    await this.close();
    if (this.#directory) await removeJournal(this.path);
  }

  async #write(): Promise<string | undefined> {
    if (this.path === "") this.#failure = "there is no home folder, and XDG_STATE_HOME names no folder";
    if (this.#failure !== undefined) return this.#failure;
    try {
      this.#directory ??= await directoryStore(this.path);
      let bytes = 0;
      // values that are put meanwhile come last
      for (const [key, value] of this.#values) {
        this.#forget(key);
        this.#directory.put(key, value);
        bytes += value.length;
        if (bytes < WRITE_BYTES) continue;
        await this.#directory.sync();
        bytes = 0;
      }
      await this.#directory.sync();
    } catch (error) {
      const cause = error instanceof StoreError && error.cause ? error.cause : error;
      this.#failure = `${fileName(this.path)} cannot be written: ${systemReason(cause)}`;
      this.#values.clear();
      await this.#directory?.close().catch(() => {});
      this.#directory = undefined;
      await removeJournal(this.path).catch(() => {});
    }
    return this.#failure;
  }

  #forget(key: string): void {
    const value = this.#values.get(key);
    if (value === undefined) return;
    this.#heldBytes -= bodyBytes(key, value);
    this.#values.delete(key);
  }
}

/** Removes the directory of a closed {@link KeptJournal}, and the one above it if that is empty then. */
export async function removeJournal(path: string): Promise<void> {
  await rm(join(path, LOG_NAME), { force: true });
  // a directory with other files stays
  await rmdir(path).catch(() => {});
  await rmdir(dirname(path)).catch(() => {});
}

function bodyBytes(key: string, value: Uint8Array): number {
  return key.startsWith("body/") ? value.length : 0;
}

function newPath(): string {
  const folder = stateFolder();
  if (folder === undefined) return "";
  const time = new Date().toISOString().replaceAll(/[-:]|\.\d+/g, "");
  return join(folder, "split-events", `${time}-${randomBytes(4).toString("hex")}`);
}

function stateFolder(): string | undefined {
  const { XDG_STATE_HOME = "", LOCALAPPDATA = "" } = process.env;
  if (isAbsolute(XDG_STATE_HOME)) return XDG_STATE_HOME;
  try {
    if (process.platform === "win32") return LOCALAPPDATA || join(homedir(), "AppData", "Local");
    return join(homedir(), ".local", "state");
  } catch {
    return undefined; // a user without an entry and without HOME
  }
}
