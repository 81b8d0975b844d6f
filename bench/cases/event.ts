import type { Random } from "./random.ts";

export type Property = string | number | boolean | null;

/** A clean event. Its fields are in the order in which they are written. */
export interface Event {
  eventTypeId: string;
  trafficTypeName: string;
  key: string;
  timestamp: number;
  value?: number;
  properties?: Record<string, Property>;
}

const MONTH_MS = 30 * 24 * 60 * 60 * 1000;
const EVENT_TYPES = ["page_load", "page_view", "cart.add", "cart.remove", "checkout_started", "order-paid", "signup"];
const TRAFFIC_TYPES = ["user", "account", "anonymous"];
const WORDS = ["alpha", "beta", "checkout", "desktop", "enterprise", "France", "Germany", "home page", "mobile", "pro"];
const FOREIGN_WORDS = ["Österreich", "Ελλάδα", "日本語のページ", "Москва", "café crème", "naïve 😀", "한국어"];
const SEVERAL = ["country", "amount", "plan", "premium"];
const MANY = [
  ...["country", "amount", "plan", "premium", "device", "items", "page", "returning", "browser", "duration"],
  ...["campaign", "loggedIn", "language", "discount", "referrer", "consent", "experiment", "score", "region", "beta"],
];
const VARIED = Array.from({ length: 500 }, (_, number) => `attribute_${number * 7919}`);

/** The shape of the events of a case. */
export interface Look {
  /** Returns the names of an event's properties. */
  names: (random: Random) => readonly string[];
  /** The share of strings with characters beyond ASCII. */
  foreign: number;
  /** The share of events without `value`, and also of those without `properties`. */
  absent: number;
}

export const four: Look = { names: () => SEVERAL, foreign: 0, absent: 0 };
export const twenty: Look = { names: () => MANY, foreign: 0, absent: 0 };
export const foreign: Look = { names: () => SEVERAL, foreign: 0.3, absent: 0 };
export const varied: Look = { names: subset, foreign: 0, absent: 0.1 };

/** Returns an event in the month before `now`. */
export function event(random: Random, look: Look, now: number): Event {
  const base = {
    eventTypeId: random.pick(EVENT_TYPES),
    trafficTypeName: random.pick(TRAFFIC_TYPES),
    key: key(random, look),
    timestamp: now - random.below(MONTH_MS),
  };
  return {
    ...base,
    ...(!random.chance(look.absent) && { value: amount(random) }),
    ...(!random.chance(look.absent) && { properties: properties(random, look) }),
  };
}

function key(random: Random, look: Look): string {
  const id = `${random.hex(8)}-${random.hex(4)}-${random.hex(12)}`;
  return random.chance(look.foreign) ? `${random.pick(FOREIGN_WORDS)}-${id}` : id;
}

function amount(random: Random): number {
  return random.below(100_000) / 100;
}

/** Makes properties. A name has values of one type, by its place in the list, or now and then null. */
function properties(random: Random, look: Look): Record<string, Property> {
  return Object.fromEntries(look.names(random).map((name, at) => [name, property(random, look, at)]));
}

function property(random: Random, look: Look, at: number): Property {
  if (random.chance(0.02)) return null;
  if (at % 4 === 1) return amount(random);
  if (at % 4 === 3) return random.chance(0.5);
  return random.pick(random.chance(look.foreign) ? FOREIGN_WORDS : WORDS);
}

function subset(random: Random): readonly string[] {
  return [...new Set(Array.from({ length: 2 + random.below(12) }, () => random.pick(VARIED)))];
}
