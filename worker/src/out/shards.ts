import { type Env, SHARDS_MAX } from "../env.js";
import type { EventOutbox } from "./event-outbox.js";
import type { EventPace } from "./event-pace.js";

/** Requests are spread by their name; all parts of one are together. */
export function shardOf(request: string, shards: number): number {
  return Number.parseInt(request.slice(1, 9), 16) % shards;
}

export function outboxOf(env: Env, shard: number): DurableObjectStub<EventOutbox> {
  return env.OUTBOX.getByName(`shard-${shard}`);
}

export function shardNamed(name: string | undefined): number {
  const shard = Number(/^shard-(\d+)$/.exec(name ?? "")?.[1] ?? Number.NaN);
  if (shard >= 0 && shard < SHARDS_MAX) return shard;
  throw new RangeError("an outbox is reached by its shard's name");
}

export function paceOf(env: Env): DurableObjectStub<EventPace> {
  return env.PACE.getByName("pace");
}
