import Table from "cli-table3";
import { byteSize, count, counted, duration } from "../../words/index.js";
import { visible } from "../output/text.js";
import { style } from "./tables.js";

interface Sum {
  batches: number;
  events: number;
}

const STATES = ["planned", "dispatching", "unknown", "refused", "dead"] as const;

interface Shard extends Partial<Record<(typeof STATES)[number], Sum>> {
  shard: number;
  up: boolean;
  /** Why it is not up; the other values are missing then. */
  error?: string;
  pausedMs?: number;
  bytes?: { held: number; limit: number };
  totals?: Record<"taken" | "accepted", number> & { dropped: Record<string, number> };
}

export interface Counts {
  pausedMs?: number;
  pauseReason?: string;
  pausedSince?: string;
  pace: { up: boolean; error?: string };
  queue?: { messages: number; bytes: number; since?: string };
  shards: Shard[];
}

export function countsTable(counts: Counts): string {
  const { shards } = counts;
  const table = new Table({ head: ["state", "batches", "events"], style: style() });
  for (const state of STATES) {
    const sum = (of: keyof Sum) => shards.reduce((total, shard) => total + (shard[state]?.[of] ?? 0), 0);
    table.push([state, `${sum("batches")}`, `${sum("events")}`]);
  }
  const total = (of: (totals: NonNullable<Shard["totals"]>) => number) =>
    shards.reduce((sum, { totals }) => sum + (totals ? of(totals) : 0), 0);
  const up = shards.filter(({ up }) => up).length;
  const over = up < shards.length ? `${count(up)} of ${counted(shards.length, "shard")}` : counted(up, "shard");
  const lines = [
    `taken ${total(({ taken }) => taken)}, accepted ${total(({ accepted }) => accepted)}, ` +
      `dropped ${droppedText(shards)}, in ${over}`,
    ...fullestLine(counts),
    ...queueLine(counts),
    ...pauseLines(counts),
    ...sickLines(counts),
  ];
  return `${table}\n${lines.join("\n")}\n`;
}

/** Counts the dropped events by reason, as `12 (forgotten 10, resolved 2)`. */
function droppedText(shards: Shard[]): string {
  const sums = new Map<string, number>();
  for (const [why, events] of shards.flatMap(({ totals }) => Object.entries(totals?.dropped ?? {}))) {
    sums.set(why, (sums.get(why) ?? 0) + events);
  }
  const all = [...sums.values()].reduce((sum, events) => sum + events, 0);
  const each = [...sums].filter(([, events]) => events > 0).map(([why, events]) => `${visible(why)} ${events}`);
  return each.length === 0 ? `${all}` : `${all} (${each.sort().join(", ")})`;
}

function fullestLine({ shards }: Counts): string[] {
  const full = shards.flatMap(({ shard, bytes }) =>
    bytes ? [{ shard, ...bytes, share: bytes.held / bytes.limit }] : [],
  );
  const [fullest] = full.sort((one, other) => other.share - one.share);
  if (!fullest) return [];
  const { shard, held, limit, share } = fullest;
  const bytes = `${byteSize(held)} of ${byteSize(limit)}`;
  return [`the fullest shard is shard ${shard}: ${Math.floor(share * 100)} % full, ${bytes}`];
}

function queueLine({ queue }: Counts): string[] {
  if (!queue || queue.messages === 0) return [];
  const since = queue.since === undefined ? "" : `, the oldest since ${visible(queue.since)}`;
  return [`in the queue: ${counted(queue.messages, "message")}, ${byteSize(queue.bytes)}${since}`];
}

function pauseLines({ pausedMs = 0, pauseReason, pausedSince, shards }: Counts): string[] {
  const said = pauseReason === "no answer" ? "gave no answer" : visible(pauseReason ?? "");
  const why = pauseReason === undefined ? "" : `: the service ${said}`;
  const since = pausedSince === undefined ? "" : `, since ${visible(pausedSince)}`;
  const own = shards.filter((shard) => (shard.pausedMs ?? 0) > pausedMs);
  return [
    ...(pausedMs > 0 ? [`all shards pause for ${duration(pausedMs / 1000)}${since}${why}`] : []),
    ...own.map(({ shard, pausedMs = 0 }) => `shard ${shard} alone pauses for ${duration(pausedMs / 1000)}`),
  ];
}

function sickLines({ pace, shards }: Counts): string[] {
  const line = (what: string, { up, error = "" }: { up: boolean; error?: string }) =>
    up ? [] : [`${what} does not answer: ${visible(error)}`];
  return [...line("the pace", pace), ...shards.flatMap((one) => line(`shard ${one.shard}`, one))];
}
