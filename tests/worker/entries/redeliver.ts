import worker, { type Env } from "split-events/worker";

export { EventOutbox, EventPace } from "split-events/worker";

/** Messages as a queue hands them over, `split-events` unless another is named, with what became of each. */
async function redeliver(request: Request, env: Env): Promise<Response> {
  const given = (await request.json()) as { id: string; body: string }[];
  const acked: string[] = [];
  const retried: string[] = [];
  const messages = given.map(({ id, body }) => ({
    id,
    timestamp: new Date(),
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

export default {
  fetch: (request, env) =>
    new URL(request.url).pathname === "/redeliver" ? redeliver(request, env) : worker.fetch(request, env),
  queue: (batch, env) => worker.queue(batch, env),
} satisfies ExportedHandler<Env>;
