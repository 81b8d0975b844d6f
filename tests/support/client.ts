import { type Client, type ClientOptions, type ClientReceipt, createClient } from "split-events";
import type { Sandbox } from "split-events-sandbox";
import { onTestFinished } from "vitest";
import { startSandbox } from "./sandbox.js";

interface Started {
  sandbox: Sandbox & { endpoint: string };
  client: Client;
  options: ClientOptions;
}

/** Makes a client that sends to a sandbox of its own when it is told to. */
export async function startClient(options: Partial<ClientOptions> = {}): Promise<Started> {
  const sandbox = await startSandbox();
  const all: ClientOptions = {
    ...{ apiKey: "a-key-for-tests", endpoint: sandbox.endpoint, flushIntervalMs: 1_000_000, onRefused: () => {} },
    ...options,
  };
  const client = createClient(all);
  onTestFinished(() => client.close({ deadlineMs: 1 }).then(undefined, () => {}));
  return { sandbox, client, options: all };
}

/** Returns the counts of a receipt. */
export const sums = ({ events, accepted, refused, unknown, unsent, queued }: ClientReceipt) => ({
  ...{ events, accepted, refused, unknown, unsent, queued },
});
