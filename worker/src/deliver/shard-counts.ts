import type { Outbox, OutboxCounts, Sum } from "split-events";
import type { DeadLetters } from "./dead-letters.js";
import type { Totals } from "./totals.js";

/** What is held, by state, and what became of the rest. */
export interface ShardCounts extends Omit<OutboxCounts, "accepted"> {
  dead: Sum;
  /** Of the batches that are held: where they reach the limit, the shard takes no more. */
  bytes: { held: number; limit: number };
  /** Since the shard was made: events, and of repeats and conflicts requests. */
  totals: Record<"taken" | "accepted" | "refused" | "unknown" | "repeated" | "conflicts", number> & {
    /** Events that were given up, by why. */
    dropped: Record<string, number>;
  };
  /** For how long this shard sends nothing by itself, whatever the pace says; 0 where it would. */
  pausedMs: number;
}

/** What was accepted is what was taken and is neither held nor dropped. */
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
      // what was ever: what is, and what is no longer
      unknown: unknown.events + total("unknown_left"),
      refused: refused.events + total("refused_left"),
      repeated: total("repeated"),
      conflicts: total("conflicts"),
    },
    pausedMs: Math.round(outbox.pausedMs),
  };
}
