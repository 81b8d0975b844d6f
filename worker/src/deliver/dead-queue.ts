import { digestOf } from "../digest.js";
import { errorText, log } from "../log.js";
import { decodePart, type Part } from "../part.js";
import { settingsOf } from "../settings.js";
import type { Buried } from "./dead-letters.js";
import type { Env } from "./env.js";
import { insertInto } from "./insert.js";
import { outboxOf, shardOf } from "./objects.js";
import { groups } from "./put.js";
import { retry } from "./retry.js";

/** Returns whether a queue is the dead queue, by the end of its name. */
export function isDeadQueue(name: string): boolean {
  return name.endsWith("-dead");
}

/** A message that no shard took, and the letter that it becomes. */
interface Untaken {
  message: Message;
  letter: Buried;
}

/**
 * Hands the messages of the dead queue to their shards once more. A message that its shard does not take, or that cannot
 * be read, becomes a dead letter. Acknowledges a message when it is durable, and not before.
 */
export async function consumeDead(batch: MessageBatch, env: Env): Promise<void> {
  const shards = new Map<number, Map<Part, Message>>();
  const untaken: Untaken[] = [];
  for (const message of batch.messages) {
    try {
      const part = decodePart(message.body);
      const messages = shards.get(part.shard) ?? new Map();
      shards.set(part.shard, messages.set(part, message));
    } catch (error) {
      log("error", "message_unreadable", { message: message.id, error: errorText(error) });
      untaken.push({ message, letter: await unreadable(message, env) });
    }
  }
  for (const found of await Promise.all(Array.from(shards, ([shard, messages]) => hand(shard, messages, env))))
    untaken.push(...found);
  for (const one of untaken) await bury(one, env);
}

/** Returns what the shard does not take. A part that fails keeps no other from its shard. */
async function hand(shard: number, messages: Map<Part, Message>, env: Env): Promise<Untaken[]> {
  const untaken: Untaken[] = [];
  for (const group of groups([...messages.keys()])) {
    const together = await insertInto(shard, group, env);
    for (const part of group) {
      const message = messages.get(part) as Message;
      const state = together === "kept" ? together : await insertInto(shard, [part], env);
      if (state === "kept") message.ack();
      else untaken.push({ message, letter: { part, kind: part.kind, why: `outbox_${state}` } });
    }
  }
  return untaken;
}

async function bury({ message, letter }: Untaken, env: Env): Promise<void> {
  const { shard } = letter.part;
  try {
    await outboxOf(env, shard).bury([letter]);
    message.ack();
  } catch (error) {
    log("error", "outbox_failed", { shard, error: errorText(error) });
    retry(message);
  }
}

/** Returns the letter of a message that cannot be read. It has the same id whenever the message comes again. */
async function unreadable({ id, timestamp, body }: Message, env: Env): Promise<Buried> {
  const request = `m${await digestOf([id])}`;
  const shard = shardOf(request, settingsOf(env).shards);
  const part = { shard, request, at: timestamp.getTime(), part: 0, client: "", events: 0, body: bytesOf(body) };
  return { part, kind: "message", why: "message_unreadable" };
}

function bytesOf(body: unknown): Uint8Array {
  if (body instanceof ArrayBuffer) return new Uint8Array(body);
  if (body instanceof Uint8Array) return body;
  return new TextEncoder().encode(typeof body === "string" ? body : (JSON.stringify(body) ?? ""));
}
