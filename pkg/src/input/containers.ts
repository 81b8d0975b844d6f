import type { Format } from "../options/table.js";
import type { Piece } from "./bytes.js";
import type { Kind } from "./kind.js";
import type { Seekable } from "./seekable.js";

/** A source of bytes that is not text. */
export interface Packed {
  /** Its bytes in their order. A piece is valid until the next is asked for. */
  pieces: AsyncGenerator<Uint8Array, void>;
  /** Its bytes in any order, if that is possible. */
  file: Seekable | undefined;
}

/** One source out of a container, such as a member of a zip file. */
export interface Part {
  /** Its name in the container. */
  name?: string;
  /** How it writes its records; else that is told by its first bytes. */
  format?: Format;
  /** What it holds. A piece is valid until the next is asked for. */
  pieces: AsyncGenerator<Piece, void>;
}

/** The options of containers. */
export interface ContainerOptions {
  /** The name of the sheet of a workbook that is read. */
  sheet: string | undefined;
}

/** Opens files that hold other files, or tables in other forms than text. */
export interface Containers {
  open(kind: Exclude<Kind, "gzip" | "text">, packed: Packed, options: ContainerOptions): AsyncGenerator<Part, void>;
}

let load: (() => Promise<Containers>) | undefined;

/** Says how containers are opened. An entry calls it if its runtime can open them; it loads nothing. */
export function setContainers(loaded: () => Promise<Containers>): void {
  load = loaded;
}

/** Loads what opens containers. Returns `undefined` if the runtime cannot open them. */
export async function containers(): Promise<Containers | undefined> {
  return load?.();
}
