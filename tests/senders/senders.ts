import { readFileSync } from "node:fs";

export interface Tracked {
  event: string;
  key: string;
  time: number;
  value?: number | undefined;
  properties: Record<string, unknown>;
}

export interface Sent {
  eventTypeId: string;
  trafficTypeName: string;
  key: string;
  timestamp: number;
  value?: number | undefined;
  properties: Record<string, unknown>;
}

/** One SDK that sends the events of `tracked.json`. */
export interface Sender {
  /** The program is `send.mjs` for Node, `send.py` for Python, `send-browser.mjs` for a page. */
  language: "node" | "python" | "browser";
  /** Its name in the program. */
  sdk: string;
  /** The preset that reads its bodies; none if they are events of the service. */
  preset: string | null;
  /** How many records no event is made of. */
  skipped: number;
  /** Returns the event that an event of `tracked.json` is to become. */
  become: (one: Tracked) => Partial<Sent> | undefined;
  /** What the SDK is told to send behind them. */
  further?: Partial<Sent>[];
  /** The SDK takes the time of the call, which is in the body under this name. */
  ownTime?: string;
  /** The whole list is sent as often as this. */
  times?: number;
  /** The bodies have no signs of the preset. */
  recognised?: false;
  /** The SDK adds properties of its own, which are not compared. */
  adds?: true;
}

const withAmount = ({ value, properties }: Tracked) => ({
  properties: value === undefined ? properties : { ...properties, amount: value },
  value: undefined,
});
const asItIs = () => ({});
/** Pages have one user. */
const ofAva = () => ({ key: "ava" });
const structured = ({ event, properties }: Tracked) => ({
  properties: {
    category: "shop",
    label: properties.plan ?? properties.currency ?? properties.title,
    property: "p",
  },
  eventTypeId: name(event),
});

export const senders: readonly Sender[] = [
  { language: "node", sdk: "segment", preset: "segment-batch", skipped: 2, become: asItIs },
  { language: "python", sdk: "segment", preset: "segment-batch", skipped: 1, become: asItIs },
  { language: "node", sdk: "rudderstack", preset: "rudderstack-batch", skipped: 1, become: asItIs },
  { language: "node", sdk: "mixpanel", preset: "mixpanel", skipped: 0, become: withAmount },
  { language: "python", sdk: "mixpanel", preset: "mixpanel", skipped: 0, become: withAmount },
  {
    language: "node",
    sdk: "snowplow",
    preset: "snowplow",
    // the self-describing event, as base64 and as text
    skipped: 2,
    become: (one) => (one.event === "Signed Up" ? undefined : structured(one)),
    times: 2,
  },
  { language: "python", sdk: "snowplow", preset: "snowplow", skipped: 0, become: structured },
  { language: "node", sdk: "mparticle", preset: "mparticle", skipped: 0, become: withAmount },
  {
    language: "node",
    sdk: "amplitude",
    preset: "amplitude-http",
    skipped: 1,
    become: ({ value, properties }) =>
      value === undefined
        ? {}
        : {
            eventTypeId: "revenue_amount",
            properties: { ...properties, $productId: "", $quantity: 1, $price: 0 },
          },
  },
  { language: "node", sdk: "posthog", preset: "posthog-batch", skipped: 1, become: withAmount },
  {
    language: "node",
    sdk: "cloudevents",
    preset: "cloudevents",
    skipped: 0,
    become: (one) => ({ ...withAmount(one), properties: { ...withAmount(one).properties, source: "/shop" } }),
  },
  {
    language: "node",
    sdk: "launchdarkly",
    preset: "launchdarkly",
    skipped: 4,
    become: asItIs,
    further: [{ eventTypeId: "multi", key: "ava", value: 7, properties: { plan: "gold" } }],
    ownTime: "creationDate",
  },
  { language: "node", sdk: "statsig", preset: "statsig", skipped: 1, become: asItIs },
  {
    language: "node",
    sdk: "openfeature",
    preset: "openfeature",
    skipped: 0,
    become: ({ properties }) => ({ properties: { ...properties, plan: properties.plan ?? "gold" } }),
    ownTime: "timestamp",
  },
  { language: "browser", sdk: "segment", preset: "segment", skipped: 1, become: ofAva },
  {
    language: "browser",
    sdk: "mixpanel",
    preset: "mixpanel",
    skipped: 1,
    become: (one) => ({ ...withAmount(one), ...ofAva() }),
    ownTime: "time",
    adds: true,
  },
  {
    language: "browser",
    sdk: "posthog",
    preset: "posthog-batch",
    skipped: 1,
    become: (one) => ({ ...withAmount(one), ...ofAva() }),
    adds: true,
  },
  { language: "browser", sdk: "amplitude", preset: "amplitude-http", skipped: 0, become: ofAva, adds: true },
  {
    language: "browser",
    sdk: "snowplow",
    preset: "snowplow",
    skipped: 0,
    become: (one) => ({ ...structured(one), ...ofAva() }),
    adds: true,
  },
  {
    language: "browser",
    sdk: "rum",
    preset: "rum-agent",
    recognised: false,
    skipped: 0,
    become: (one) => ({ ...ofAva(), eventTypeId: `split.rum.${name(one.event)}` }),
    ownTime: "timestamp",
    adds: true,
  },
  { language: "node", sdk: "split", preset: null, skipped: 0, become: asItIs, ownTime: "timestamp" },
  { language: "python", sdk: "split", preset: null, skipped: 0, become: asItIs, ownTime: "timestamp" },
];

/** Returns the events that the bodies of a sender are to become, in the order of the bodies. */
export function expected(sender: Sender, bodies: readonly string[]): Sent[] {
  const tracked: Tracked[] = JSON.parse(readFileSync(new URL("tracked.json", import.meta.url), "utf8"));
  const events = tracked.flatMap((one) => {
    const changed = sender.become(one);
    return changed ? [sent({ ...base(one), ...changed })] : [];
  });
  const further = (sender.further ?? []).map((one) => sent({ ...base(tracked[0] as Tracked), ...one }));
  const all = Array.from({ length: sender.times ?? 1 }, () => [...events, ...further]).flat();
  if (!sender.ownTime) return all;
  const member = sender.ownTime;
  const values: unknown[] = bodies.flatMap((body) =>
    body
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line)),
  );
  return timesOf(values, member).flatMap(([names, time]) => {
    const event = all.find(({ eventTypeId }) => names.includes(eventTypeId));
    return event ? [{ ...event, timestamp: time < 1e11 ? Math.round(time * 1000) : time }] : [];
  });
}

/** Returns the times in a body, each with the texts beside it, of which one is the name of the event. */
function timesOf(value: unknown, member: string): [string[], number][] {
  if (typeof value !== "object" || value === null) return [];
  const { properties, ...others } = value as Record<string, unknown>;
  const time = others[member] ?? (properties as Record<string, unknown> | undefined)?.[member];
  const texts = Object.values(others).filter((text) => typeof text === "string");
  if (typeof time === "number") return [[texts.map(name), time]];
  return Object.values(others).flatMap((inner) => timesOf(inner, member));
}

function base({ event, key, time, value, properties }: Tracked): Sent {
  return { eventTypeId: name(event), trafficTypeName: "user", key, timestamp: time, value, properties };
}

/** Returns an event without a value that is not given. */
function sent({ value, ...event }: Sent): Sent {
  return value === undefined ? event : { ...event, value };
}

function name(event: string): string {
  return event.replaceAll(" ", "_");
}
