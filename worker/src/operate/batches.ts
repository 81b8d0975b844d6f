import type { OutboxState, OutboxWord } from "split-events";
import type { Env } from "../env.js";
import type { BatchEntry } from "../out/shard.js";
import { outboxOf, paceOf } from "../out/shards.js";
import { Refusal } from "../problem.js";
import { answerOf, WORK_MS } from "./answer.js";
import { limitOf } from "./query.js";
import { notHeld, paceAndShards, shardOfId } from "./shards.js";

/** What may be said of what stands so. What is being sent just now is waited for. */
const WORDS: Record<OutboxState, OutboxWord[]> = {
  planned: ["send", "drop"],
  dispatching: [],
  unknown: ["resend", "drop", "accepted"],
  refused: ["resend", "drop", "accepted"],
};
const ALL_WORDS = [...new Set(Object.values(WORDS).flat())];

/** One shard after the other; `next` is given back as `after` for the next page. */
export async function listBatches(url: URL, env: Env): Promise<{ entries: BatchEntry[]; next?: string }> {
  const state = stateOf(url);
  const limit = limitOf(url);
  const after = url.searchParams.get("after");
  const begun = after === null ? undefined : shardOfId(after);
  const entries: BatchEntry[] = [];
  for (const shard of (await paceAndShards(env)).shards) {
    if (begun !== undefined && shard < begun) continue;
    const behind = after !== null && shard === begun ? after : undefined;
    const answer = await answerOf(outboxOf(env, shard).list(state, limit - entries.length, behind));
    if (!answer.up) throw new Refusal(503, { detail: `shard ${shard} cannot be listed: ${answer.error}` });
    entries.push(...answer.value);
    const last = entries.at(-1);
    if (entries.length === limit && last) return { entries, next: last.id };
  }
  return { entries };
}

/** The events of a batch or of a dead letter. */
export async function bodyOf(id: string, env: Env): Promise<Response> {
  const found = await outboxOf(env, shardOfId(id)).body(id);
  if (!found) throw notHeld(id);
  const isLetter = found[0] === "{".charCodeAt(0);
  const type = isLetter ? "application/x-ndjson" : "application/json";
  return new Response(found as Uint8Array<ArrayBuffer>, { headers: { "content-type": type } });
}

export async function resolveOne(request: Request, id: string, env: Env): Promise<{ resolved: number }> {
  const as = await wordOf(request, ALL_WORDS);
  const answer = await outboxOf(env, shardOfId(id)).resolve(id, as);
  if (!answer) throw notHeld(id);
  if (answer.resolved) {
    if (as === "send") await goOn(env);
    return { resolved: 1 };
  }
  throw new Refusal(409, {
    detail:
      answer.state === "dispatching"
        ? "it is being sent just now: look again in a moment, and it is gone, or unknown or refused"
        : `it is ${answer.state}: it may be ${WORDS[answer.state].join(", ")}`,
  });
}

/** Of everything in a state, which must be said. A shard that does not answer keeps what it has. */
export async function resolveAll(request: Request, url: URL, env: Env) {
  const state = stateOf(url);
  const as = await wordOf(request, WORDS[state]);
  let resolved = 0;
  const sick: { shard: number; error: string }[] = [];
  for (const shard of (await paceAndShards(env)).shards) {
    const answer = await answerOf(outboxOf(env, shard).resolveAll(state, as), WORK_MS);
    if (answer.up) resolved += answer.value;
    else sick.push({ shard, error: answer.error });
  }
  if (as === "send") await goOn(env);
  return { resolved, ...(sick.length > 0 && { sick }) };
}

/** What is to be sent now ends the pause of all shards. */
async function goOn(env: Env): Promise<void> {
  const answer = await answerOf(paceOf(env).resume());
  if (answer.up) return;
  throw new Refusal(503, { detail: `it goes first, but the pause could not be ended: ${answer.error}; say resume` });
}

function stateOf({ searchParams }: URL): OutboxState {
  const states = Object.keys(WORDS) as OutboxState[];
  const state = states.find((one) => one === searchParams.get("state"));
  if (!state) throw new Refusal(400, { detail: `state must be ${states.join(", ")}` });
  return state;
}

async function wordOf(request: Request, words: OutboxWord[]): Promise<OutboxWord> {
  const said = (await request.json().catch(() => undefined)) as { as?: unknown } | undefined;
  const word = words.find((one) => one === said?.as);
  if (word) return word;
  if (words.length === 0) throw new Refusal(400, { detail: "nothing can be said of what is being sent just now" });
  throw new Refusal(400, { detail: `the body must be {"as": WORD}, where WORD is ${words.join(", ")}` });
}
