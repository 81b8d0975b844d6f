import { createClient, ModuleError } from "split-events";
import { failModule } from "split-events/internal/debug";

let endpoint = "";

/** One for the whole isolate, made where there is neither randomness nor a clock. */
const client = createClient({
  apiKey: "a-key-for-tests",
  endpoint: "http://events.test/api/events/bulk",
  maxEvents: 10,
  fetch: (_address, init) => fetch(endpoint, init),
});

/**
 * Tracks `COUNT` events, answers at once, and sends them afterwards: `/?to=ENDPOINT&from=NUMBER&count=COUNT`. With
 * `&fail=1` the module fails in the middle of them.
 */
export default {
  async fetch(request: Request, _env: unknown, context: { waitUntil(promise: Promise<unknown>): void }) {
    const { searchParams } = new URL(request.url);
    endpoint = searchParams.get("to") as string;
    const [from, count] = [Number(searchParams.get("from")), Number(searchParams.get("count"))];
    const verdicts: string[] = [];
    for (let at = from; at < from + count; at += 1) {
      if (searchParams.has("fail") && at === from + 3) fail();
      const event = { eventTypeId: "page_load", trafficTypeName: "user", key: `user-${at}`, timestamp: Date.now() };
      verdicts.push(client.track(event).verdict);
    }
    client.waitUntil(context);
    return Response.json(verdicts);
  },
};

function fail(): void {
  try {
    failModule();
  } catch (error) {
    if (!(error instanceof ModuleError)) throw error;
  }
}
