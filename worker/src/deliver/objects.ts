import type { Env } from "./env.js";
import type { OutboxObject } from "./outbox-object.js";
import type { PaceObject } from "./pace-object.js";

/** Returns the shard of a request: requests are spread by their names, and all parts of one are together. */
export function shardOf(request: string, shards: number): number {
  return Number.parseInt(request.slice(1, 9), 16) % shards;
}

export function outboxOf(env: Env, shard: number): DurableObjectStub<OutboxObject> {
  return env.OUTBOX.getByName(`shard-${shard}`);
}

export function paceOf(env: Env): DurableObjectStub<PaceObject> {
  return env.PACE.getByName("pace");
}
