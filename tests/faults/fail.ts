import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { Receipt } from "split-events";
import { events, ndjson } from "../support/events.ts";
import type { Failing } from "./failures.ts";
import type { Place } from "./places/place.ts";
import type { Somewhere } from "./somewhere.ts";

export interface Failed {
  receipt: Receipt;
  seen: ReturnType<Somewhere["seen"]>;
}

const POLL_MS = 5;
const PATIENCE_MS = 10_000;

/** Sends one batch with one attempt. */
export async function fail(failing: Failing, place: Place): Promise<Failed> {
  const somewhere = await failing.open();
  const notice = failing.cut && (await noticeOf(() => somewhere.seen().taken > 0));
  try {
    const { events: count, bytes } = failing.load ?? { events: 2, bytes: 0 };
    const { receipt } = await place.perform({
      input: ndjson(events(count, { properties: filling(bytes) })),
      options: {
        endpoint: somewhere.endpoint,
        maxBytes: 10_000_000,
        timeoutMs: 20_000,
        retry: { attempts: 1 },
        ...failing.options,
      },
      ...(notice && { cutWhen: notice.url }),
    });
    if (failing.leaves) await until(() => somewhere.seen().left);
    return { receipt, seen: somewhere.seen() };
  } finally {
    notice?.close();
    await somewhere.close();
  }
}

const VALUE = "x".repeat(250);

const filling = (bytes: number) =>
  Object.fromEntries(Array.from({ length: bytes / VALUE.length }, (_, i) => [`p${i}`, VALUE]));

/** Waits until the condition holds, for a limited time. The assertions that follow decide. */
async function until(holds: () => boolean): Promise<void> {
  const last = Date.now() + PATIENCE_MS;
  while (!holds() && Date.now() < last) await sleep(POLL_MS);
}

/** Returns an address that answers once the condition holds. */
async function noticeOf(holds: () => boolean): Promise<{ url: string; close(): void }> {
  const server = createServer(async (_, response) => {
    await until(holds);
    response.writeHead(204, { "access-control-allow-origin": "*", connection: "close" }).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
