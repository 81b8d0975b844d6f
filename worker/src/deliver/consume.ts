import { errorText, log } from "../log.js";
import { decodePart, type Part } from "../part.js";
import { consumeDead, isDeadQueue } from "./dead-queue.js";
import type { Env } from "./env.js";
import { insertInto } from "./insert.js";
import { groups } from "./put.js";
import { retry } from "./retry.js";

/** Hands messages to their outboxes. One is acknowledged when its outbox has it durably, and not before. */
export async function consume(batch: MessageBatch, env: Env): Promise<void> {
  if (isDeadQueue(batch.queue)) return consumeDead(batch, env);
  const shards = new Map<number, { part: Part; message: Message }[]>();
  for (const message of batch.messages) {
    try {
      const part = decodePart(message.body);
      const of = shards.get(part.shard) ?? [];
      of.push({ part, message });
      shards.set(part.shard, of);
    } catch (error) {
      // kept in the queue, and in the end in its dead letter queue: another version may understand it
      log("error", "message_unreadable", { message: message.id, error: errorText(error) });
      retry(message);
    }
  }
  await Promise.all(Array.from(shards, ([shard, of]) => hand(shard, of, env)));
}

async function hand(shard: number, of: { part: Part; message: Message }[], env: Env): Promise<void> {
  const messages = new Map(of.map(({ part, message }) => [part, message]));
  for (const group of groups([...messages.keys()])) {
    const state = await insertInto(shard, group, env);
    for (const part of group) {
      const message = messages.get(part);
      if (!message) continue;
      if (state === "kept") message.ack();
      else retry(message);
    }
  }
}
