import { createRequire } from "node:module";

const { SplitFactory } = createRequire(import.meta.url)(
  "@splitsoftware/splitio",
) as typeof import("@splitsoftware/splitio");

export interface Tracked {
  eventTypeId: string;
  trafficTypeName: string;
  key: string;
  timestamp: number;
  value: number;
  properties: Record<string, string | number | boolean>;
}

export interface Sdk {
  track(events: readonly Tracked[]): Promise<void>;
  stop(): Promise<void>;
}

/** Starts the official SDK with its default queue of 500 events, which is posted as soon as it is full. */
export async function startSdk(url: string): Promise<Sdk> {
  const factory = SplitFactory({
    core: { authorizationKey: "a-key-for-the-bench" },
    mode: "standalone",
    urls: { sdk: `${url}/api`, events: `${url}/api`, auth: `${url}/api`, telemetry: `${url}/api` },
    streamingEnabled: false,
    scheduler: { eventsQueueSize: 500, eventsPushRate: 60, featuresRefreshRate: 1000, telemetryRefreshRate: 3600 },
    startup: { eventsFirstPushWindow: 0 },
    debug: "NONE",
  });
  const client = factory.client();
  await client.ready();
  return {
    async track(events) {
      for (const { key, trafficTypeName, eventTypeId, value, properties } of events) {
        client.track(key, trafficTypeName, eventTypeId, value, properties);
      }
    },
    async stop() {
      await client.destroy();
    },
  };
}
