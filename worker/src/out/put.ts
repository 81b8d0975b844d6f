import type { Env, Settings } from "../env.js";
import { log, said } from "../log.js";
import { BODY_MAX, encodePart, type Part } from "../part.js";
import { Refusal } from "../problem.js";
import { outboxOf } from "./shards.js";

/** What one `sendBatch` may have, with room for what the queue adds. */
const SEND_MESSAGES = 100;
const SEND_BYTES = 250_000;
/** What one call of an outbox may have: 32 MiB. */
const CALL_BYTES = 8_000_000;
const TRIES = 3;

/** Makes parts durable, or throws. What the queue does not take goes to its outbox itself: both may have it, it counts once. */
export async function put(parts: Part[], env: Env, { buffer }: Pick<Settings, "buffer">): Promise<"queue" | "outbox"> {
  if (buffer === "outbox" || !env.QUEUE) {
    await insert(parts, env);
    return "outbox";
  }
  const direct = parts.filter(({ body }) => body.length > BODY_MAX);
  const queued = parts.filter(({ body }) => body.length <= BODY_MAX);
  for (const group of groups(queued, SEND_MESSAGES, SEND_BYTES)) {
    const messages = group.map((part) => ({ body: encodePart(part), contentType: "bytes" as const }));
    try {
      const [only] = messages;
      if (messages.length === 1 && only) await env.QUEUE.send(only.body, { contentType: "bytes" });
      else await env.QUEUE.sendBatch(messages);
    } catch (error) {
      log("warn", "queue_refused", { parts: group.length, error: said(error) });
      direct.push(...group);
    }
  }
  await insert(direct, env);
  return direct.length === 0 ? "queue" : "outbox";
}

async function insert(parts: Part[], env: Env): Promise<void> {
  for (const group of groups(parts, Number.POSITIVE_INFINITY, CALL_BYTES)) {
    for (let left = TRIES - 1; ; left -= 1) {
      try {
        // a stub is of no use after it has thrown; what was inserted before is not inserted again
        await outboxOf(env, group[0]?.shard ?? 0).insert(group);
        break;
      } catch (error) {
        log("warn", "outbox_refused", { parts: group.length, error: said(error), left });
        if (left > 0) continue;
        throw new Refusal(503, { detail: "the events could not be kept: send them again" }, { "retry-after": "5" });
      }
    }
  }
}

export function* groups(parts: Part[], most: number, bytes: number): Generator<Part[]> {
  let group: Part[] = [];
  let size = 0;
  for (const part of parts) {
    const next = part.body.length + 300;
    if (group.length > 0 && (group.length === most || size + next > bytes)) {
      yield group;
      group = [];
      size = 0;
    }
    group.push(part);
    size += next;
  }
  if (group.length > 0) yield group;
}
