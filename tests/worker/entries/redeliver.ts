import worker, { type Env } from "split-events/worker";
import { lines } from "./logs.js";

export { EventOutbox, EventPace } from "split-events/worker";

/** Hands messages to the Worker as a queue does, `split-events` by default, and answers what became of each. */
async function redeliver(request: Request, env: Env): Promise<Response> {
  const given = (await request.json()) as { id: string; body: string; timestamp?: number }[];
  const acked: string[] = [];
  const retried: string[] = [];
  const messages = given.map(({ id, body, timestamp }) => ({
    id,
    timestamp: new Date(timestamp ?? Date.now()),
    attempts: 2,
    body: Uint8Array.from(atob(body), (char) => char.charCodeAt(0)).buffer,
    ack: () => void acked.push(id),
    retry: () => void retried.push(id),
  }));
  const queue = new URL(request.url).searchParams.get("queue") ?? "split-events";
  const batch = { queue, messages, ackAll() {}, retryAll() {} };
  await worker.queue(batch as unknown as MessageBatch, env);
  return Response.json({ acked, retried });
}

/** Makes a message a dead letter, like a version that cannot read it. */
async function bury(request: Request, env: Env): Promise<Response> {
  const given = (await request.json()) as { request: string; body: string };
  const body = Uint8Array.from(atob(given.body), (char) => char.charCodeAt(0));
  const part = { shard: 0, request: given.request, at: Date.now(), part: 0, client: "", events: 0, body };
  await env.OUTBOX.getByName("shard-0").bury([{ part, kind: "message", why: "message_unreadable" }]);
  return Response.json({});
}

const routes = new Map<string, (request: Request, env: Env) => Promise<Response>>([
  ["/redeliver", redeliver],
  ["/bury", bury],
  ["/logs", async () => Response.json(lines)],
]);

export default {
  fetch: (request, env) => (routes.get(new URL(request.url).pathname) ?? worker.fetch)(request, env),
  queue: (batch, env) => worker.queue(batch, env),
} satisfies ExportedHandler<Env>;
