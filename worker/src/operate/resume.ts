import type { Env } from "../deliver/env.js";
import { outboxOf, paceOf } from "../deliver/objects.js";
import { answerOf, WORK_MS } from "./answer.js";
import { type Counts, countsOf, type ShardState, stateOf } from "./counts.js";
import { shardsOf } from "./shards.js";

export interface Resumed extends Counts {
  /** The batches that were refused only for the key, the address or the account: they are sent again. */
  plannedAgain: number;
}

/**
 * Ends the pause of all shards and each shard's own, so that they send at once. The pace is asked first, since the shards
 * ask it in turn. A shard that does not answer keeps its own pause.
 */
export async function resume(env: Env): Promise<Resumed> {
  const pace = await answerOf(paceOf(env).resume());
  let plannedAgain = 0;
  const asked = shardsOf(env, pace).map(async (shard): Promise<ShardState> => {
    const answer = await answerOf(outboxOf(env, shard).resume(), WORK_MS);
    if (!answer.up) return { shard, ...answer };
    plannedAgain += answer.value.again.batches;
    return stateOf(shard, { up: true, value: answer.value.counts });
  });
  const shards = await Promise.all(asked);
  return { plannedAgain, ...(await countsOf(env, pace, shards)) };
}
