import { type FileHandle, open, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Changes } from "../buffered.js";
import { corrupt, newer } from "./explain.js";
import {
  changesIn,
  FRAME_BYTES,
  frameOf,
  HEADER_BYTES,
  LOG_VERSION,
  newHeader,
  RECORD_BYTES,
  readHeader,
} from "./frame.js";
import { Blocks, FrameReader, readAt, writeAt } from "./reader.js";
import { syncDirectory } from "./sync-directory.js";

export const LOG_NAME = "store.log";
const NEW_NAME = "store.log.new";
/** The least size of a log that is compacted. */
const COMPACT_BYTES = 1 << 20;
/** How much is read at once: behind a value often lies that of the next key. */
const READ_BYTES = 1 << 13;
/** The size of the frames of a compacted log, about. */
const COMPACT_FRAME_BYTES = 1 << 20;

interface Place {
  at: number;
  length: number;
}

interface Compacted {
  file: FileHandle;
  salt: Buffer;
  places: Map<string, Place>;
  end: number;
}

/** The append-only file of a directory, and the place of each value in it. */
export class Log {
  readonly #folder: string;
  #file: FileHandle;
  #salt: Buffer;
  #blocks: Blocks;
  #places = new Map<string, Place>();
  #end = HEADER_BYTES;
  #liveBytes = 0;
  #compactAt = COMPACT_BYTES;
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(folder: string, file: FileHandle, salt: Buffer) {
    this.#folder = folder;
    this.#file = file;
    this.#salt = salt;
    this.#blocks = new Blocks(file, READ_BYTES);
  }

  /** Opens the log, or begins one. Cuts a torn last frame off, which was never reported durable. */
  static async open(folder: string): Promise<Log> {
    await rm(join(folder, NEW_NAME), { force: true });
    const path = join(folder, LOG_NAME);
    const file = await opened(path);
    if (file === undefined) {
      const begun = await begin(folder);
      await replace(folder);
      return new Log(folder, begun.file, begun.salt);
    }
    try {
      const { size } = await file.stat();
      const salt = readHeader(await readAt(file, 0, Math.min(size, HEADER_BYTES)));
      if (typeof salt === "number") throw newer(path, salt, LOG_VERSION);
      if (typeof salt === "string") throw corrupt(path, 0, salt);
      const log = new Log(folder, file, salt);
      await log.#recover(path, size);
      return log;
    } catch (cause) {
      await file.close();
      throw cause;
    }
  }

  keys(): Iterable<string> {
    return this.#places.keys();
  }

  read(keys: readonly string[]): Promise<(Uint8Array | undefined)[]> {
    return this.#inTurn(async () => {
      const values: (Uint8Array | undefined)[] = [];
      for (const key of keys) {
        const place = this.#places.get(key);
        values.push(place && new Uint8Array(await this.#blocks.bytes(place.at, place.length, this.#end)));
      }
      return values;
    });
  }

  write(changes: Changes): Promise<void> {
    return this.#inTurn(async () => {
      try {
        await this.#append(changes);
      } catch (cause) {
        // changes that were not reported durable should not be there when the store is opened again
        await this.#file.truncate(this.#end).catch(() => {});
        throw cause;
      }
      await this.#compactIfDue();
    });
  }

  close(): Promise<void> {
    return this.#inTurn(() => this.#file.close());
  }

  async #append(changes: Changes): Promise<void> {
    const { frame, places } = frameOf(this.#salt, this.#end, changes);
    await writeAt(this.#file, this.#end, frame);
    await this.#file.sync();
    for (const key of changes.keys()) this.#forget(key);
    for (const { key, at, length } of places) this.#remember(key, this.#end + at, length);
    this.#end += frame.length;
  }

  async #recover(path: string, size: number): Promise<void> {
    const reader = new FrameReader(this.#file, size, this.#salt);
    while (this.#end < size) {
      const frame = await reader.frameAt(this.#end);
      if (frame === undefined) {
        const good = await reader.findFrame(this.#end + 1);
        if (good !== undefined) throw corrupt(path, this.#end, `what follows from byte ${good} on is whole`);
        await this.#file.truncate(this.#end);
        break;
      }
      for (const { key, value } of changesIn(frame)) {
        this.#forget(key);
        if (value) this.#remember(key, this.#end + value.at, value.length);
      }
      this.#end += frame.length;
    }
    // frames that a killed process wrote and did not sync were read, too: from here on they must stay
    await this.#file.sync();
    await this.#compactIfDue();
  }

  #remember(key: string, at: number, length: number): void {
    this.#places.set(key, { at, length });
    this.#liveBytes += RECORD_BYTES + key.length + length;
  }

  #forget(key: string): void {
    const place = this.#places.get(key);
    if (place === undefined) return;
    this.#places.delete(key);
    this.#liveBytes -= RECORD_BYTES + key.length + place.length;
  }

  async #compactIfDue(): Promise<void> {
    if (this.#end < this.#compactAt || this.#liveBytes * 2 > this.#end) return;
    let compacted: Compacted;
    try {
      compacted = await this.#compacted();
    } catch {
      // the log itself is well: there may be no room for a second one
      await rm(join(this.#folder, NEW_NAME), { force: true }).catch(() => {});
      this.#compactAt = this.#end * 2;
      return;
    }
    const old = this.#file;
    this.#file = compacted.file;
    this.#salt = compacted.salt;
    this.#blocks = new Blocks(compacted.file, READ_BYTES);
    this.#places = compacted.places;
    this.#end = compacted.end;
    this.#compactAt = COMPACT_BYTES;
    await old.close();
    await replace(this.#folder);
  }

  /** Writes the live values of this log to a new one beside it, durably. */
  async #compacted(): Promise<Compacted> {
    const { file, salt } = await begin(this.#folder);
    const places = new Map<string, Place>();
    let end = HEADER_BYTES;
    const append = async (changes: Changes) => {
      const framed = frameOf(salt, end, changes);
      await writeAt(file, end, framed.frame);
      for (const { key, at, length } of framed.places) places.set(key, { at: end + at, length });
      end += framed.frame.length;
    };
    try {
      let changes = new Map<string, Uint8Array>();
      let bytes = FRAME_BYTES;
      for (const [key, { at, length }] of this.#places) {
        changes.set(key, new Uint8Array(await this.#blocks.bytes(at, length, this.#end)));
        bytes += length;
        if (bytes < COMPACT_FRAME_BYTES) continue;
        await append(changes);
        changes = new Map();
        bytes = FRAME_BYTES;
      }
      if (changes.size > 0) await append(changes);
      await file.sync();
      return { file, salt, places, end };
    } catch (cause) {
      await file.close();
      throw cause;
    }
  }

  /** Runs one piece of work at a time: a compaction moves the values that others would read. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(work);
    this.#turn = result.catch(() => {});
    return result;
  }
}

async function opened(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, "r+");
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw cause;
  }
}

async function begin(folder: string): Promise<{ file: FileHandle; salt: Buffer }> {
  const file = await open(join(folder, NEW_NAME), "wx+", 0o600);
  try {
    const header = newHeader();
    await writeAt(file, 0, header);
    await file.sync();
    return { file, salt: readHeader(header) as Buffer };
  } catch (cause) {
    await file.close();
    throw cause;
  }
}

/** Puts the new log in the place of the old one, durably. */
async function replace(folder: string): Promise<void> {
  await rename(join(folder, NEW_NAME), join(folder, LOG_NAME));
  await syncDirectory(folder);
}
