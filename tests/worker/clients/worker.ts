import { createClient } from "split-events";

let endpoint = "";

/** One for the whole isolate, made where there is neither randomness nor a clock. */
const client = createClient({
  apiKey: "a-key-for-tests",
  endpoint: "http://events.test/api/events/bulk",
  maxEvents: 10,
  fetch: (_address, init) => fetch(endpoint, init),
});

/** Tracks `COUNT` events, answers at once, and sends them afterwards: `/?to=ENDPOINT&from=NUMBER&count=COUNT`. */
export default {
  async fetch(request: Request, _env: unknown, context: { waitUntil(promise: Promise<unknown>): void }) {
    const { searchParams } = new URL(request.url);
    endpoint = searchParams.get("to") as string;
    const [from, count] = [Number(searchParams.get("from")), Number(searchParams.get("count"))];
    const verdicts: string[] = [];
    for (let at = from; at < from + count; at += 1) {
      const event = { eventTypeId: "page_load", trafficTypeName: "user", key: `user-${at}`, timestamp: Date.now() };
      verdicts.push(client.track(event).verdict);
    }
    client.waitUntil(context);
    return Response.json(verdicts);
  },
};
