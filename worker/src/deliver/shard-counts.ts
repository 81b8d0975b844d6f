import type { Outbox, OutboxCounts, Sum } from "split-events";
import type { DeadLetters } from "./dead-letters.js";
import type { Totals } from "./totals.js";

/** Counts what a shard holds, by state, and what became of the rest. */
export interface ShardCounts extends Omit<OutboxCounts, "accepted"> {
  dead: Sum;
  /** The bytes of the batches that are held. At the limit the shard takes no more. */
  bytes: { held: number; limit: number };
  /** Since the shard was created: events; `repeated` and `conflicts` are requests. */
  totals: Record<"taken" | "accepted" | "refused" | "unknown" | "repeated" | "conflicts", number> & {
    /** Events that were given up, by reason. */
    dropped: Record<string, number>;
  };
  /** How long this shard's own pause still lasts, whatever the pace says; 0 if it has none. */
  pausedMs: number;
}

/** Counts a shard. Accepted events are those that were taken and are neither held nor dropped. */
export function shardCounts(outbox: Outbox, letters: DeadLetters, totals: Totals, limit: number): ShardCounts {
  const { planned, dispatching, unknown, refused } = outbox.counts();
  const dead = letters.counts();
  const dropped = totals.dropped;
  const total = (name: string) => totals.get(name) ?? 0;
  const held = [planned, dispatching, unknown, refused, dead].map(({ events }) => events);
  const others = [...held, ...Object.values(dropped)].reduce((sum, events) => sum + events, 0);
  return {
    planned,
    dispatching,
    unknown,
    refused,
    dead,
    bytes: { held: outbox.heldBytes, limit },
    totals: {
      taken: total("taken"),
      accepted: total("taken") - others,
      dropped,
      // all that ever became so: what is so still, and what was resolved since
      unknown: unknown.events + total("unknown_left"),
      refused: refused.events + total("refused_left"),
      repeated: total("repeated"),
      conflicts: total("conflicts"),
    },
    pausedMs: Math.round(outbox.pausedMs),
  };
}
