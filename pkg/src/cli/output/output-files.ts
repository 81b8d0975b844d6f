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
 * cannot be written ends the command in time; what they held is replaced only once there is a result.
 * Writing is synchronous, so that a slow disk slows the reading down, and memory stays bounded.
 */
export class OutputFiles {
  readonly #files = new Map<OutputName, OutputFile>();
  readonly #onFailure: (failure: Failure) => void;
  #failure: Failure | undefined;

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
  }

  readonly write = (name: OutputName, lines: Uint8Array): void => {
    const file = this.#files.get(name);
    if (file && !this.#failure)
      this.#guard(file, () => {
        start(file);
        writeFileSync(file.fd, lines);
      });
  };

  /** Ends the files when the import has a result: those without events are left empty. Returns the first failure, if any. */
  finish(): Failure | undefined {
    for (const file of this.#files.values()) {
      this.#guard(file, () => start(file));
      this.#guard(file, () => closeSync(file.fd));
    }
    this.#files.clear();
    return this.#failure;
  }

  /** Leaves the files as they were, since nothing was sent. */
  discard(): void {
    for (const file of this.#files.values()) {
      closeSync(file.fd);
      if (file.created && !file.started) unlinkSync(file.path);
    }
    this.#files.clear();
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
