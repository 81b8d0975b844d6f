import { errorText, log } from "../log.js";
import { BODY_MAX, encodePart, type Part, writeParts } from "../part.js";
import { Refusal } from "../problem.js";
import type { Settings } from "../settings.js";
import type { Env } from "./env.js";
import { outboxOf } from "./objects.js";
import type { Kept, WholeRequest } from "./requests.js";

/** The most that one `sendBatch` takes, with room for what the queue adds. */
const SEND_MESSAGES = 100;
const SEND_BYTES = 250_000;
/** The most bytes that are passed as arguments of a call, which may have 32 MiB. More goes as a stream. */
const CALL_BYTES = 8_000_000;
/** About the bytes that a part's head takes beside its body. */
const HEAD_BYTES = 300;
const TRIES = 3;
const AGAIN_MS = 50;

export type Put = { by: "queue"; state: "kept"; notKept: 0 } | ({ by: "outbox" } & Kept);

/**
 * Keeps the whole request durably, or no part of it. The queue takes a request that fits into one send and cannot be a
 * repeat; any other goes to its shard, in one call.
 */
export async function put(request: WholeRequest, parts: Part[], env: Env, settings: Settings): Promise<Put> {
  // a request without events has only its name to keep, and this name never comes again
  if (parts.length === 0 && request.request.startsWith("r")) return { by: "outbox", state: "kept", notKept: 0 };
  if (settings.buffer === "queue" && env.QUEUE && request.request.startsWith("r") && fitsOneSend(parts)) {
    try {
      await send(env.QUEUE, parts);
      return { by: "queue", state: "kept", notKept: 0 };
    } catch (error) {
      // the queue may have taken them all the same: the shard knows them by their names
      log("warn", "queue_refused", { request: request.request, parts: parts.length, error: errorText(error) });
      return { by: "outbox", ...(await keep({ ...request, queued: true }, parts, env)) };
    }
  }
  return { by: "outbox", ...(await keep(request, parts, env)) };
}

async function send(queue: Queue, parts: readonly Part[]): Promise<void> {
  const messages = parts.map((part) => ({ body: encodePart(part), contentType: "bytes" as const }));
  const [only] = messages;
  if (messages.length === 1 && only) await queue.send(only.body, { contentType: "bytes" });
  else if (messages.length > 0) await queue.sendBatch(messages);
}

async function keep(request: WholeRequest, parts: Part[], env: Env): Promise<Kept> {
  const kept = await withRetries(request, () => call(request, parts, env));
  if (kept) return kept;
  // the last call may have kept the request, or may still do so
  const withdrawn = await withRetries(request, () => outboxOf(env, request.shard).withdraw(request));
  if (withdrawn) return { state: "withdrawn" };
  const detail =
    "it is not known whether the events were kept: send them again only with the same Idempotency-Key; the Worker's " +
    "operator can see whether they were kept";
  throw new Refusal(500, { detail });
}

/** Repeats a call that fails: a shard answers the same request the same. Returns `undefined` if all tries fail. */
async function withRetries<T>({ shard, request }: WholeRequest, ask: () => Promise<T>): Promise<T | undefined> {
  for (let left = TRIES - 1; left >= 0; left -= 1) {
    try {
      return await ask();
    } catch (error) {
      log("warn", "outbox_failed", { shard, request, error: errorText(error), left });
      // the next call meets a new object
      if (left > 0) await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
    }
  }
  return undefined;
}

/** Calls the shard with a stub of its own: one that has thrown cannot be used again. */
async function call(request: WholeRequest, parts: Part[], env: Env): Promise<Kept> {
  const outbox = outboxOf(env, request.shard);
  if (bytesOf(parts) <= CALL_BYTES) return outbox.keep(request, parts);
  const { readable, writable } = new IdentityTransformStream();
  // the shard does not read the stream of a request that it does not take
  const [kept] = await Promise.all([outbox.keep(request, readable), writeParts(parts, writable).catch(() => {})]);
  return kept;
}

function fitsOneSend(parts: readonly Part[]): boolean {
  const fits = parts.length <= SEND_MESSAGES && bytesOf(parts) <= SEND_BYTES;
  return fits && parts.every(({ body }) => body.length <= BODY_MAX);
}

function bytesOf(parts: readonly Part[]): number {
  return parts.reduce((sum, { body }) => sum + body.length + HEAD_BYTES, 0);
}

/** Divides parts into groups that fit into the arguments of one call. */
export function* groups(parts: readonly Part[]): Generator<Part[]> {
  let group: Part[] = [];
  for (const part of parts) {
    if (group.length > 0 && bytesOf([...group, part]) > CALL_BYTES) {
      yield group;
      group = [];
    }
    group.push(part);
  }
  if (group.length > 0) yield group;
}
