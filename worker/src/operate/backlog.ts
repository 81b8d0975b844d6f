import type { Env } from "../deliver/env.js";
import { answerOf } from "./answer.js";

export interface Backlog {
  messages: number;
  bytes: number;
  /** When the oldest message came. */
  since?: string;
}

/** Returns what waits in the queue; `undefined` if there is no queue, or the runtime does not tell. */
export async function backlogOf({ QUEUE }: Env): Promise<Backlog | undefined> {
  if (typeof QUEUE?.metrics !== "function") return undefined;
  const answer = await answerOf(QUEUE.metrics());
  if (!answer.up || typeof answer.value?.backlogCount !== "number") return undefined;
  const { backlogCount, backlogBytes, oldestMessageTimestamp } = answer.value;
  const since = oldestMessageTimestamp && new Date(oldestMessageTimestamp).toISOString();
  return { messages: backlogCount, bytes: backlogBytes, ...(since && { since }) };
}
