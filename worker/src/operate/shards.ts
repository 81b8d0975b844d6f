import { type Env, settingsOf } from "../env.js";
import { paceOf } from "../out/shards.js";
import { placeOf } from "../part.js";
import { Refusal } from "../problem.js";

/** Also those that a larger number of shards has left. */
export async function paceAndShards(env: Env): Promise<{ pausedMs: number; shards: number[] }> {
  const { pausedMs, shards } = await paceOf(env).state();
  const present = Array.from({ length: settingsOf(env).shards }, (_, shard) => shard);
  return { pausedMs, shards: [...new Set([...present, ...shards])].sort((a, b) => a - b) };
}

export function shardOfId(id: string): number {
  const place = placeOf(id);
  if (!place) throw notHeld(id);
  return place.shard;
}

export function notHeld(id: string): Refusal {
  return new Refusal(404, { detail: `nothing with the id ${JSON.stringify(id.slice(0, 80))} is held` });
}
