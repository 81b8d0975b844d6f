import type { Env } from "../deliver/env.js";
import { outboxOf, paceOf } from "../deliver/objects.js";
import type { OutboxObject } from "../deliver/outbox-object.js";
import type { PaceState } from "../deliver/pace-object.js";
import { placeOf } from "../part.js";
import { Refusal } from "../problem.js";
import { settingsOf } from "../settings.js";
import { type Answer, answerOf } from "./answer.js";

/** Returns all shards, also those of a larger, earlier `SHARDS`, and the state of the pace, which knows them. */
export async function paceAndShards(env: Env): Promise<{ pace: Answer<PaceState>; shards: number[] }> {
  const pace = await answerOf(paceOf(env).state());
  return { pace, shards: shardsOf(env, pace) };
}

/** Returns the field `pace` of an answer if the pace does not answer: then the shards of an earlier `SHARDS` are not known. */
export function sickPaceField(pace: Answer<PaceState>): { pace?: { up: false; error: string } } {
  return pace.up ? {} : { pace };
}

/** Returns all shards. If the pace does not answer, they are only those of the setting. */
export function shardsOf(env: Env, pace: Answer<PaceState>): number[] {
  const present = Array.from({ length: settingsOf(env).shards }, (_, shard) => shard);
  return [...new Set([...present, ...(pace.up ? pace.value.shards : [])])].sort((a, b) => a - b);
}

function shardOfId(id: string): number {
  const place = placeOf(id);
  if (!place) throw notHeld(id);
  return place.shard;
}

/**
 * Asks the shard that an id belongs to. Refuses the request with 503 if it does not answer. `isChange`: it may have carried
 * out the request all the same.
 */
export async function askShardOf<T>(
  id: string,
  env: Env,
  ask: (outbox: DurableObjectStub<OutboxObject>) => Promise<T>,
  isChange: boolean,
): Promise<T> {
  const shard = shardOfId(id);
  const answer = await answerOf(ask(outboxOf(env, shard)));
  if (answer.up) return answer.value;
  const more = isChange ? "; it may have carried out the request all the same: look before you repeat it" : "";
  throw new Refusal(503, { detail: `shard ${shard} does not answer (${answer.error})${more}` });
}

export function notHeld(id: string): Refusal {
  return new Refusal(404, { detail: `no batch or dead letter has the id ${JSON.stringify(id.slice(0, 80))}` });
}
