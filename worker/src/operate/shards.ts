import type { Env } from "../env.js";
import type { PaceState } from "../out/event-pace.js";
import { paceOf } from "../out/shards.js";
import { placeOf } from "../part.js";
import { Refusal } from "../problem.js";
import { settingsOf } from "../settings.js";
import { type Answer, answerOf } from "./answer.js";

/** All shards, also those that a larger number of shards has left, and the pace that knows of these. */
export async function paceAndShards(env: Env): Promise<{ pace: Answer<PaceState>; shards: number[] }> {
  const pace = await answerOf(paceOf(env).state());
  return { pace, shards: shardsOf(env, pace) };
}

/** Where the pace does not answer, those of the setting. */
export function shardsOf(env: Env, pace: Answer<PaceState>): number[] {
  const present = Array.from({ length: settingsOf(env).shards }, (_, shard) => shard);
  return [...new Set([...present, ...(pace.up ? pace.value.shards : [])])].sort((a, b) => a - b);
}

export function shardOfId(id: string): number {
  const place = placeOf(id);
  if (!place) throw notHeld(id);
  return place.shard;
}

export function notHeld(id: string): Refusal {
  return new Refusal(404, { detail: `nothing with the id ${JSON.stringify(id.slice(0, 80))} is held` });
}
