import { type BigIntStats, constants, fstatSync, open as openFile } from "node:fs";
import { access, type FileHandle, open, stat } from "node:fs/promises";
import { Socket } from "node:net";
import { resolve } from "node:path";
import type { Seekable } from "../../input/seekable.js";
import { Failure, systemReason } from "../failure.js";
import { say } from "../output/output.js";
import { fileName } from "../output/text.js";
import { filesIn } from "./folder.js";

const CHUNK = 64 * 1024;

/** An input that was found readable before anything is done with any of them. */
export interface InputFile {
  /** As it was given; `-` is standard input. */
  name: string;
  /** Its absolute path; `-` for standard input. */
  path: string;
  /** Its size in bytes; `undefined` for a pipe or a terminal, whose end may never come. */
  size: number | undefined;
  /** When a file was changed, in Unix nanoseconds. */
  mtime: string | undefined;
  /** The same for two names of one file; `undefined` for anything but a file. */
  identity: string | undefined;
  /** Whether it is a pipe, named or made by the shell for a process. */
  isPipe: boolean;
}

/** Looks at every input, and throws at the first that cannot be read. Of a folder it takes the files in it. */
export async function findInputs(names: readonly string[]): Promise<InputFile[]> {
  const inputs: InputFile[] = [];
  const { files, found } = await withoutFolders(names);
  for (const name of files) {
    const input = name === "-" ? findStdin() : await findFile(name);
    const twin = inputs.find((other) => isSame(other, input));
    if (twin) {
      const as = twin.name === name ? "" : `, as ${fileName(twin.name)} and as ${fileName(name)}`;
      throw new Failure("file_twice", `${fileName(name)} is given twice${as}: its events would count twice`);
    }
    inputs.push(input);
  }
  for (const line of found) say(line);
  return inputs;
}

/** Finds one file or pipe, which is no folder. */
export async function findInput(name: string): Promise<InputFile> {
  return name === "-" ? findStdin() : findFile(name);
}

async function withoutFolders(names: readonly string[]): Promise<{ files: string[]; found: string[] }> {
  const all: { files: string[]; found: string[] } = { files: [], found: [] };
  for (const name of names) {
    const isFolder = name !== "-" && (await stat(name).catch(() => undefined))?.isDirectory();
    if (!isFolder) {
      all.files.push(name);
      continue;
    }
    try {
      const { files, found } = await filesIn(name);
      all.files.push(...files);
      all.found.push(found);
    } catch (error) {
      throw error instanceof Failure ? error : unreadable(name, error);
    }
  }
  return all;
}

/** Finds the file at `path`, which was given as `name` before. */
export function findFileAt(path: string, name: string): Promise<InputFile> {
  return findFile(name, path);
}

function isSame(a: InputFile, b: InputFile): boolean {
  return a.name === b.name || (a.identity !== undefined && a.identity === b.identity);
}

async function findFile(name: string, path = resolve(name)): Promise<InputFile> {
  try {
    const stats = await stat(path, { bigint: true });
    if (stats.isDirectory()) throw directory(name);
    // a pipe that is opened and closed again would end for its writer
    if (stats.isFile()) await (await open(path)).close();
    else await access(path, constants.R_OK);
    return described(name, path, stats);
  } catch (error) {
    throw error instanceof Failure ? error : unreadable(name, error);
  }
}

function findStdin(): InputFile {
  let stats: BigIntStats;
  try {
    stats = fstatSync(0, { bigint: true });
  } catch (error) {
    throw unreadable("-", error);
  }
  if (stats.isDirectory()) throw directory("-");
  return described("-", "-", stats);
}

function described(name: string, path: string, stats: BigIntStats): InputFile {
  const isFile = stats.isFile();
  return {
    name,
    path,
    mtime: isFile ? String(stats.mtimeNs) : undefined,
    size: isFile ? Number(stats.size) : undefined,
    identity: isFile ? fileIdentity(stats) : undefined,
    isPipe: stats.isFIFO(),
  };
}

export function fileIdentity(stats: BigIntStats): string {
  return `${stats.dev}:${stats.ino}`;
}

function directory(name: string): Failure {
  return new Failure("is_directory", `${fileName(name)} is a folder: name a file in it`);
}

function unreadable(name: string, error: unknown): Failure {
  if ((error as NodeJS.ErrnoException).code === "ENOENT") {
    return new Failure("file_not_found", `${fileName(name)}: there is no such file`);
  }
  return new Failure("file_unreadable", `${fileName(name)} cannot be read: ${systemReason(error)}`);
}

export interface Reading {
  /** Called with the length of every chunk as it is read. */
  onBytes?: ((length: number) => void) | undefined;
  /** Ends the reading of a pipe or a terminal, whose end may never come. */
  stop?: AbortSignal | undefined;
}

/** Reads the bytes of an input. A chunk is valid until the next one is asked for: all share one buffer. */
export async function* readInput(input: InputFile, { onBytes, stop }: Reading): AsyncGenerator<Uint8Array> {
  const mayNotEnd = input.size !== undefined ? undefined : stop;
  const chunks = input.name === "-" || input.isPipe ? readStream(input, mayNotEnd) : readFile(input.path);
  try {
    for await (const chunk of chunks) {
      onBytes?.(chunk.length);
      yield chunk;
    }
  } catch (error) {
    if (!mayNotEnd?.aborted) throw unreadable(input.name, error);
  }
}

/** Returns a file as bytes that can be read anywhere, and `undefined` for anything but a file. */
export function readAnywhere(input: InputFile, onBytes: (length: number) => void): Seekable | undefined {
  const { name, path, size } = input;
  if (name === "-" || size === undefined) return undefined;
  return {
    size,
    async read(from, to) {
      try {
        const handle = await open(path);
        try {
          const bytes = await filled(handle, new Uint8Array(to - from), from);
          onBytes(bytes.length);
          return bytes;
        } finally {
          await handle.close();
        }
      } catch (error) {
        throw unreadable(name, error);
      }
    },
  };
}

async function filled(handle: FileHandle, bytes: Uint8Array, from: number): Promise<Uint8Array> {
  let at = 0;
  while (at < bytes.length) {
    const { bytesRead } = await handle.read(bytes, at, bytes.length - at, from + at);
    if (bytesRead === 0) return bytes.subarray(0, at);
    at += bytesRead;
  }
  return bytes;
}

// one reused buffer costs 5 MB, a stream of fresh ones 35
async function* readFile(path: string): AsyncGenerator<Uint8Array> {
  const handle = await open(path);
  try {
    const buffer = new Uint8Array(CHUNK);
    for (;;) {
      const { bytesRead } = await handle.read(buffer, 0, CHUNK, null);
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await handle.close();
  }
}

async function* readStream(input: InputFile, stop: AbortSignal | undefined): AsyncGenerator<Uint8Array> {
  const stream = input.name === "-" ? process.stdin : await openPipe(input.path);
  const letGo = () => stream.destroy();
  if (stop?.aborted) letGo();
  stop?.addEventListener("abort", letGo, { once: true });
  for await (const chunk of stream) yield chunk as Uint8Array;
}

// as a socket, since a plain read would keep the process alive until the other side writes
function openPipe(path: string): Promise<Socket> {
  return new Promise((opened, reject) => {
    openFile(path, (error, fd) => (error ? reject(error) : opened(new Socket({ fd, readable: true }))));
  });
}
