import type { Env } from "../deliver/env.js";
import { outboxOf } from "../deliver/objects.js";
import type { OutboxObject } from "../deliver/outbox-object.js";
import { log } from "../log.js";
import { answerOf, type SickShard, sickField } from "./answer.js";
import { LetterCursor } from "./letter-cursor.js";
import { paceAndShards, sickPaceField } from "./shards.js";

/** The most calls of one request: the free plan allows 50. */
const CALLS = 40;
/** How long one request goes on. */
const WALK_MS = 20_000;

/** What one call of a shard did. */
interface Step {
  letters: number;
  after: number;
  isDone: boolean;
  isFull?: boolean;
}

interface Walked {
  letters: number;
  /** Where to go on, if there is more. */
  next?: string;
  /** Shards that take no replay until they have sent some of their batches. */
  full?: number[];
  sick?: SickShard[];
  /** Set if the pace does not answer: then the shards of a larger, earlier `SHARDS` are left out. */
  pace?: { up: false; error: string };
  /** Set if only these shards are left, which were full or did not answer: `next` begins with them. */
  left?: number[];
}

/**
 * Walks over the letters of all shards as far as one request may, and says where to go on. A shard that is full or does not
 * answer keeps its place for the next walk, and holds no other back.
 */
export async function walkLetters<Done extends Step>(
  url: URL,
  env: Env,
  ask: (outbox: DurableObjectStub<OutboxObject>, after: number, until: number) => Promise<Done>,
  add: (done: Done) => void,
): Promise<Walked> {
  const began = Date.now();
  const cursor = LetterCursor.from(url);
  const left = [...cursor.left];
  const full: number[] = [];
  const sick: SickShard[] = [];
  let letters = 0;
  const { pace, shards } = await paceAndShards(env);
  const walked = () => ({ letters, ...(full.length > 0 && { full }), ...sickField(sick), ...sickPaceField(pace) });
  // the call of the pace
  let calls = 1;
  for (const [index, { shard, number }] of cursor.placesIn(shards).entries()) {
    for (let after = number, isDone = false; !isDone; ) {
      if (calls === CALLS || Date.now() - began > WALK_MS) {
        return { ...walked(), next: `${cursor.at(index, { shard, number: after }, left)}` };
      }
      calls += 1;
      const answer = await answerOf(ask(outboxOf(env, shard), after, cursor.until));
      if (!answer.up) {
        log("error", "outbox_failed", { shard, error: answer.error });
        sick.push({ shard, error: answer.error });
        left.push({ shard, number: after });
        break;
      }
      add(answer.value);
      letters += answer.value.letters;
      after = Math.max(after, answer.value.after);
      isDone = answer.value.isDone;
      if (answer.value.isFull) {
        full.push(shard);
        left.push({ shard, number: after });
        break;
      }
    }
  }
  if (left.length === 0) return walked();
  return { ...walked(), next: `${cursor.ofLeft(left)}`, left: left.map(({ shard }) => shard) };
}
