import { type FileMetaData, parquetMetadataAsync, parquetRead } from "hyparquet/src/index.js";
import { compressors } from "hyparquet-compressors";
import { InputError } from "../errors/input-error.js";
import type { Packed, Part } from "../input/containers.js";
import { csvCell } from "./csv.js";
import { damage, type Held, held, reading } from "./held.js";
import { type Column, columnsOf, withRawValues } from "./parquet-schema.js";
import { Writer } from "./writer.js";

/** Leaves times of 96 bits as nanoseconds since 1970. */
const parsers = { timestampFromNanoseconds: (nanoseconds: bigint) => nanoseconds };

const DAMAGED = "the Parquet file is damaged or cut off";

/**
 * Opens a Parquet file, row group by row group: memory holds one. If all its columns are plain values, it is read as
 * the table that it is, and else as one JSON object a row.
 */
export async function* openParquet(packed: Packed): AsyncGenerator<Part, void> {
  const file = await held(packed, "a Parquet file");
  let metadata: FileMetaData;
  try {
    metadata = await parquetMetadataAsync(bufferOf(file), { geoparquet: false });
  } catch (error) {
    throw damage(file, "parquet_corrupt", `${DAMAGED}: its description cannot be read`, error);
  }
  const columns = columnsOf(metadata.schema);
  const isTable = columns.every(({ isPlain }) => isPlain);
  const texts = () => (isTable ? asTable : asObjects)(columns, rowsOf(file, withRawValues(metadata)));
  yield { format: isTable ? "csv" : "ndjson", pieces: reading(file, "parquet_corrupt", DAMAGED, texts) };
}

/** Yields the rows as arrays of their values, in the order of the columns. */
async function* rowsOf(file: Held, metadata: FileMetaData): AsyncGenerator<unknown[][], void> {
  const buffer = bufferOf(file);
  let from = 0;
  for (const [group, { num_rows, columns }] of metadata.row_groups.entries()) {
    const unknown = columns.find(({ meta_data: of }) => of && !isKnown(of.codec))?.meta_data?.codec;
    if (unknown !== undefined) {
      throw new InputError("parquet_unsupported", `the Parquet file is compressed by ${unknown}, which is not read`);
    }
    const to = from + Number(num_rows);
    const found = await rowGroup(buffer, metadata, from, to);
    if (found.length !== to - from) throw new Error(`row group ${group + 1} has ${found.length} rows`);
    yield found;
    from = to;
  }
}

function isKnown(codec: string): boolean {
  return codec === "UNCOMPRESSED" || codec in compressors;
}

function rowGroup(file: Buffered, metadata: FileMetaData, rowStart: number, rowEnd: number): Promise<unknown[][]> {
  if (rowStart === rowEnd) return Promise.resolve([]);
  return new Promise((onComplete, reject) => {
    parquetRead({ file, metadata, compressors, parsers, rowStart, rowEnd, utf8: false, onComplete }).catch(reject);
  });
}

interface Buffered {
  byteLength: number;
  slice(start: number, end?: number): Promise<ArrayBuffer>;
}

function bufferOf(file: Held): Buffered {
  return {
    byteLength: file.size,
    async slice(start, end = file.size) {
      const from = start < 0 ? Math.max(0, file.size + start) : start;
      const bytes = await file.read(from, Math.min(end < 0 ? file.size + end : end, file.size));
      const { buffer, byteOffset, byteLength } = bytes;
      return byteLength === buffer.byteLength
        ? (buffer as ArrayBuffer)
        : (buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer);
    },
  };
}

async function* asTable(columns: Column[], groups: AsyncIterable<unknown[][]>): AsyncGenerator<string, void> {
  const writer = new Writer();
  yield `${columns.map(({ name }) => csvCell(name)).join(",")}\n`;
  for await (const rows of groups) {
    for (const row of rows) {
      writer.write(`${columns.map(({ text }, at) => cellOf(row[at], text)).join(",")}\n`);
      if (writer.isFull) yield writer.take();
    }
    // before the next row group is read, which may be damaged
    yield writer.take();
  }
}

function cellOf(value: unknown, text: Column["text"]): string {
  return value === undefined || value === null ? "" : csvCell(text(value));
}

async function* asObjects(columns: Column[], groups: AsyncIterable<unknown[][]>): AsyncGenerator<string, void> {
  const writer = new Writer();
  for await (const rows of groups) {
    for (const row of rows) {
      const members = columns.flatMap(({ name, json }, at) => {
        const value = row[at];
        return value === undefined || value === null ? [] : [`${JSON.stringify(name)}:${json(value)}`];
      });
      writer.write(`{${members.join(",")}}\n`);
      if (writer.isFull) yield writer.take();
    }
    // before the next row group is read, which may be damaged
    yield writer.take();
  }
}
