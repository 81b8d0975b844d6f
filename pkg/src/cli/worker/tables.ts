import Table from "cli-table3";
import { drawing } from "../output.js";
import { visible } from "../text.js";

interface Sum {
  batches: number;
  events: number;
}

const STATES = ["planned", "dispatching", "unknown", "refused", "dead"] as const;

export type Counts = {
  pausedMs: number;
  shards: ({ shard: number; totals: Record<string, number> } & Record<(typeof STATES)[number], Sum>)[];
};

export interface Listed {
  entries: { id: string; events: number; at?: string | number; reason?: string; message?: string }[];
  next?: string;
}

export interface Letters {
  entries: { id: string; at: string; client: string; kind: string; events: number; codes: Record<string, number> }[];
  next?: string;
}

export function countsTable({ pausedMs, shards }: Counts): string {
  const table = new Table({ head: ["state", "batches", "events"], style: style() });
  for (const state of STATES) {
    const sum = (of: keyof Sum) => shards.reduce((total, shard) => total + shard[state][of], 0);
    table.push([state, `${sum("batches")}`, `${sum("events")}`]);
  }
  const total = (name: string) => shards.reduce((sum, { totals }) => sum + (totals[name] ?? 0), 0);
  const lines = [
    `taken ${total("taken")}, accepted ${total("accepted")}, over ${shards.length} shards`,
    ...(pausedMs > 0 ? [`the service wants to be left alone for ${Math.ceil(pausedMs / 1000)} s`] : []),
  ];
  return `${table}\n${lines.join("\n")}\n`;
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

/** Why a letter is held stands below one another, each code with its events. */
export function lettersTable({ entries, next }: Letters): string {
  const table = new Table({ head: ["id", "since", "client", "kind", "events", "why"], style: style() });
  for (const { id, at, client, kind, events, codes } of entries) {
    const why = Object.entries(codes).map(([code, count]) => visible(`${code} ${count}`));
    table.push([id, at, visible(client), kind, `${events}`, why.join("\n")]);
  }
  const more = next === undefined ? "" : `more with --after ${next}\n`;
  return `${table}\n${entries.length} shown\n${more}`;
}

function style() {
  return drawing().color ? {} : { head: [], border: [] };
}
