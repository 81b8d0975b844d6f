import type { Env } from "../deliver/env.js";
import type { ShardCounts } from "../deliver/shard-counts.js";
import { WHY_DROPPED } from "../deliver/totals.js";
import { counts } from "./counts.js";

const HELD = ["planned", "dispatching", "unknown", "refused", "dead"] as const;
const TOTALS = ["taken", "accepted", "refused", "unknown"] as const;

type Row = [labels: Record<string, string | number>, value: number];
type Up = { shard: number } & ShardCounts;

/** Answers in Prometheus' text format. Of an object that does not answer it says only that. */
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
      "1 if the shard answers, 0 if it does not.",
      shards.map(({ shard, up }): Row => [{ shard }, Number(up)]),
    ),
    gauge("pace_up", "1 if the pace answers, 0 if it does not.", [[{}, Number(pace.up)]]),
    gauge("held_batches", "Batches and dead letters that are held, by state.", held("batches")),
    gauge("held_events", "Events that are held, by state.", held("events")),
    gauge(
      "held_bytes",
      "Bytes of the batches that are held, without dead letters.",
      per(({ bytes }) => bytes.held),
    ),
    gauge(
      "held_bytes_limit",
      "Bytes of held batches at which a shard takes no more.",
      per(({ bytes }) => bytes.limit),
    ),
    counter("events_total", "Events since the shard was created: taken, and what became of them.", up.flatMap(events)),
    counter(
      "repeated_requests_total",
      "Repeats of requests that were kept before.",
      per(({ totals }) => totals.repeated),
    ),
    counter(
      "conflicting_requests_total",
      "Requests whose Idempotency-Key was used with another body.",
      per(({ totals }) => totals.conflicts),
    ),
    // unknown, not 0, if the pace does not answer
    ...(pace.up
      ? [
          gauge("paused_seconds", "Seconds until the longest pause ends, of all shards or of one.", [
            [{}, longest / 1000],
          ]),
        ]
      : []),
    gauge(
      "shard_paused_seconds",
      "Seconds until the shard's own pause ends.",
      per(({ pausedMs }) => pausedMs / 1000),
    ),
  ];
  if (queue) {
    texts.push(gauge("queue_backlog_messages", "Messages that wait in the queue.", [[{}, queue.messages]]));
    texts.push(gauge("queue_backlog_bytes", "Bytes of the messages that wait in the queue.", [[{}, queue.bytes]]));
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
    const pairs = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
    return `${full}${pairs.length > 0 ? `{${pairs.join(",")}}` : ""} ${value}`;
  });
  return `${[`# HELP ${full} ${help}`, `# TYPE ${full} ${type}`, ...lines].join("\n")}\n`;
}
