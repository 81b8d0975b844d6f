import { errorText, log } from "../log.js";
import { decodePart, type Part } from "../part.js";
import { consumeDead, isDeadQueue } from "./dead-queue.js";
import type { Env } from "./env.js";
import { insertInto } from "./insert.js";
import { groups } from "./put.js";
import { retry } from "./retry.js";

/** Hands messages to their shards. Acknowledges a message when its shard has it durably, and not before. */
export async function consume(batch: MessageBatch, env: Env): Promise<void> {
  if (isDeadQueue(batch.queue)) return consumeDead(batch, env);
  const shards = new Map<number, { part: Part; message: Message }[]>();
  for (const message of batch.messages) {
    try {
      const part = decodePart(message.body);
      const found = shards.get(part.shard) ?? [];
      found.push({ part, message });
      shards.set(part.shard, found);
    } catch (error) {
      // it goes back to the queue, and at last to the dead queue: another version may be able to read it
      log("error", "message_unreadable", { message: message.id, error: errorText(error) });
      retry(message);
    }
  }
  await Promise.all(Array.from(shards, ([shard, found]) => hand(shard, found, env)));
}

async function hand(shard: number, found: { part: Part; message: Message }[], env: Env): Promise<void> {
  const messages = new Map(found.map(({ part, message }) => [part, message]));
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
