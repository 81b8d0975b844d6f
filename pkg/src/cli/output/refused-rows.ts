import { closeSync, ftruncateSync, openSync, readSync, unlinkSync, writeFileSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

const CHUNK = 64 * 1024;

/**
 * The rows of refused events, until it is known whether all of them are rows of one table. They are kept in a file
 * without a name, which ends with the process.
 */
export class RefusedRows {
  readonly #beside: string;
  #fd: number | undefined;

  /** `path` is the file that they are for. */
  constructor(path: string) {
    this.#beside = dirname(path);
  }

  /** Adds rows, and returns whether they could be kept. */
  add(rows: Uint8Array): boolean {
    try {
      this.#fd ??= openNameless(this.#beside) ?? openNameless(tmpdir());
      if (this.#fd === undefined) return false;
      writeFileSync(this.#fd, rows);
      return true;
    } catch {
      return false;
    }
  }

  /** Writes the rows in place of what a file holds, if there are any. */
  replace(fd: number): void {
    if (this.#fd === undefined) return;
    ftruncateSync(fd, 0);
    const buffer = new Uint8Array(CHUNK);
    for (let at = 0; ; ) {
      const length = readSync(this.#fd, buffer, 0, CHUNK, at);
      if (length === 0) return;
      for (let written = 0; written < length; ) {
        written += writeSync(fd, buffer, written, length - written, at + written);
      }
      at += length;
    }
  }

  close(): void {
    if (this.#fd !== undefined) closeSync(this.#fd);
    this.#fd = undefined;
  }
}

function openNameless(folder: string): number | undefined {
  const path = join(folder, `.split-events-rows-${process.pid}`);
  try {
    const fd = openSync(path, "wx+", 0o600);
    unlinkSync(path);
    return fd;
  } catch {
    return undefined;
  }
}
