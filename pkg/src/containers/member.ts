/** A member of a zip file. */
export interface Member {
  name: string;
  /** The number of its bytes after they are decompressed, as the zip file says it. */
  size: number;
  /** Yields its bytes. A piece is valid until the next is asked for. */
  bytes(): AsyncGenerator<Uint8Array, void>;
}
