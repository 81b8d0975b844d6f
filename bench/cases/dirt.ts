import type { Event } from "./event.ts";
import type { Random } from "./random.ts";

/** The verdict that an event is to get, and the values that lead to it. */
export interface Made {
  verdict: "clean" | "repaired" | "refused";
  event: unknown;
}

const REPAIRED = 0.1;
const REFUSED = 0.01;

type Change = (event: Event) => unknown;

const repairs: readonly Change[] = [
  (event) => ({ ...event, timestamp: Math.floor(event.timestamp / 1000) }),
  (event) => ({ ...event, trafficTypeName: "User" }),
  (event) => ({ ...event, key: ` ${event.key} ` }),
  (event) => ({ ...event, key: event.timestamp % 1_000_000 }),
  (event) => ({ ...event, properties: { ...event.properties, nested: { deep: [1, "two"] } } }),
];

const refusals: readonly Change[] = [
  (event) => ({ ...event, eventTypeId: "page load" }),
  (event) => ({ ...event, trafficTypeName: "" }),
  (event) => ({ ...event, key: "k".repeat(251) }),
  (event) => ({ ...event, key: null }),
  (event) => ({ ...event, value: "much" }),
  (event) => ({ ...event, properties: "none" }),
];

/** Makes every tenth event one to repair, and every hundredth one to refuse. */
export function soil(random: Random, event: Event): Made {
  const at = random.unit();
  if (at < REFUSED) return { verdict: "refused", event: random.pick(refusals)(event) };
  if (at < REFUSED + REPAIRED) return { verdict: "repaired", event: random.pick(repairs)(event) };
  return { verdict: "clean", event };
}
