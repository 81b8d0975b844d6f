import type { Event, Property } from "./event.ts";
import type { Random } from "./random.ts";

const QUARTER_MS = 80 * 24 * 60 * 60 * 1000;
const EVENT_TYPES = ["checkout.done", "page_view", "add-to-cart", "signup.completed.with.long.name", "x", "search"];
const TRAFFIC_TYPES = ["user", "account", "anonymous"];
const COUNTRIES = ["DE", "FR", "BR"];

/** Makes the event of a row from its number. */
export type Row = (random: Random, at: number, now: number) => Event;

/** Every twentieth note has quotes and a comma. */
export const plain: Row = (_, at, now) => ({
  ...start(at, now),
  properties: {
    country: COUNTRIES[at % 3] as string,
    plan: at % 3 === 0 ? "pro" : "free",
    note: at % 20 === 0 ? 'a, "quoted" note' : `plain ${at % 9}`,
  },
});

export const cyrillic: Row = (_, at, now) => ({
  ...start(at, now),
  properties: {
    country: ["Россия", "Беларусь", "Україна"][at % 3] as string,
    plan: at % 3 === 0 ? "про" : "бесплатный",
    note: at % 20 === 0 ? 'а, "цитата" тут' : `простой ${at % 9}`,
  },
});

/** Values, countries, plans and notes may be absent. An eighth of the notes have quotes or letters beyond ASCII. */
export const varied: Row = (random, _, now) => {
  const properties: Record<string, Property> = {
    ...(random.chance(0.8) && { country: random.pick([...COUNTRIES, "United States"]) }),
    ...(random.chance(0.7) && { plan: random.pick(["free", "pro", "enterprise", true, 3]) }),
    ...note(random),
  };
  return {
    eventTypeId: random.pick(EVENT_TYPES),
    trafficTypeName: random.pick(TRAFFIC_TYPES),
    key: random.chance(0.5) ? `u${random.below(1e6)}` : `${random.hex(8)}-${random.hex(8)}-${random.hex(8)}`,
    timestamp: now - random.below(QUARTER_MS),
    ...(random.chance(0.8) && { value: random.chance(0.4) ? random.below(1000) : random.below(1e6) / 100 }),
    ...(Object.keys(properties).length > 0 && { properties }),
  };
};

function start(at: number, now: number) {
  return {
    eventTypeId: "checkout.done",
    trafficTypeName: "user",
    key: `u-${(at * 7919) % 1_000_003}`,
    timestamp: now - at * 13,
    value: (at % 997) / 8 + 0.0625,
  };
}

function note(random: Random): Record<string, Property> {
  const share = random.unit();
  if (share < 0.05) return { note: 'says "hi", and more' };
  if (share < 0.12) return { note: `Größe ${random.below(50)}` };
  if (share < 0.17) return { note: random.below(100_000) };
  if (share < 0.2) return { note: random.below(10_000) / 100 };
  if (share < 0.22) return { note: "007" };
  if (share < 0.4) return {};
  if (share < 0.5) return { note: `a considerably longer note that goes on for a while ${random.below(1e6)}` };
  return { note: `note ${random.below(1e6)}` };
}
