import type { System } from "./case.ts";
import type { Random } from "./random.ts";

const DAY_MS = 24 * 60 * 60 * 1000;
const QUARTER_MS = 80 * DAY_MS;
const NAMES = ["Order Completed", "Product Viewed", "Cart Updated", "signup"];
const AGENTS = [
  "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36",
  "Mozilla/5.0 (iPhone; CPU iPhone OS 17_1 like Mac OS X) AppleWebKit/605.1.15",
  "Mozilla/5.0 (X11; Linux x86_64; rv:121.0) Gecko/20100101 Firefox/121.0",
];

export type Json = string | number | boolean | null | undefined | Json[] | { [name: string]: Json };
export type Record = { [name: string]: Json };

/** Makes a record as a system exports it. If it varies, members come in any order, and some are absent. */
type Message = (random: Random, now: number, varies: boolean) => Record;

export const messages: Readonly<{ [system in System]: Message }> = {
  segment: (random, now, varies) => {
    const properties = orderProperties(random, varies);
    const made = {
      ...segmentIds(random, now),
      context: context(random, varies),
      integrations: {},
      properties: varies ? shuffled(random, properties) : properties,
    };
    if (!varies) return made;
    return shuffled(random, {
      ...made,
      ...(random.chance(0.3) && { userId: undefined }),
      ...(random.chance(0.3) && { integrations: undefined }),
      ...(random.chance(0.3) && { channel: "client" }),
      ...(random.chance(0.3) && { receivedAt: iso(now) }),
    });
  },
  rudderstack: (random, now, varies) => {
    const { messageId, timestamp, ...ids } = segmentIds(random, now);
    const later = (by: number) => iso(Date.parse(timestamp) + by);
    return {
      ...ids,
      channel: "web",
      context: context(random, varies),
      integrations: { All: true },
      messageId,
      originalTimestamp: later(4000),
      receivedAt: later(900),
      request_ip: address(random),
      rudderId: uuid(random),
      sentAt: later(4100),
      timestamp,
      properties: orderProperties(random, varies),
    };
  },
  amplitude: (random, now, varies) => {
    const at = now - random.below(QUARTER_MS);
    const properties = clickProperties(random, varies);
    const made = {
      app: 123_456,
      device_id: random.hex(16),
      user_id: `acct-${random.below(1e6)}`,
      client_event_time: microseconds(at - 50),
      event_id: random.below(1e5),
      session_id: at - random.below(1e6),
      event_type: random.pick(NAMES),
      amplitude_id: random.below(2e9),
      event_properties: varies ? shuffled(random, properties) : properties,
      user_properties: { plan: random.pick(["pro", "free"]), age: random.below(80) },
      event_time: microseconds(at),
      platform: "Web",
      os_name: "Chrome",
      os_version: "120",
      device_family: "Mac OS X",
      country: random.pick(["France", "Germany", "Brazil"]),
      language: "English",
      ip_address: address(random),
      library: "amplitude-js/8.21.4",
      uuid: uuid(random),
      server_upload_time: microseconds(at + 900),
    };
    if (!varies) return made;
    return shuffled(random, {
      ...made,
      ...(random.chance(0.3) && { user_id: undefined }),
      ...(random.chance(0.3) && { city: "São Paulo" }),
      ...(random.chance(0.3) && { groups: {} }),
      ...(random.chance(0.3) && { platform: undefined }),
    });
  },
};

function segmentIds(random: Random, now: number) {
  return {
    type: "track",
    event: random.pick(NAMES),
    userId: `user-${random.below(1e6)}`,
    anonymousId: uuid(random),
    messageId: `ajs-${random.hex(24)}`,
    timestamp: iso(now - random.below(QUARTER_MS)),
  };
}

/** Some of those that vary have a list of products, which no property can be. */
function orderProperties(random: Random, varies: boolean): Record {
  return {
    revenue: varies && random.chance(0.3) ? undefined : random.below(100_000) / 100,
    currency: random.pick(["EUR", "USD", "BRL"]),
    plan: random.pick(["pro", "free"]),
    ...(varies && {
      coupon: random.chance(0.3) ? random.pick(['A "B"', "Größe", "x\\y", "SUMMER"]) : undefined,
      items: random.chance(0.3) ? random.below(9) : undefined,
      first: random.chance(0.3) ? random.chance(0.5) : undefined,
      products: random.chance(0.1)
        ? [{ sku: `a${random.below(99)}`, price: random.below(99) }, { sku: "b" }]
        : undefined,
    }),
  };
}

function clickProperties(random: Random, varies: boolean): Record {
  return {
    $revenue: varies && random.chance(0.3) ? undefined : random.below(100_000) / 100,
    source: random.pick(["ads", "mail", "direct"]),
    step: random.below(9),
    ...(varies && {
      label: random.chance(0.3) ? random.pick(['A "B"', "Größe", "zzz"]) : undefined,
      ok: random.chance(0.3) ? random.chance(0.5) : undefined,
      list: random.chance(0.1) ? [1, 2, 3] : undefined,
    }),
  };
}

function context(random: Random, varies: boolean): Record {
  const made = {
    ip: address(random),
    library: varies && random.chance(0.3) ? undefined : { name: "analytics.js", version: "2.11.1" },
    locale: "en-US",
    page: {
      path: `/p/${random.below(1e5)}`,
      referrer: "",
      search: "",
      title: `Product ${random.below(1e4)}`,
      url: `https://shop.example.com/p/${random.below(1e5)}`,
    },
    userAgent: random.pick(AGENTS),
  };
  if (!varies) return made;
  return shuffled(random, {
    ...made,
    campaign: random.chance(0.3) ? { name: `c${random.below(99)}`, source: "news" } : undefined,
    timezone: random.chance(0.3) ? "Europe/Berlin" : undefined,
  });
}

/** `JSON.stringify` leaves out members that are undefined. */
function shuffled(random: Random, record: Record): Record {
  const members = Object.entries(record);
  for (let at = members.length - 1; at > 0; at -= 1) {
    const other = random.below(at + 1);
    [members[at], members[other]] = [members[other] as [string, Json], members[at] as [string, Json]];
  }
  return Object.fromEntries(members);
}

function iso(at: number): string {
  return new Date(at).toISOString();
}

/** As Amplitude exports times: 2026-11-20 08:15:30.250000. */
function microseconds(at: number): string {
  return iso(at).replace("T", " ").replace("Z", "000");
}

function address(random: Random): string {
  return Array.from({ length: 4 }, () => random.below(255)).join(".");
}

function uuid(random: Random): string {
  return `${random.hex(8)}-${random.hex(4)}-4${random.hex(3)}-8${random.hex(3)}-${random.hex(12)}`;
}
