import type { System } from "../cases/case.ts";
import type { Property } from "../cases/event.ts";
import { Batches, lines } from "./judged.ts";
import type { Pipeline } from "./pipeline.ts";
import { validated } from "./validated.ts";

/** A message of Segment or RudderStack. */
interface Message {
  type?: unknown;
  event?: unknown;
  userId?: unknown;
  anonymousId?: unknown;
  timestamp?: string;
  originalTimestamp?: string;
  properties?: Record<string, unknown>;
}

/** A line of Amplitude's export. */
interface Exported {
  event_type?: unknown;
  user_id?: unknown;
  device_id?: unknown;
  event_time?: string;
  event_properties?: Record<string, unknown>;
  platform?: Property;
  country?: Property;
}

/** Maps records as a program does that is written for one system: the same events as the preset of that system. */
export const byHand: Pipeline = ({ bytes, form }, take) => {
  const map = maps[form as System] as (record: unknown) => unknown;
  const batches = new Batches(take);
  for (const record of lines(new TextDecoder().decode(bytes))) {
    const event = map(record);
    if (event !== undefined) batches.add(validated(event));
  }
  batches.finish();
};

const maps = { segment: ofMessage, rudderstack: ofMessage, amplitude: ofExported };

function ofMessage(record: Message) {
  if (record.type !== "track") return undefined;
  const { properties } = record;
  const event: Record<string, unknown> = {
    eventTypeId: cleaned(record.event),
    trafficTypeName: "user",
    key: record.userId || record.anonymousId,
    timestamp: Date.parse(record.timestamp ?? (record.originalTimestamp as string)),
  };
  if (properties?.revenue !== undefined) event.value = properties.revenue;
  if (properties !== undefined) {
    event.properties = typeof properties === "object" ? scalars(properties, "revenue") : properties;
  }
  return event;
}

function ofExported(record: Exported) {
  const { event_type: name, event_properties: properties = {}, platform, country } = record;
  if (name === "$identify" || name === "$groupidentify") return undefined;
  const mapped = scalars(properties, "$revenue");
  if (platform !== undefined) mapped.platform = platform;
  if (country !== undefined) mapped.country = country;
  const event: Record<string, unknown> = {
    eventTypeId: cleaned(name),
    trafficTypeName: "user",
    key: record.user_id || record.device_id,
    timestamp: Date.parse(`${record.event_time?.replace(" ", "T").slice(0, 23)}Z`),
    properties: mapped,
  };
  if (properties.$revenue !== undefined) event.value = properties.$revenue;
  return event;
}

function cleaned(name: unknown): unknown {
  return typeof name === "string" ? name.replace(/[^-_.:a-zA-Z0-9]/g, "_") : name;
}

/** Copies properties but one; what no property can be becomes null. */
function scalars(properties: Record<string, unknown>, but: string): Record<string, Property> {
  const made: Record<string, Property> = {};
  for (const name in properties) {
    if (name === but) continue;
    const value = properties[name];
    made[name] = typeof value === "object" ? null : (value as Property);
  }
  return made;
}
