import type { OutboxState, OutboxWord } from "split-events";
import type { Env } from "../deliver/env.js";
import { outboxOf, paceOf } from "../deliver/objects.js";
import type { BatchEntry } from "../deliver/outbox-object.js";
import { Refusal } from "../problem.js";
import { answerOf, named, type SickShard, WORK_MS } from "./answer.js";
import { asOf } from "./body.js";
import { limitOf, wrongAfter } from "./query.js";
import { askShardOf, notHeld, paceAndShards, sickPace } from "./shards.js";

/** What may be said of what stands so. What is being sent just now is waited for. */
const WORDS: Record<OutboxState, OutboxWord[]> = {
  planned: ["send", "drop"],
  dispatching: [],
  unknown: ["resend", "drop", "accepted"],
  refused: ["resend", "drop", "accepted"],
};
const ALL_WORDS = [...new Set(Object.values(WORDS).flat())];

/** One shard after the other; `next` is given back as `after` for the next page. One that is sick hides no other. */
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
      return { entries, next: `${shard}.${last.number}.${last.from}`, ...named(sick), ...sickPace(pace) };
  }
  return { entries, ...named(sick), ...sickPace(pace) };
}

/** Where a list goes on: behind a batch's number and the first event of a part of it, whether that is held still or not. */
function cursorOf({ searchParams }: URL): { shard: number; behind?: { number: number; from: number } } {
  const given = searchParams.get("after");
  if (given === null) return { shard: 0 };
  const [, shard, number, from] = /^(\d{1,3})\.(\d{1,15})\.(\d{1,9})$/.exec(given) ?? [];
  if (shard === undefined) throw wrongAfter();
  return { shard: Number(shard), behind: { number: Number(number), from: Number(from) } };
}

/** The events of a batch or of a dead letter. */
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
        ? "it is being sent just now: look again in a moment, and it is gone, or unknown or refused"
        : `it is ${answer.state}: the word may be ${oneOf(WORDS[answer.state])}`,
  });
}

/**
 * Of everything in a state, which must be said. All shards are asked at once: one that does not answer makes nobody wait
 * for it twice, and may have done it all the same.
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
  return { resolved, ...named(sick), ...sickPace(pace), ...(await endPause(as, env)) };
}

/**
 * What is to be sent now waits for no pause of all shards. Its own shard is told before: it asks the pace, and is woken by
 * it. Where the pace does not answer, the pause that it keeps is not over, and nothing else is wrong.
 */
async function endPause(as: OutboxWord, env: Env): Promise<{ pace?: { up: false; error: string } }> {
  if (as !== "send") return {};
  return sickPace(await answerOf(paceOf(env).resume()));
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
  if (words.length === 0) throw new Refusal(400, { detail: "nothing can be said of what is being sent just now" });
  throw new Refusal(400, { detail: `the body must be {"as": WORD}, where WORD is ${oneOf(words)}` });
}

function oneOf(words: readonly string[]): string {
  return words.length < 2 ? words.join() : `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
}
