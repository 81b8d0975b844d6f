import type { DeadLetter, LetterFilter } from "../deliver/dead-letters.js";
import type { Env } from "../deliver/env.js";
import { outboxOf } from "../deliver/objects.js";
import { Refusal } from "../problem.js";
import { answerOf, type SickShard, sickField } from "./answer.js";
import { LetterCursor } from "./letter-cursor.js";
import { walkLetters } from "./letter-walk.js";
import { beforeOf, limitOf } from "./query.js";
import { askShardOf, notHeld, paceAndShards, sickPaceField } from "./shards.js";

type Listed = Omit<DeadLetter, "number" | "round" | "at"> & { at: string };

/** Lists dead letters, one shard after the other. A shard that does not answer hides no other. */
export async function listDead(url: URL, env: Env) {
  const limit = limitOf(url);
  const filter = filterOf(url);
  const cursor = LetterCursor.from(url);
  const entries: Listed[] = [];
  const sick: SickShard[] = [];
  const { pace, shards } = await paceAndShards(env);
  for (const [index, { shard, number }] of cursor.placesIn(shards).entries()) {
    const answer = await answerOf(outboxOf(env, shard).deadLetters(limit - entries.length, number, filter));
    if (!answer.up) {
      sick.push({ shard, error: answer.error });
      continue;
    }
    for (const { number: _, round, at, ...letter } of answer.value) {
      entries.push({ ...letter, at: new Date(at).toISOString() });
    }
    const last = answer.value.at(-1);
    if (entries.length === limit && last) {
      return {
        entries,
        next: `${cursor.at(index, { shard, number: last.number })}`,
        ...sickField(sick),
        ...sickPaceField(pace),
      };
    }
  }
  return { entries, ...sickField(sick), ...sickPaceField(pace) };
}

export async function replayAll(url: URL, env: Env) {
  const filter = filterOf(url);
  const total = { sent: 0, refused: 0 };
  let stays = 0;
  const walked = await walkLetters(
    url,
    env,
    (outbox, after, until) => outbox.replayLetters(after, ofBefore(until, filter)),
    (done) => {
      total.sent += done.sent;
      total.refused += done.refused;
      stays += done.stays;
    },
  );
  return { ...total, ...(stays > 0 && { stays }), ...walked };
}

export async function replay(id: string, env: Env) {
  const replayed = await askShardOf(id, env, (outbox) => outbox.replay(id), true);
  if (!replayed) throw notHeld(id);
  const { sent, refused, stays, letters, isFull } = replayed;
  if (isFull)
    throw new Refusal(503, {
      detail: "the shard is full: replay the letter when the shard has sent some of its batches",
    });
  return { sent, refused, ...(stays > 0 && { stays }), letters };
}

export async function forgetAll(url: URL, env: Env) {
  const filter = filterOf(url);
  const all = url.searchParams.get("all");
  if (all !== null && all !== "" && all !== "true") {
    throw new Refusal(400, {
      detail: "all must be empty or true: to forget only some letters, give before=TIME or code=CODE instead",
    });
  }
  const asked = ["all", "before", "code"].filter((name) => url.searchParams.has(name));
  if (asked.length !== 1) throw new Refusal(400, { detail: "give one of all, before=TIME and code=CODE" });
  let forgotten = 0;
  const walked = await walkLetters(
    url,
    env,
    (outbox, after, until) => outbox.forgetLetters(after, ofBefore(until, filter)),
    ({ events }) => {
      forgotten += events;
    },
  );
  return { forgotten, ...walked };
}

export async function forget(id: string, env: Env) {
  const forgotten = await askShardOf(id, env, (outbox) => outbox.forget(id), true);
  if (!forgotten) throw notHeld(id);
  return { forgotten: forgotten.events, letters: forgotten.letters };
}

function filterOf(url: URL): LetterFilter {
  const code = url.searchParams.get("code") ?? undefined;
  if (code === "") throw new Refusal(400, { detail: "code must be a code, such as key_missing" });
  return { before: beforeOf(url), code };
}

/** Leaves out letters that came after the walk began. */
function ofBefore(until: number, { before, code }: LetterFilter): LetterFilter {
  return { before: Math.min(before ?? until + 1, until + 1), code };
}
