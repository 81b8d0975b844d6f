import type { Env } from "../deliver/env.js";
import { outboxOf } from "../deliver/objects.js";
import type { PaceState } from "../deliver/pace-object.js";
import type { ShardCounts } from "../deliver/shard-counts.js";
import { type Answer, answerOf } from "./answer.js";
import { type Backlog, backlogOf } from "./backlog.js";
import { paceAndShards } from "./shards.js";

type Sick = { up: false; error: string };

export type ShardState = { shard: number } & (({ up: true } & ShardCounts) | Sick);

/** The answer of `/admin/counts`. Its pause is that of all shards; each shard has its own, too. */
export interface Counts extends Partial<Omit<PaceState, "shards">> {
  /** If the pace does not answer, the pause of all shards is not known. */
  pace: { up: true } | Sick;
  /** What waits in the queue, if Cloudflare tells. */
  queue?: Backlog;
  shards: ShardState[];
}

export async function counts(env: Env): Promise<Counts> {
  const { pace, shards } = await paceAndShards(env);
  const asked = shards.map(async (shard) => stateOf(shard, await answerOf(outboxOf(env, shard).counts())));
  return countsOf(env, pace, await Promise.all(asked));
}

export async function countsOf(env: Env, pace: Answer<PaceState>, shards: ShardState[]): Promise<Counts> {
  const queue = await backlogOf(env);
  const { shards: _, ...pause } = pace.up ? pace.value : { shards: [] };
  return { ...pause, pace: pace.up ? { up: true } : pace, ...(queue && { queue }), shards };
}

export function stateOf(shard: number, answer: Answer<ShardCounts>): ShardState {
  return answer.up ? { shard, up: true, ...answer.value } : { shard, ...answer };
}
