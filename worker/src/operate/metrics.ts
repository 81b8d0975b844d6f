import type { Env } from "../env.js";
import type { ShardCounts } from "../out/event-outbox.js";
import { counts } from "./admin.js";

const HELD = ["planned", "dispatching", "unknown", "refused", "dead"] as const;
const TOTALS = ["taken", "accepted", "refused", "unknown"] as const;

/** Prometheus' text format. */
export async function metrics(env: Env): Promise<Response> {
  const { pausedMs, shards } = await counts(env);
  const lines = [
    ...gauge("split_events_held_batches", "Batches and dead letters that are held, by state.", shards, "batches"),
    ...gauge("split_events_held_events", "Events that are held, by state.", shards, "events"),
    "# HELP split_events_events_total Events since a shard was made: taken durably, and how their delivery ended.",
    "# TYPE split_events_events_total counter",
    ...shards.flatMap(({ shard, totals }) =>
      TOTALS.map((name) => `split_events_events_total{shard="${shard}",what="${name}"} ${totals[name]}`),
    ),
    "# HELP split_events_paused_seconds For how long the service has asked to be left alone.",
    "# TYPE split_events_paused_seconds gauge",
    `split_events_paused_seconds ${pausedMs / 1000}`,
  ];
  return new Response(`${lines.join("\n")}\n`, { headers: { "content-type": "text/plain; version=0.0.4" } });
}

function gauge(name: string, help: string, shards: ({ shard: number } & ShardCounts)[], what: "batches" | "events") {
  const rows = shards.flatMap((of) =>
    HELD.map((state) => `${name}{shard="${of.shard}",state="${state}"} ${of[state][what]}`),
  );
  return [`# HELP ${name} ${help}`, `# TYPE ${name} gauge`, ...rows];
}
