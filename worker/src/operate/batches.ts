import type { OutboxState, OutboxWord } from "split-events";
import type { Env } from "../deliver/env.js";
import { outboxOf, paceOf } from "../deliver/objects.js";
import type { BatchEntry } from "../deliver/outbox-object.js";
import { Refusal } from "../problem.js";
import { answerOf, type SickShard, sickField, WORK_MS } from "./answer.js";
import { asOf } from "./body.js";
import { limitOf, wrongAfter } from "./query.js";
import { askShardOf, notHeld, paceAndShards, sickPaceField } from "./shards.js";

/** How the batches of a state may be resolved. One that is being sent cannot be. */
const WORDS: Record<OutboxState, OutboxWord[]> = {
  planned: ["send", "drop"],
  dispatching: [],
  unknown: ["resend", "drop", "accepted"],
  refused: ["resend", "drop", "accepted"],
};
const ALL_WORDS = [...new Set(Object.values(WORDS).flat())];

/** Lists batches, one shard after the other. A shard that does not answer hides no other. */
export async function listBatches(url: URL, env: Env) {
  const state = stateOf(url);
  const limit = limitOf(url);
  const begin = cursorOf(url);
  const entries: BatchEntry[] = [];
  const sick: SickShard[] = [];
  const { pace, shards } = await paceAndShards(env);
  for (const shard of shards) {
    if (shard < begin.shard) continue;
    const behind = shard === begin.shard ? begin.behind : undefined;
    const answer = await answerOf(outboxOf(env, shard).list(state, limit - entries.length, behind));
    if (!answer.up) {
      sick.push({ shard, error: answer.error });
      continue;
    }
    entries.push(...answer.value);
    const last = entries.at(-1);
    if (entries.length === limit && last)
      return { entries, next: `${shard}.${last.number}.${last.from}`, ...sickField(sick), ...sickPaceField(pace) };
  }
  return { entries, ...sickField(sick), ...sickPaceField(pace) };
}

/** Reads where a list goes on: after a number of a batch and the first event of a part, held still or not. */
function cursorOf({ searchParams }: URL): { shard: number; behind?: { number: number; from: number } } {
  const given = searchParams.get("after");
  if (given === null) return { shard: 0 };
  const [, shard, number, from] = /^(\d{1,3})\.(\d{1,15})\.(\d{1,9})$/.exec(given) ?? [];
  if (shard === undefined) throw wrongAfter();
  return { shard: Number(shard), behind: { number: Number(number), from: Number(from) } };
}

/** Answers with the events of a batch or of a dead letter. */
export async function bodyOf(id: string, env: Env): Promise<Response> {
  const found = await askShardOf(id, env, (outbox) => outbox.body(id), false);
  if (!found) throw notHeld(id);
  const isLetter = found[0] === "{".charCodeAt(0);
  const type = isLetter ? "application/x-ndjson" : "application/json";
  return new Response(found as Uint8Array<ArrayBuffer>, { headers: { "content-type": type } });
}

export async function resolveOne(request: Request, id: string, env: Env) {
  const as = await wordOf(request, ALL_WORDS);
  const answer = await askShardOf(id, env, (outbox) => outbox.resolve(id, as), true);
  if (!answer) throw notHeld(id);
  if (answer.resolved) return { resolved: 1, ...(await endPause(as, env)) };
  throw new Refusal(409, {
    detail:
      answer.state === "dispatching"
        ? "the batch is being sent just now: ask again in a moment, when it is accepted, unknown or refused"
        : `the batch is ${answer.state}: it can be resolved as ${oneOf(WORDS[answer.state])}`,
  });
}

/**
 * Resolves all batches in a state, which the query must name. All shards are asked at once. One that does not answer may
 * have carried out the request.
 */
export async function resolveAll(request: Request, url: URL, env: Env) {
  const state = stateOf(url);
  const as = await wordOf(request, WORDS[state]);
  let resolved = 0;
  const sick: SickShard[] = [];
  const { pace, shards } = await paceAndShards(env);
  const asked = shards.map((shard) => answerOf(outboxOf(env, shard).resolveAll(state, as), WORK_MS));
  for (const [index, answer] of (await Promise.all(asked)).entries()) {
    if (answer.up) resolved += answer.value;
    else sick.push({ shard: shards[index] as number, error: answer.error });
  }
  return { resolved, ...sickField(sick), ...sickPaceField(pace), ...(await endPause(as, env)) };
}

/**
 * Ends the pause of all shards if batches are to be sent now. Their shard was asked before: it asks the pace, which wakes it.
 * If the pace does not answer, its pause goes on, and the answer says so.
 */
async function endPause(as: OutboxWord, env: Env): Promise<{ pace?: { up: false; error: string } }> {
  if (as !== "send") return {};
  return sickPaceField(await answerOf(paceOf(env).resume()));
}

function stateOf({ searchParams }: URL): OutboxState {
  const states = Object.keys(WORDS) as OutboxState[];
  const state = states.find((one) => one === searchParams.get("state"));
  if (!state) throw new Refusal(400, { detail: `state must be ${oneOf(states)}` });
  return state;
}

async function wordOf(request: Request, words: OutboxWord[]): Promise<OutboxWord> {
  const as = await asOf(request);
  const word = words.find((one) => one === as);
  if (word) return word;
  if (words.length === 0)
    throw new Refusal(400, {
      detail:
        "batches that are being sent cannot be resolved: ask again in a moment, when they are accepted, unknown or refused",
    });
  throw new Refusal(400, { detail: `the body must be {"as": WORD}, where WORD is ${oneOf(words)}` });
}

function oneOf(words: readonly string[]): string {
  return words.length < 2 ? words.join() : `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
}
