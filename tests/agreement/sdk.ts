import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const { trackMethodFactory } = require("@splitsoftware/splitio-commons/cjs/sdkClient/trackMethod.js");

let tracked: Record<string, unknown> | undefined;
const silent = () => {};
/** The official SDK's own `track`, with all of its validators; what it would queue is caught. */
const track = trackMethodFactory(
  {
    settings: { log: { error: silent, warn: silent, info: silent, debug: silent }, mode: "standalone" },
    storage: { definitions: {} },
    telemetryTracker: { trackEval: () => silent },
    eventTracker: {
      track(event: Record<string, unknown>) {
        tracked = event;
        return true;
      },
    },
    sdkReadinessManager: { readinessManager: { isDestroyed: () => false } },
  },
  false,
);

/** What the SDK would send of an event, as JSON values and without the timestamp that it makes up; nothing if it refuses. */
export function bySdk(event: unknown): Record<string, unknown> | undefined {
  if (typeof event !== "object" || event === null) return undefined;
  const { key, trafficTypeName, eventTypeId, value, properties } = event as Record<string, unknown>;
  tracked = undefined;
  track(key, trafficTypeName, eventTypeId, value, properties);
  if (tracked === undefined) return undefined;
  const { timestamp, ...sent } = JSON.parse(JSON.stringify(tracked));
  return sent;
}
