import {
  validateEvent,
  validateEventProperties,
  validateEventValue,
  validateKey,
  validateTrafficType,
} from "@splitsoftware/splitio-commons/esm/utils/inputValidation/index.js";
import { judged } from "./judged.ts";
import { milliseconds } from "./timestamp.ts";

const log = { warn: () => {}, error: () => {} };

/** Calls the five validators in the order of the SDK's `track()`. */
export const sdk = judged((event) => {
  const came = event as Record<string, unknown>;
  const key = validateKey(log, came.key, "track");
  const trafficTypeName = validateTrafficType(log, came.trafficTypeName, "track");
  const eventTypeId = validateEvent(log, came.eventTypeId, "track");
  const value = validateEventValue(log, came.value, "track");
  const { properties } = validateEventProperties(log, came.properties, "track");
  const timestamp = milliseconds(came.timestamp);
  const good = key && trafficTypeName && eventTypeId && value !== false && properties !== false && timestamp;
  return good ? { eventTypeId, trafficTypeName, key, timestamp, value, properties } : undefined;
});
