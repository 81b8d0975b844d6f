import { Batcher, type BatcherOptions, init, type Mapping } from "split-events";
import { expect, test } from "vitest";
import { type Overlay, overlaid } from "../../pkg/build/mapping/overlay.js";
import { missingFields, targetsOf } from "../../pkg/build/mapping/targets.js";

const JSON_LINES = `${[
  {
    event: "Signed Up",
    user: { id: "u-1", mail: "a@example.com" },
    at: "20.11.2026 09:15",
    paid: "1.234,50 €",
    extra: { plan: "gold", n: 1 },
  },
  { event: "Left", user: { id: "", mail: "b@example.com" }, at: "21.11.2026 10:00", paid: "7,00", extra: { n: 2 } },
]
  .map((record) => JSON.stringify(record))
  .join("\n")}\n`;
const TABLE = "event;user_id;mail;at;paid;plan\nSignedUp;u-1;a@example.com;20.11.2026 09:15;1.234,50;gold\n";

const MAPPING: Mapping = {
  events: [
    {
      eventTypeId: { from: "/event", clean: true },
      trafficTypeName: { value: "user" },
      key: { from: "/user/id" },
      timestamp: { from: "/at", format: "dmy", zone: "UTC" },
      properties: { from: "/extra" },
    },
  ],
};
const OWN: Mapping = {
  events: [{ ownNames: true, eventTypeId: { from: "event" }, key: { from: "user_id" }, timestamp: { from: "at" } }],
};

function eventsOf(input: string, options: BatcherOptions): unknown {
  const batcher = new Batcher({ now: false, ...options });
  const batches = [...batcher.push(input), ...batcher.finish()];
  const { refused, issueCounts } = batcher.report;
  return { events: batches.flatMap(({ body }) => JSON.parse(new TextDecoder().decode(body))), refused, issueCounts };
}

const TIMES: Overlay = { timestampFormat: "dmy", timestampZone: "Europe/Berlin" };

test.each<[string, Mapping, string, Overlay]>([
  ["a constant", MAPPING, JSON_LINES, { set: { trafficTypeName: "account", value: 3, "properties.beta": true } }],
  ["a field", MAPPING, JSON_LINES, { map: { "/user/mail": "key" } }],
  ["several paths to a field", MAPPING, JSON_LINES, { map: { "/user/id": "key", "/user/mail": "key" } }],
  ["a property", MAPPING, JSON_LINES, { map: { "/user/mail": "properties.mail", "/extra/n": "properties.n:text" } }],
  ["what is left out", MAPPING, JSON_LINES, { map: { "/extra/n": "-" } }],
  ["an amount", MAPPING, JSON_LINES, { map: { "/paid": "value" }, decimal: "comma" }],
  ["a zone", MAPPING, JSON_LINES, { timestampZone: "Europe/Berlin" }],
  [
    "a table",
    OWN,
    TABLE,
    { ...TIMES, set: { trafficTypeName: "user" }, map: { paid: "value", plan: "-" }, decimal: "comma" },
  ],
])("a mapping with %s laid over it makes the same events as the options do", async (_, mapping, input, overlay) => {
  await init();
  const laid = overlaid(mapping, overlay);
  const asFile = eventsOf(input, { mapping: laid });
  expect(asFile).toEqual(eventsOf(input, { mapping, ...overlay }));
  expect(asFile).toMatchObject({ events: expect.arrayContaining([expect.anything()]) });
});

test("overlaid leaves the mapping that it was given", () => {
  const before = structuredClone(MAPPING);
  overlaid(MAPPING, { set: { trafficTypeName: "account" }, timestampZone: "UTC" });
  expect(MAPPING).toEqual(before);
});

test("each column or path is told what it becomes", () => {
  const becomes = (mapping: Mapping, ...names: string[]) => names.map((name) => targetsOf(mapping, name).join());
  expect(becomes(MAPPING, "/event", "/user/id", "/at", "/extra/plan", "/paid")).toEqual([
    "eventTypeId",
    "key",
    "timestamp",
    "properties.plan",
    "",
  ]);
  expect(becomes(OWN, "event", "user_id", "Traffic Type Name", "plan", "properties.tier")).toEqual([
    "eventTypeId",
    "key",
    "trafficTypeName",
    "properties.plan",
    "properties.tier",
  ]);
  const properties = { from: "/p", drop: ["a"], rename: { b: "c" }, add: { d: { template: "{/x}-{y}" } } };
  const more: Mapping = {
    events: [
      { key: { from: ["/k", "l"] }, properties },
      { key: { from: "/l" }, properties: { rest: true } },
    ],
  };
  expect(becomes(more, "/k", "/l", "/p/a", "/p/b", "/x", "y")).toEqual([
    "key,properties.k",
    "key",
    "properties.p.a",
    "properties.c,properties.p.b",
    "properties.d,properties.x",
    "properties.d,properties.y",
  ]);
});

test("the fields that every event needs and no source gives are missing", () => {
  expect(missingFields(MAPPING)).toEqual([]);
  expect(missingFields(OWN, ["Traffic_type_name"])).toEqual([]);
  expect(missingFields(OWN)).toEqual(["trafficTypeName"]);
  expect(missingFields({})).toEqual(["eventTypeId", "trafficTypeName", "key", "timestamp"]);
});
