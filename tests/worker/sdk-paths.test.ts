import { SplitFactory } from "@splitsoftware/splitio";
import { expect, onTestFinished, test } from "vitest";
import { account } from "./account.js";
import { KEY, useWorker } from "./support.js";

const given = useWorker({ vars: { SHARDS: 1 } });

interface NodeClient {
  on(event: string, told: () => void): void;
  Event: Record<"SDK_READY" | "SDK_READY_TIMED_OUT", string>;
  getTreatment(key: string, flag: string): string;
  track(key: string, trafficType: string, eventType: string, value: number): boolean;
  destroy(): Promise<void>;
}

test("an SDK with all its urls set to this Worker logs that it has no flags, never gets ready, and its events arrive", async () => {
  const said: string[] = [];
  const log = console.log;
  console.log = (...words: unknown[]) => void said.push(words.join(" "));
  onTestFinished(() => {
    console.log = log;
  });
  const worker = `${given.worker.url.origin}/api`;
  const factory = SplitFactory({
    core: { authorizationKey: KEY },
    urls: { sdk: worker, auth: worker, streaming: worker, telemetry: worker, events: worker },
    startup: { readyTimeout: 2, retriesOnFailureBeforeReady: 0 },
    debug: "WARN",
  } as unknown as Parameters<typeof SplitFactory>[0]);
  const client = factory.client() as unknown as NodeClient;
  let isReady = false;
  client.on(client.Event.SDK_READY, () => {
    isReady = true;
  });
  const timedOut = new Promise<void>((resolve) => client.on(client.Event.SDK_READY_TIMED_OUT, resolve));
  const keys = Array.from({ length: 20 }, (_, number) => `lost-sdk-${number}`);
  for (const key of keys) expect(client.track(key, "user", "page_load", 1)).toBe(true);
  await timedOut;
  expect(isReady).toBe(false);
  expect(client.getTreatment("a", "flag")).toBe("control");
  await client.destroy();
  console.log = log;
  await given.worker.admin.settled(keys.length);
  expect(await account(keys, given.sandbox, given.worker.admin)).toMatchObject({ accepted: keys.length });
  expect(said.join("\n")).toMatch(/splitChanges.*404|404.*splitChanges/);
});
