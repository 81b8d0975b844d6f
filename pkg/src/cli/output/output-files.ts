import {
  type BigIntStats,
  closeSync,
  constants,
  fstatSync,
  ftruncateSync,
  openSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import type { UndeliveredState } from "../../words/index.js";
import { Failure, systemReason } from "../failure.js";
import { fileIdentity, type InputFile } from "../input/inputs.js";
import { RefusedRows } from "./refused-rows.js";
import { fileName } from "./text.js";

export type OutputName = UndeliveredState | "csv";
export type OutputPaths = Partial<Record<OutputName, string>>;

interface OutputFile {
  path: string;
  fd: number;
  isFile: boolean;
  created: boolean;
  started: boolean;
}

/**
 * The files of `--refused`, `--unknown`, `--unsent` and `--csv`. They are opened before anything is sent, so that one that
 * cannot be written ends the command in time; what they held is replaced only once there is a result. The refused events
 * are lines of NDJSON until all are known to be rows of one table.
 * Writing is synchronous, so that a slow disk slows the reading down, and memory stays bounded.
 */
export class OutputFiles {
  readonly #files = new Map<OutputName, OutputFile>();
  readonly #onFailure: (failure: Failure) => void;
  #failure: Failure | undefined;
  /** `undefined` once the refused events are no rows of one table. */
  #rows: RefusedRows | undefined;

  constructor(paths: OutputPaths, inputs: readonly InputFile[], onFailure: (failure: Failure) => void) {
    this.#onFailure = onFailure;
    const taken = new Map<string, string>();
    for (const { name, identity } of inputs) if (identity) taken.set(identity, `the input ${fileName(name)}`);
    try {
      for (const [name, path] of Object.entries(paths) as [OutputName, string | undefined][]) {
        if (path !== undefined) this.#files.set(name, openOutput(`--${name}`, path, taken));
      }
    } catch (error) {
      this.discard();
      throw error;
    }
    const refused = this.#files.get("refused");
    if (refused?.isFile) this.#rows = new RefusedRows(refused.path);
  }

  /** Writes lines. `rows` are the same events as rows of the table that all refused ones so far came in. */
  readonly write = (name: OutputName, lines: Uint8Array, rows?: Uint8Array): void => {
    const file = this.#files.get(name);
    if (!file || this.#failure) return;
    this.#guard(file, () => {
      start(file);
      writeFileSync(file.fd, lines);
    });
    if (name === "refused" && !(rows && this.#rows?.add(rows))) this.#dropRows();
  };

  /** Ends the files when the import has a result: those without events are left empty. Returns the first failure, if any. */
  finish(): Failure | undefined {
    for (const [name, file] of this.#files) {
      this.#guard(file, () => start(file));
      if (name === "refused") this.#guard(file, () => this.#rows?.replace(file.fd));
      this.#guard(file, () => closeSync(file.fd));
    }
    this.#files.clear();
    this.#dropRows();
    return this.#failure;
  }

  /** Leaves the files as they were, since nothing was sent. */
  discard(): void {
    for (const file of this.#files.values()) {
      closeSync(file.fd);
      if (file.created && !file.started) unlinkSync(file.path);
    }
    this.#files.clear();
    this.#dropRows();
  }

  #dropRows(): void {
    this.#rows?.close();
    this.#rows = undefined;
  }

  #guard(file: OutputFile, action: () => void): void {
    try {
      action();
    } catch (error) {
      if (this.#failure) return;
      this.#failure = unwritable(file.path, error);
      this.#onFailure(this.#failure);
    }
  }
}

function start(file: OutputFile): void {
  if (!file.started && file.isFile) ftruncateSync(file.fd, 0);
  file.started = true;
}

function openOutput(option: string, path: string, taken: Map<string, string>): OutputFile {
  const created = !exists(path);
  let fd: number;
  let stats: BigIntStats;
  try {
    fd = openSync(path, constants.O_WRONLY | constants.O_CREAT);
    stats = fstatSync(fd, { bigint: true });
  } catch (error) {
    throw unwritable(path, error);
  }
  const file = { path, fd, isFile: stats.isFile(), created, started: false };
  if (!file.isFile) return file;
  const identity = fileIdentity(stats);
  const holder = taken.get(identity);
  if (holder !== undefined) {
    closeSync(fd);
    throw new Failure("same_file", `${option} would overwrite ${holder}: name another file`);
  }
  taken.set(identity, `the file of another option, ${fileName(path)}`);
  return file;
}

function exists(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}

function unwritable(path: string, error: unknown): Failure {
  return new Failure("file_unwritable", `${fileName(path)} cannot be written: ${systemReason(error)}`);
}
