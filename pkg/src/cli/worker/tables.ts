import Table from "cli-table3";
import { drawing } from "../output/output.js";
import { visible } from "../output/text.js";

export interface Listed extends Partly {
  entries: { id: string; events: number; at?: string | number; reason?: string; message?: string }[];
  next?: string;
}

/** What could not be asked. */
export interface Partly {
  sick?: Sick[];
  /** Where it does not answer. */
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
  const more = next === undefined ? "" : `more with --after ${next}\n`;
  return `${table}\n${entries.length} shown\n${more}`;
}

/** Why a letter is held stands below one another, each code with its events. `filter` is what the list was asked with, for the next one. */
export function lettersTable({ entries, next }: Letters, filter: string): string {
  const table = new Table({ head: ["id", "since", "client", "kind", "events", "why"], style: style() });
  for (const { id, at, client, kind, events, codes } of entries) {
    const why = Object.entries(codes).map(([code, count]) => visible(`${code} ${count}`));
    table.push([id, at, visible(client), kind, `${events}`, why.join("\n")]);
  }
  const more = next === undefined ? "" : `more with --after ${next}${filter}\n`;
  return `${table}\n${entries.length} shown\n${more}`;
}

export function style() {
  return drawing().color ? {} : { head: [], border: [] };
}
