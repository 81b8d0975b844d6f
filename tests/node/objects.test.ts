import { type Batch, Batcher, check } from "split-events";
import { expect, test } from "vitest";
import { event, events } from "../support/events.js";

const decoder = new TextDecoder();
const keys = (batches: Batch[]) =>
  batches.flatMap(({ body }) => (JSON.parse(decoder.decode(body)) as { key: string }[]).map(({ key }) => key));

/** Returns the keys of the events that would be sent, and the codes of each that is refused. */
function tried(objects: unknown[]) {
  const batcher = new Batcher();
  const batches = [...batcher.push(objects), ...batcher.finish()];
  const { report } = batcher;
  batcher.free();
  return { report, keys: keys(batches), codes: report.issues.map(({ index, code }) => [index, code]) };
}

test("a getter that throws costs its own event and none of 1,200 others", () => {
  const objects = events(1201);
  Object.defineProperty(objects[700], "value", {
    enumerable: true,
    get() {
      throw new Error("not today");
    },
  });
  const { report, keys } = tried(objects);
  expect(report).toMatchObject({ events: 1201, clean: 1200, refused: 1, issueCounts: { not_serializable: 1 } });
  expect(report.issues[0]).toMatchObject({ index: 700, got: "not today", line: null, byteOffset: null });
  expect(keys).toEqual(Array.from({ length: 1201 }, (_, i) => `user-${i}`).filter((key) => key !== "user-700"));
});

test("cycles, BigInt, a throwing toJSON and hostile proxies are refused with one issue each", () => {
  const cycle = event(0);
  Object.assign(cycle, { properties: { cycle } });
  const hostile = () => {
    throw {
      toString() {
        throw new Error("again");
      },
    };
  };
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  const { report } = tried([
    cycle,
    event(1, { value: 1n }),
    { toJSON: hostile },
    new Proxy({}, { ownKeys: hostile, get: hostile, has: hostile, getPrototypeOf: hostile }),
    proxy,
    event(5),
  ]);
  expect(report).toMatchObject({ events: 6, clean: 1, refused: 5, issueCounts: { not_serializable: 5 } });
  for (const { got } of report.issues) expect(got).toMatch(/^[^\n]+$/);
});

test("a key that is a BigInt becomes text with an issue, and one beyond safe numbers gets a warning", async () => {
  class Order {
    toJSON() {
      return event(4, { key: 4n });
    }
  }
  const objects = [
    event(0),
    event(1, { key: 42n }),
    event(2, { key: 9007199254740993n }),
    event(3, { key: -636507967185264641n, properties: { a: Number.NaN } }),
    new Order(),
    { key: 5n },
    event(6, { key: 2 ** 53 }),
    event(7, { key: Number.MAX_SAFE_INTEGER }),
    event(8, { key: 1e21 }),
  ];
  const { report, keys, codes } = tried(objects);
  expect(report).toMatchObject({ events: 9, clean: 1, repaired: 7, refused: 1 });
  expect(keys).toEqual([
    "user-0",
    "42",
    "9007199254740993",
    "-636507967185264641",
    "4",
    "9007199254740992",
    "9007199254740991",
    "1e+21",
  ]);
  expect(codes.filter(([, code]) => String(code).startsWith("key_"))).toEqual([
    [1, "key_number"],
    [2, "key_number"],
    [2, "key_integer_large"],
    [3, "key_number"],
    [3, "key_integer_large"],
    [4, "key_number"],
    [5, "key_number"],
    [6, "key_number"],
    [6, "key_integer_large"],
    [7, "key_number"],
    [8, "key_number"],
    [8, "key_integer_large"],
  ]);
  expect(report.issueCounts).toMatchObject({ property_not_scalar: 1, event_type_id_missing: 1 });
  const one = await check(event(0, { key: 9007199254740993n }));
  expect(one).toMatchObject({ events: 1, repaired: 1, issueCounts: { key_number: 1, key_integer_large: 1 } });
});

test("a BigInt anywhere else, and a key too large for any number, refuse their event alone", () => {
  const { report, keys, codes } = tried([
    event(0, { key: 1n, value: 2n }),
    event(1, { key: 1n, properties: { key: 2n } }),
    event(2, { key: [3n] }),
    event(3, { key: 10n ** 400n }),
    event(4, { key: 4n }),
  ]);
  expect(report).toMatchObject({ events: 5, repaired: 1, refused: 4 });
  expect(codes).toEqual([
    [0, "not_serializable"],
    [1, "not_serializable"],
    [2, "not_serializable"],
    [3, "key_not_string"],
    [4, "key_number"],
  ]);
  expect(keys).toEqual(["4"]);
});

test("items that are not objects are refused at their place: holes, null, arrays, numbers, functions", () => {
  const sparse: unknown[] = [event(0), null, undefined, [event(3)], 4, "five", () => 6, Symbol("seven")];
  sparse[9] = event(9);
  const { report, keys, codes } = tried(sparse);
  expect(report).toMatchObject({ events: 10, clean: 2, refused: 8 });
  expect(codes).toEqual([1, 2, 3, 4, 5, 6, 7, 8].map((index) => [index, "not_object"]));
  expect(keys).toEqual(["user-0", "user-9"]);
});

