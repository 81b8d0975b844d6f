import { resolve } from "node:path";
import { Failure } from "../failure.js";
import type { DeliveryFlags } from "../flags/options.js";
import { findFileAt, type InputFile } from "../input/inputs.js";
import { counted, fileName } from "../output/text.js";

/** What a journal says of its import, for `resume` to find all of it again. It holds no secret. */
export interface KeptSource {
  /** This command has written it. */
  command: 1;
  /** What the import read; missing where the journal keeps the bodies. */
  files?: KeptFile[];
  ledger?: string;
  ledgerDays?: number;
  /** Where this command has put the journal by itself: there it is removed when nothing is left. */
  journal?: string;
}

interface KeptFile {
  name: string;
  path: string;
  size: number;
  mtime: string;
}

/** A file can be read again; a pipe, a terminal and a standard input cannot. */
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

/** What this command has kept; nothing where somebody else began the import. */
export function asKeptSource(source: unknown): KeptSource | undefined {
  const isOurs = typeof source === "object" && source !== null && (source as KeptSource).command === 1;
  return isOurs ? (source as KeptSource) : undefined;
}

/** The files of the import, as they were. */
export async function findKeptFiles(kept: KeptSource | undefined): Promise<InputFile[]> {
  if (!kept?.files) {
    throw new Failure(
      "source_unknown",
      "the journal does not say where its input is: resume the import where it was begun, with resumeImport() of the package",
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
    throw new Failure("source_moved", `the import read ${fileName(path)}, which is no longer there; put it back`);
  }
  if (input.size === size && input.mtime === mtime) return input;
  const how =
    input.size === size
      ? `it was written again at ${time(input.mtime)}`
      : `it had ${counted(size, "byte")}, and has ${input.size === undefined ? "none" : counted(input.size, "byte")}`;
  throw new Failure(
    "source_changed",
    `${fileName(path)} has changed since the import began: ${how}; put it back as it was, with its time (cp -p keeps it), or begin a new import with a ledger`,
  );
}

function time(nanoseconds: string | undefined): string {
  return new Date(Number(BigInt(nanoseconds ?? 0) / 1_000_000n)).toISOString();
}
