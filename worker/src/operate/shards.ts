import type { Env } from "../deliver/env.js";
import { outboxOf, paceOf } from "../deliver/objects.js";
import type { OutboxObject } from "../deliver/outbox-object.js";
import type { PaceState } from "../deliver/pace-object.js";
import { placeOf } from "../part.js";
import { Refusal } from "../problem.js";
import { settingsOf } from "../settings.js";
import { type Answer, answerOf } from "./answer.js";

/** All shards, also those that a larger number of shards has left, and the pace that knows of these. */
export async function paceAndShards(env: Env): Promise<{ pace: Answer<PaceState>; shards: number[] }> {
  const pace = await answerOf(paceOf(env).state());
  return { pace, shards: shardsOf(env, pace) };
}

/** Where the pace does not answer, it is not known which shards an earlier `SHARDS` has left: this is said. */
export function sickPace(pace: Answer<PaceState>): { pace?: { up: false; error: string } } {
  return pace.up ? {} : { pace };
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

/**
 * Asks the shard that has an id. One that does not answer is a 503 which says so; `isWord`: it is asked to do something, and
 * may have done it.
 */
export async function askShardOf<T>(
  id: string,
  env: Env,
  ask: (outbox: DurableObjectStub<OutboxObject>) => Promise<T>,
  isWord: boolean,
): Promise<T> {
  const shard = shardOfId(id);
  const answer = await answerOf(ask(outboxOf(env, shard)));
  if (answer.up) return answer.value;
  const more = isWord ? "; it may have done it all the same: look again" : "";
  throw new Refusal(503, { detail: `shard ${shard} does not answer (${answer.error})${more}` });
}

export function notHeld(id: string): Refusal {
  return new Refusal(404, { detail: `nothing with the id ${JSON.stringify(id.slice(0, 80))} is held` });
}
