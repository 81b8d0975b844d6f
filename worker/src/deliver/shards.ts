import type { Env } from "../env.js";
import { log, said } from "../log.js";
import type { Part } from "../part.js";
import type { EventOutbox } from "./event-outbox.js";
import type { EventPace } from "./event-pace.js";

/** Requests are spread by their name; all parts of one are together. */
export function shardOf(request: string, shards: number): number {
  return Number.parseInt(request.slice(1, 9), 16) % shards;
}

export function outboxOf(env: Env, shard: number): DurableObjectStub<EventOutbox> {
  return env.OUTBOX.getByName(`shard-${shard}`);
}

/** Hands parts to their outbox, which takes those that it has not had. */
export async function insertInto(shard: number, parts: Part[], env: Env): Promise<"kept" | "full" | "failed"> {
  try {
    const state = await outboxOf(env, shard).insert(parts);
    if (state === "full") log("warn", "outbox_full", { shard, parts: parts.length });
    return state;
  } catch (error) {
    log("warn", "outbox_failed", { shard, parts: parts.length, error: said(error) });
    return "failed";
  }
}

export function paceOf(env: Env): DurableObjectStub<EventPace> {
  return env.PACE.getByName("pace");
}
