import type { Env } from "../deliver/env.js";
import type { ShardCounts } from "../deliver/shard-counts.js";
import { WHY_DROPPED } from "../deliver/totals.js";
import { counts } from "./counts.js";

const HELD = ["planned", "dispatching", "unknown", "refused", "dead"] as const;
const TOTALS = ["taken", "accepted", "refused", "unknown"] as const;

type Row = [labels: Record<string, string | number>, value: number];
type Up = { shard: number } & ShardCounts;

/** Prometheus' text format. Of an object that does not answer it says that it is not up, and nothing else. */
export async function metrics(env: Env): Promise<Response> {
  const { pace, queue, pausedMs, shards } = await counts(env);
  const up = shards.filter((one): one is { up: true } & Up => one.up);
  const longest = Math.max(pausedMs ?? 0, ...up.map(({ pausedMs }) => pausedMs));
  const held = (what: "batches" | "events") =>
    up.flatMap((of) => HELD.map((state): Row => [{ shard: of.shard, state }, of[state][what]]));
  const per = (value: (of: Up) => number) => up.map((of): Row => [{ shard: of.shard }, value(of)]);
  const texts = [
    gauge(
      "up",
      "Whether a shard answers.",
      shards.map(({ shard, up }): Row => [{ shard }, Number(up)]),
    ),
    gauge("pace_up", "Whether the pace answers.", [[{}, Number(pace.up)]]),
    gauge("held_batches", "Batches and dead letters that are held, by state.", held("batches")),
    gauge("held_events", "Events that are held, by state.", held("events")),
    gauge(
      "held_bytes",
      "Size of the batches that are held, dead letters not among them.",
      per(({ bytes }) => bytes.held),
    ),
    gauge(
      "held_bytes_limit",
      "Where a shard takes no more.",
      per(({ bytes }) => bytes.limit),
    ),
    counter("events_total", "Events since a shard was made: taken durably, and how they ended.", up.flatMap(events)),
    counter(
      "repeated_requests_total",
      "Requests that were kept before.",
      per(({ totals }) => totals.repeated),
    ),
    counter(
      "conflicting_requests_total",
      "Requests with the Idempotency-Key of another body.",
      per(({ totals }) => totals.conflicts),
    ),
    // what only the pace knows is not 0 where it does not answer
    ...(pace.up
      ? [gauge("paused_seconds", "The longest pause: of all shards, or of one by itself.", [[{}, longest / 1000]])]
      : []),
    gauge(
      "shard_paused_seconds",
      "For how long a shard sends nothing by itself.",
      per(({ pausedMs }) => pausedMs / 1000),
    ),
  ];
  if (queue) {
    texts.push(gauge("queue_backlog_messages", "Messages that wait in the queue.", [[{}, queue.messages]]));
    texts.push(gauge("queue_backlog_bytes", "Their bytes.", [[{}, queue.bytes]]));
  }
  return new Response(texts.join(""), { headers: { "content-type": "text/plain; version=0.0.4" } });
}

function events({ shard, totals }: Up): Row[] {
  const dropped = WHY_DROPPED.map((why): Row => [{ shard, what: "dropped", why }, totals.dropped[why] ?? 0]);
  return [...TOTALS.map((what): Row => [{ shard, what }, totals[what]]), ...dropped];
}

function gauge(name: string, help: string, rows: Row[]): string {
  return metric("gauge", name, help, rows);
}

function counter(name: string, help: string, rows: Row[]): string {
  return metric("counter", name, help, rows);
}

function metric(type: string, name: string, help: string, rows: Row[]): string {
  const full = `split_events_${name}`;
  const lines = rows.map(([labels, value]) => {
    const said = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
    return `${full}${said.length > 0 ? `{${said.join(",")}}` : ""} ${value}`;
  });
  return `${[`# HELP ${full} ${help}`, `# TYPE ${full} ${type}`, ...lines].join("\n")}\n`;
}
