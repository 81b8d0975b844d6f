import { resolve } from "node:path";
import { counted } from "../../words/index.js";
import { Failure } from "../failure.js";
import type { DeliveryFlags } from "../flags/options.js";
import { findFileAt, type InputFile } from "../input/inputs.js";
import { fileName } from "../output/text.js";

/** What the journal keeps so that `resume` finds the files and the ledger of its import again. It holds no secret. */
export interface KeptSource {
  /** Tells that this command wrote it. */
  command: 1;
  /** The files that the import read; missing if the journal keeps the bodies. */
  files?: KeptFile[];
  ledger?: string;
  ledgerDays?: number;
  /** Where this command put the journal by itself; it is removed there when nothing is left. */
  journal?: string;
}

interface KeptFile {
  name: string;
  path: string;
  size: number;
  mtime: string;
}

/** Tells whether all inputs can be read again: a file can; a pipe, a terminal and standard input cannot. */
export function canBeReadAgain(inputs: readonly InputFile[]): boolean {
  return inputs.every(({ name, size }) => name !== "-" && size !== undefined);
}

export function keptSource(
  inputs: readonly InputFile[],
  { ledger, ledgerDays }: DeliveryFlags,
  journal: string | undefined,
): KeptSource {
  const kept: KeptSource = { command: 1 };
  if (canBeReadAgain(inputs)) {
    kept.files = inputs.map(({ name, path, size = 0, mtime = "" }) => ({ name, path, size, mtime }));
  }
  if (ledger !== undefined) kept.ledger = resolve(ledger);
  if (ledgerDays !== undefined) kept.ledgerDays = ledgerDays;
  if (journal) kept.journal = journal;
  return kept;
}

/** Returns what this command has kept, or `undefined` if another program began the import. */
export function asKeptSource(source: unknown): KeptSource | undefined {
  const isOurs = typeof source === "object" && source !== null && (source as KeptSource).command === 1;
  return isOurs ? (source as KeptSource) : undefined;
}

/** Finds the files of the import, and throws if one has moved or changed. */
export async function findKeptFiles(kept: KeptSource | undefined): Promise<InputFile[]> {
  if (!kept?.files) {
    throw new Failure(
      "source_unknown",
      "the journal does not say where its input is, since another program began the import: resume it there, with resumeImport() of the package",
    );
  }
  const inputs: InputFile[] = [];
  for (const file of kept.files) inputs.push(await findKept(file));
  return inputs;
}

async function findKept({ name, path, size, mtime }: KeptFile): Promise<InputFile> {
  let input: InputFile;
  try {
    input = await findFileAt(path, name);
  } catch (error) {
    if (!(error instanceof Failure && error.code === "file_not_found")) throw error;
    throw new Failure("source_moved", `the import read ${fileName(path)}, which is no longer there: put it back`);
  }
  if (input.size === size && input.mtime === mtime) return input;
  const how =
    input.size === size
      ? `it was written again at ${time(input.mtime)}`
      : `it had ${counted(size, "byte")}, and ${input.size === undefined ? "is no file now" : `has ${counted(input.size, "byte")} now`}`;
  throw new Failure(
    "source_changed",
    `${fileName(path)} has changed since the import began: ${how}. Put it back as it was, with its time (cp -p keeps it), or begin a new import with --ledger`,
  );
}

function time(nanoseconds: string | undefined): string {
  return new Date(Number(BigInt(nanoseconds ?? 0) / 1_000_000n)).toISOString();
}
