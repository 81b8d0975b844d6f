import Table from "cli-table3";
import { counted } from "../../words/index.js";
import { drawing } from "../output/output.js";
import { visible } from "../output/text.js";

export interface Listed extends Partly {
  entries: { id: string; events: number; at?: string | number; reason?: string; message?: string }[];
  next?: string;
}

/** What did not answer. */
export interface Partly {
  sick?: Sick[];
  /** Why the pace does not answer. */
  pace?: { error: string };
}

/** A shard that does not answer. */
export interface Sick {
  shard: number;
  error: string;
}

export interface Letters extends Partly {
  entries: { id: string; at: string; client: string; kind: string; events: number; codes: Record<string, number> }[];
  next?: string;
}

export function entriesTable({ entries, next }: Listed): string {
  const table = new Table({ head: ["id", "since", "events", "why"], style: style() });
  for (const { id, events, at, reason, message } of entries) {
    const since = at === undefined ? "" : new Date(at).toISOString();
    table.push([id, since, `${events}`, visible(message ?? reason ?? "")]);
  }
  const more = next === undefined ? "" : `the next ones: --after ${next}\n`;
  return `${table}\n${counted(entries.length, "entry", "entries")}\n${more}`;
}

/** Draws dead letters, each code with its events on a line. `filter` repeats the flags of the filter for the next list. */
export function lettersTable({ entries, next }: Letters, filter: string): string {
  const table = new Table({ head: ["id", "since", "client", "kind", "events", "why"], style: style() });
  for (const { id, at, client, kind, events, codes } of entries) {
    const why = Object.entries(codes).map(([code, count]) => visible(`${code} ${count}`));
    table.push([id, at, visible(client), kind, `${events}`, why.join("\n")]);
  }
  const more = next === undefined ? "" : `the next ones: --after ${next}${filter}\n`;
  return `${table}\n${counted(entries.length, "entry", "entries")}\n${more}`;
}

export function style() {
  return drawing().color ? {} : { head: [], border: [] };
}
