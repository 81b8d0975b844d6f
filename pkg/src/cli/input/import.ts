import { Sources } from "../../node.js";
import { megabytes } from "../output/text.js";
import { type InputFile, readInput } from "./inputs.js";

export interface Import {
  sources: Sources;
  /** How much has been read, such as `1.5 MB of 20.3 MB`. */
  read(): string;
  /** The same in bytes as they lie on the disk. */
  bytesRead(): number;
  /** How many there are, unless an input is a pipe. */
  totalBytes: number | undefined;
}

/** The inputs as one import for the library. */
export function importOf(inputs: readonly InputFile[], options: { stop?: AbortSignal; onRead?: () => void }): Import {
  let bytes = 0;
  const onBytes = (length: number) => {
    bytes += length;
    options.onRead?.();
  };
  const total = inputs.reduce<number>((sum, { size }) => sum + (size ?? Number.NaN), 0);
  return {
    sources: new Sources(
      inputs.map((input) => ({
        name: input.name,
        input: readInput(input, { onBytes, stop: options.stop }),
        live: input.size === undefined,
      })),
    ),
    bytesRead: () => bytes,
    totalBytes: Number.isNaN(total) ? undefined : total,
    read: () =>
      inputs.length === 0 ? "" : Number.isNaN(total) ? megabytes(bytes) : `${megabytes(bytes)} of ${megabytes(total)}`,
  };
}