test("NaN and the infinities never count as an absent value", () => {
  const { report, keys } = tried([
    event(0, { value: Number.NaN }),
    event(1, { value: Number.POSITIVE_INFINITY }),
    event(2, { value: new Number(Number.NaN) }),
    { toJSON: () => event(3, { value: Number.NaN }) },
    event(4, { value: { toJSON: () => Number.NaN } }),
    event(5, { value: null }),
    event(6, { value: undefined }),
  ]);
  expect(report).toMatchObject({ events: 7, refused: 5, clean: 2, issueCounts: { value_not_number: 5 } });
  expect(report.issues[0]).toMatchObject({ index: 0, path: "value", got: '"NaN"' });
  expect(keys).toEqual(["user-5", "user-6"]);
});

test("NaN in a property becomes null with an issue, as in the SDK; as a key or a name it is refused", () => {
  const { report, codes } = tried([
    event(0, { properties: { a: Number.NaN, b: null, c: 1 } }),
    event(1, { key: Number.NaN }),
    event(2, { eventTypeId: Number.NaN }),
    event(3, { timestamp: Number.NaN }),
    event(4, { timestamp: new Date(Number.NaN) }),
  ]);
  expect(report).toMatchObject({ events: 5, repaired: 1, refused: 4 });
  expect(codes).toEqual([
    [0, "property_not_scalar"],
    [1, "key_not_string"],
    [2, "event_type_id_not_string"],
    [3, "timestamp_unreadable"],
    [4, "timestamp_missing"],
  ]);
  expect(report.issues[0]).toMatchObject({ path: "properties.a", got: '["NaN"]' });
});

test("only objects with a null are read again, and if that throws only that event is lost", () => {
  const reads: number[] = [];
  const objects = Array.from({ length: 1201 }, (_, i) => ({
    ...event(i),
    get value() {
      reads[i] = (reads[i] ?? 0) + 1;
      if (i === 700 && (reads[i] ?? 0) > 1) throw new Error("read again");
      if (i === 800) new Batcher().push(events(50_000)); // the module's memory moves
      return i % 100 === 0 ? Number.NaN : i % 10 === 0 ? null : 1;
    },
  }));
  const { report, keys, codes } = tried(objects);
  expect(report).toMatchObject({ events: 1201, clean: 1188, refused: 13, warned: 0 });
  expect(codes.filter(([, code]) => code !== "value_missing")).toEqual(
    Array.from({ length: 13 }, (_, i) => [i * 100, i === 7 ? "not_serializable" : "value_not_number"]),
  );
  expect(keys).toEqual(objects.map(({ key }) => key).filter((_, i) => i % 100 !== 0));
  expect(reads.every((times, i) => (i % 10 === 0 ? times > 1 : times === 1))).toBe(true);
});

test("a text that contains null does not hide a NaN", () => {
  const { report } = tried([event(0, { key: "null", properties: { a: "null", b: null } })]);
  expect(report).toMatchObject({ clean: 1, issueCounts: {} });
});

test("a Date is read as its RFC 3339 text; functions, symbols and undefined are left out", () => {
  const properties = { f: () => 1, s: Symbol("s"), u: undefined, at: new Date(0), n: new Number(1) };
  const batcher = new Batcher();
  batcher.push(event(0, { timestamp: new Date(1_700_000_000_000), properties }));
  const [sent] = JSON.parse(decoder.decode(batcher.finish()[0]?.body));
  expect(sent).toMatchObject({ timestamp: 1_700_000_000_000, properties: { at: "1970-01-01T00:00:00.000Z", n: 1 } });
  expect(Object.keys(sent.properties)).toEqual(["at", "n"]);
});

test("indexes go on when objects, text and objects are pushed in turn", () => {
  const batcher = new Batcher();
  batcher.push([event(0), null]);
  batcher.push(JSON.stringify(event(2, { key: "" })));
  batcher.push(event(3, { key: "" }));
  batcher.push(Object.assign(event(4), { self: 1n }));
  const sent = keys(batcher.finish());
  expect(batcher.report.issues.map(({ index, code }) => [index, code])).toEqual([
    [1, "not_object"],
    [2, "key_empty"],
    [3, "key_empty"],
    [4, "not_serializable"],
  ]);
  expect(sent).toEqual(["user-0"]);
});

test("lone surrogates, quotes and characters of every length come through, or are refused", async () => {
  const text = 'é€😀"\\\u0000\u2028'.repeat(60_000);
  const { report, keys } = tried([event(0, { key: "é€😀" }), event(1, { key: "\ud800" }), event(2, { extra: text })]);
  expect(report).toMatchObject({ events: 3, clean: 1, repaired: 0, refused: 2 });
  expect(report.issueCounts).toMatchObject({ lone_surrogate: 1, record_too_large: 1 });
  expect(keys).toEqual(["é€😀"]);
  expect(await check([])).toMatchObject({ events: 0, issues: [] });
});
