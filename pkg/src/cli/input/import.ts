import { SEEKABLE } from "../../input/seekable.js";
import { Sources } from "../../node.js";
import { byteSize } from "../../words/index.js";
import { type InputFile, readAnywhere, readInput } from "./inputs.js";

export interface Import {
  sources: Sources;
  /** Tells how much has been read, as `1.5 MB of 20.3 MB`. */
  read(): string;
  /** The same in bytes on the disk. */
  bytesRead(): number;
  /** The bytes of all inputs, unless one is a pipe. */
  totalBytes: number | undefined;
}

/** Makes one import of the inputs. */
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
        input: Object.assign(readInput(input, { onBytes, stop: options.stop }), {
          [SEEKABLE]: readAnywhere(input, onBytes),
        }),
        live: input.size === undefined,
      })),
    ),
    bytesRead: () => bytes,
    totalBytes: Number.isNaN(total) ? undefined : total,
    read: () =>
      inputs.length === 0
        ? ""
        : Number.isNaN(total)
          ? byteSize(bytes)
          : `${byteSize(Math.min(bytes, total))} of ${byteSize(total)}`,
  };
}
