import { expect, test } from "vitest";
import { event, events } from "../support/events.js";
import { KEY, useWorker } from "./support.js";

const given = useWorker({ vars: { SHARDS: 1 } });
const held = () => given.worker.admin.counts().then(({ taken, dead }) => [taken, dead.events]);

const FIELD = "no record of the body is an object with a field of an event: see issues; nothing was kept";
const lies = (name: string) => `the events lie in "${name}" of an object: send the list itself; nothing was kept`;
const none = (why: string) => `there are no events in the body: ${why}; nothing was kept`;
const AS_TEXT = "send JSON, NDJSON, CSV or TSV";

test.each<[string, unknown, string, string]>([
  ["events in an object", { events: events(3) }, lies("events"), "events_wrapped"],
  ["a batch in an object", { sentAt: 1, batch: events(3) }, lies("batch"), "events_wrapped"],
  ["a batch with a time of its own", { timestamp: 1, batch: events(3) }, lies("batch"), "events_wrapped"],
  ["a list of such", [{ data: events(2) }, { data: events(1) }], lies("data"), "events_wrapped"],
  ["a batch in an object beside null", [null, { batch: events(1) }], lies("batch"), "not_object"],
  [
    "a list in an object behind many others",
    [...Array(300).fill({}), { list: events(1) }],
    lies("list"),
    "event_type_id_missing",
  ],
  ["numbers", [1, 2], FIELD, "not_object"],
  ["an empty object", [{}], FIELD, "event_type_id_missing"],
  ["an object of something else", [{ a: 1 }], FIELD, "event_type_id_missing"],
  ["texts", "hello\nthere\n", none("it is neither JSON nor a table; see issues"), "input_not_events"],
  ["nothing", "", none(`it is empty; ${AS_TEXT}`), "empty_input"],
  ["a workbook", "PK\u0003\u0004", none(`it is a zip archive or an Excel workbook; ${AS_TEXT}`), "input_zip"],
  ["a page", "<!doctype html><p>", none(`it is a page of HTML or XML; ${AS_TEXT}`), "input_markup"],
  [
    "zstd",
    new Blob([new Uint8Array([0x28, 0xb5, 0x2f, 0xfd, 1, 2])]),
    none("it is compressed: zstd; send it as it is, or as gzip with Content-Encoding: gzip"),
    "input_compressed",
  ],
  [
    "UTF-16 without a mark",
    new Blob([Buffer.from("[{}]", "utf16le")]),
    none("it is UTF-16 without a byte order mark, or UTF-32; send it as UTF-8"),
    "input_utf16",
  ],
  ["an array that ends at once", "[", none("it ends before the array is closed; see issues"), "array_not_closed"],
])("%s: answered 400 with the reason, and not kept", async (_, body, detail, code) => {
  const before = await held();
  const { status, json } = await (body instanceof Blob ? given.worker.ask({ body }) : given.worker.post(body));
  expect([status, json.detail]).toEqual([400, detail]);
  expect(json.issues.map((issue) => issue.code)).toContain(code);
  expect(await held()).toEqual(before);
});

test("entries of a beacon that are not events are answered 400, and not kept", async () => {
  const before = await held();
  const body = JSON.stringify({ entries: [{ f: "a flag" }], token: KEY });
  const { status, json } = await given.worker.ask({ path: "/api/events/beacon", headers: {}, body });
  expect([status, json.detail]).toEqual([400, FIELD]);
  expect(await held()).toEqual(before);
});

test.each<[string, unknown, number]>([
  ["an object with one field of an event", [{ key: "x" }], 1],
  ["strangers beside an event that is refused", [{ a: 1 }, 7, { key: "x" }, { events: events(2) }], 4],
  ["strangers beside an event that is clean", [{ a: 1 }, event(0)], 1],
  ["a record that is cut, with names in it", '[{"eventTypeId":"a","key":"x', 1],
  ["a line that is cut, with a name in it", '{"key":"x\n{"a":1}\n', 2],
])("%s: answered 202, and everything that was refused is kept", async (_, body, refused) => {
  const [before = 0, dead = 0] = await held();
  const { status, json } = await given.worker.post(body);
  expect([status, json.refused]).toEqual([202, refused]);
  await given.worker.admin.settled(before + json.events);
  expect(await held()).toEqual([before + json.events, dead + refused]);
});
