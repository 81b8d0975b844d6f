import type { Env } from "../deliver/env.js";
import { outboxOf, paceOf } from "../deliver/objects.js";
import { answerOf, WORK_MS } from "./answer.js";
import { type Counts, countsOf, type ShardState, stateOf } from "./counts.js";
import { shardsOf } from "./shards.js";

export interface Resumed extends Counts {
  /** Batches that were refused only for the key, the address or the account, and are sent again. */
  plannedAgain: number;
}

/**
 * Ends the pause of the pace and of every shard, and sends at once. The pace is first: a shard that is told before it
 * would ask a pace that is paused. One that does not answer keeps its own pause, and nobody else.
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
