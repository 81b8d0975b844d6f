import { checked } from "../options/checked.js";
import type { Options, OptionsOf } from "../options/table.js";
import type { Content } from "./content.js";

/** One of several sources that make up one import. */
export interface Source extends OptionsOf<"Sources", { input: Content }>, Options {
  /** The name of the source, shown as `file` in issues. */
  name: string;
  /** What is read. */
  input: Content;
}

/** Several sources, read one after the other as one import. */
export class Sources {
  readonly list: Iterable<Source> | AsyncIterable<Source>;

  /**
   * @throws ConfigError if a source of an array has an unknown or wrong option. Others are checked when they are read.
   */
  constructor(sources: Iterable<Source> | AsyncIterable<Source>) {
    if (Array.isArray(sources)) sources.forEach(assertSource);
    this.list = sources;
  }
}

/**
 * What is checked or sent: the content of one source, or `Sources`.
 *
 * Bytes are JSON, NDJSON, CSV or TSV text in UTF-8, or gzip of it; a string is such text. Objects are events. Bytes may
 * also be zstd, a zip file whose members are each a source, a Parquet file or an Excel workbook (.xlsx), but not in
 * Workers. Parquet, zip and workbooks are read from their end: a stream of one is held in memory, up to 256 MiB.
 *
 * What can be iterated over is
 * - an array: its items are events, whatever they are
 * - a stream or an async iterable: bytes and strings are pieces of text in their order, cut anywhere unless `lines`
 *   says otherwise; objects are events, and so are the items of arrays
 * - any other iterable, such as a generator or a Set: as a stream if its first item is bytes or a string, else events
 *
 * A `Response`, a `Request`, a stream and an iterator can be read once. If one was read before, the `InputError` has
 * the code `already_read`. A path or an address is refused with `path_given`.
 */
export type Input = Content | Sources;

/** Returns the sources of an input that has several, else `undefined`. */
export function sourcesOf(input: Input): Sources["list"] | undefined {
  return input instanceof Sources ? input.list : undefined;
}

/** @throws ConfigError if a source has an unknown or wrong option. Its content is checked when it is read. */
export function assertSource(source: Source): void {
  if (typeof source === "object" && source !== null && "input" in source) checked("Sources", source);
}
