const EVENT = { eventTypeId: "page_load", trafficTypeName: "user" };

/** Three clean events, one that is repaired, and one that is refused. */
function lines(name) {
  const event = { ...EVENT, timestamp: Date.now() - 60_000 }; // made here, since workerd's clock is 0 outside of requests
  const events = [0, 1, 2].map((value) => ({ ...event, key: `${name}-${value}`, value }));
  events.push({ ...event, key: `${name}-repaired`, value: "3" }, { ...event, key: "", value: 4 });
  return events.map((event) => `${JSON.stringify(event)}\n`).join("");
}

/**
 * Checks, sends, batches and tracks. Returns what came of it.
 *
 * @param {typeof import("split-events")} api
 * @param {string} endpoint
 */
export async function job({ Batcher, check, createClient, send, submit }, endpoint) {
  const options = { apiKey: "a-key", endpoint };
  const report = await check(lines("checked"));
  const receipt = await send(lines("sent"), options);

  const batcher = new Batcher();
  const outcomes = [];
  for (const batch of [...batcher.push(lines("batched")), ...batcher.finish()]) {
    outcomes.push(await submit(batch, options));
  }

  const client = createClient(options);
  client.track({ ...EVENT, timestamp: Date.now(), key: "tracked", value: 1 });
  const total = await client.close();

  return {
    report: pick(report, ["events", "clean", "repaired", "refused"]),
    codes: report.issues.map(({ code }) => code),
    receipt: pick(receipt, ["events", "accepted", "refused", "unknown", "unsent"]),
    batches: outcomes.map(({ state }) => state),
    client: pick(total, ["events", "accepted", "refused", "unknown", "unsent"]),
  };
}

/** Uses what is synchronous, before anything was awaited. */
export function atOnce({ Batcher, codes }) {
  if (codes().length < 50) throw new Error("codes() returns too few codes");
  new Batcher().push(lines("at-once"));
}

function pick(from, names) {
  return Object.fromEntries(names.map((name) => [name, from[name]]));
}
