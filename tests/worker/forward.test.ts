import { expect, test, vi } from "vitest";
import { event, events } from "../support/events.js";
import { EXAMPLE, KEY, useWorker, Worker } from "./support.js";

const given = useWorker();

test("the documentation's two events arrive with their timestamps repaired", async () => {
  const { status, headers, json } = await given.worker.post(EXAMPLE);
  expect(status).toBe(202);
  expect(headers.get("content-type")).toBe("application/json");
  expect(json).toMatchObject({ events: 2, repaired: 2, accepted: 2, refused: 0, unknown: 0, unsent: 0 });
  expect(json.issueCounts).toEqual({ timestamp_string: 2, timestamp_seconds: 2, timestamp_old: 2 });
  expect(given.sandbox.ledger().map(({ event }) => event)).toEqual([
    expect.objectContaining({ key: "Liam", timestamp: 1645557823000, properties: { country: "CA" } }),
    expect.objectContaining({ key: "Ava", timestamp: 1645557824000, properties: { country: "CA" } }),
  ]);
});

test("a refused event is told and not sent, the others are", async () => {
  const sent = [event(0), event(1, { eventTypeId: "no spaces please" }), event(2)];
  const { status, json } = await given.worker.post(sent);
  expect(status).toBe(202);
  expect(json).toMatchObject({ events: 3, accepted: 2, refused: 1, refusedBy: { check: 1, service: 0 } });
  expect(json.issues).toContainEqual(expect.objectContaining({ code: "event_type_id_invalid", index: 1 }));
  expect(given.sandbox.ledger().map(({ event }) => event)).toEqual([sent[0], sent[2]]);
});

test("a body of many events leaves in batches within the caps, the first before the body has ended", async () => {
  const sent = events(5000);
  const bytes = new TextEncoder().encode(JSON.stringify(sent));
  const half = bytes.length / 2;
  async function* body() {
    for (let at = 0; at < half; at += 7001) yield bytes.subarray(at, Math.min(at + 7001, half));
    await vi.waitFor(() => expect(given.sandbox.ledger()).not.toEqual([]), { timeout: 10_000 });
    yield bytes.subarray(half);
  }
  const { status, json } = await given.worker.ask({ body: streamOf(body()) });
  expect(status).toBe(202);
  expect(json).toMatchObject({ events: 5000, clean: 5000, accepted: 5000, complete: true });

  const posts = given.sandbox.posts();
  expect(posts).toHaveLength(10);
  expect(posts.filter(({ events, bytes }) => events === null || events > 500 || bytes > 1_000_000)).toEqual([]);
  const keys = given.sandbox.ledger().map(({ event }) => (event as { key: string }).key);
  expect(keys.toSorted()).toEqual(sent.map(({ key }) => key).toSorted());
});

test("without UPSTREAM events go to the service's own address, with the client's key and no other header", async () => {
  const seen: { url: string; headers: Record<string, string> }[] = [];
  const outboundService = async (request: Request) => {
    seen.push({ url: request.url, headers: Object.fromEntries(request.headers) });
    return new Response(null, { status: 202 });
  };
  const worker = await Worker.start({ dev: { outboundService } });
  try {
    const { status } = await worker.ask({ headers: { authorization: `Bearer ${KEY}`, "x-more": "1" }, body: EXAMPLE });
    expect(status).toBe(202);
  } finally {
    await worker.dispose();
  }
  expect(seen).toHaveLength(1);
  expect(seen[0]?.url).toBe("https://events.split.io/api/events/bulk");
  expect(seen[0]?.headers).toMatchObject({ authorization: `Bearer ${KEY}`, "content-type": "application/json" });
  expect(seen[0]?.headers).not.toHaveProperty("x-more");
});

function streamOf(chunks: AsyncGenerator<Uint8Array>): ReadableStream<Uint8Array> {
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await chunks.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
  });
}
