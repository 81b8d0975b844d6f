import { Batcher } from "split-events";

/** A table, and its rows as Python's csv reads them, the header first. */
export interface Table {
  format: "csv" | "tsv";
  text: string;
  rows: string[][];
}

const FIELDS = ["eventTypeId", "trafficTypeName", "key", "timestamp"];

/** Returns what differs between the rows that we send and those that Python reads; `undefined` if they are the same. */
export function difference({ format, text, rows }: Table): { ours: unknown; python: unknown } | undefined {
  const [header = [], ...expected] = rows;
  const properties = header.filter((name) => !FIELDS.includes(name));
  const map = Object.fromEntries(properties.map((name) => [name, `properties.${name}:text`]));
  const batcher = new Batcher({ format, map, now: false });
  const bytes = new TextEncoder().encode(text);
  const batches = [...batcher.push(bytes), ...batcher.finish()];
  const { events, clean } = batcher.report;
  batcher.free();
  const decoder = new TextDecoder();
  const ours = batches.flatMap(({ body }) => JSON.parse(decoder.decode(body)));
  const python = expected.map((row) => {
    const cells = Object.fromEntries(header.map((name, at) => [name, row[at] ?? ""]));
    const { eventTypeId, trafficTypeName, key, timestamp } = cells;
    const given = properties.filter((name) => cells[name]).map((name) => [name, cells[name]]);
    return { eventTypeId, trafficTypeName, key, timestamp: Number(timestamp), properties: Object.fromEntries(given) };
  });
  const same =
    events === python.length &&
    clean === python.length &&
    python.every((row, at) => JSON.stringify(row) === JSON.stringify(inOrder(ours[at], properties)));
  return same ? undefined : { ours, python };
}

function inOrder(event: Record<string, unknown>, names: string[]): unknown {
  const { eventTypeId, trafficTypeName, key, timestamp } = event;
  const given = (event.properties ?? {}) as Record<string, unknown>;
  const properties = Object.fromEntries(names.filter((name) => name in given).map((name) => [name, given[name]]));
  return { eventTypeId, trafficTypeName, key, timestamp, properties };
}
