import { type Batch, Batcher, type BatcherOptions, type CheckOptions, check, KnownKeys, submit } from "split-events";
import { expect, test, vi } from "vitest";
import { event, events, ndjson } from "../support/events.js";

const options: CheckOptions & BatcherOptions = { maxEvents: 3, keepRefused: true };
const inputs = [
  [ndjson([...events(7), event(7, { key: "" }), event(8, { timestamp: 1 })])],
  [`[${JSON.stringify(event(0))},`, `${JSON.stringify(event(1, { value: "7" }))},{]`],
  [events(4), [event(4, { eventTypeId: "a b" })]],
  ["eventTypeId,trafficTypeName,key,timestamp\npage_load,user,Ava,1645557824000\n"],
  [],
];

/** Returns everything that a batcher makes of an input, except the ids of batches. */
function given(batcher: Batcher, input: (string | object[])[]) {
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  const batches = [...input.flatMap((part) => batcher.push(part)), ...batcher.finish()];
  return {
    batches: batches.map(({ id: _, body, ...rest }) => ({ ...rest, body: text(body) })),
    report: batcher.report,
    refused: text(batcher.takeRefused()),
  };
}

test("a batcher that was reset works like a new one, for each input after each other", () => {
  for (const first of inputs) {
    for (const then of inputs) {
      const used = new Batcher(options);
      given(used, first);
      used.reset();
      expect(given(used, then)).toEqual(given(new Batcher(options), then));
    }
  }
});

test("reset drops what a batcher still has, and later batches have new ids", () => {
  const batcher = new Batcher(options);
  const [first] = batcher.push(`${ndjson([event(0, { key: "" }), ...events(4)])}{"eventTypeId":`);
  batcher.reset();
  const { batches, report, refused } = given(batcher, [ndjson(events(2))]);
  expect(batches.map(({ events }) => events)).toEqual([2]);
  expect([report.events, report.refused, refused]).toEqual([2, 0, ""]);
  batcher.reset();
  const [another] = [...batcher.push(ndjson(events(3))), ...batcher.finish()];
  expect(another?.id).not.toBe(first?.id);
});

test("reset takes the current time, unless now was given", () => {
  const [then, year] = [1_700_000_000_000, 365 * 86_400_000];
  vi.useFakeTimers({ now: then, toFake: ["Date"] });
  try {
    const [own, given] = [new Batcher(), new Batcher({ now: then })];
    vi.setSystemTime(then + year);
    for (const batcher of [own, given]) {
      batcher.reset();
      batcher.push(event(0, { timestamp: then }));
      batcher.finish();
    }
    expect([own.report.issueCounts, given.report.issueCounts]).toEqual([{ timestamp_old: 1 }, {}]);
  } finally {
    vi.useRealTimers();
  }
});

test("using frees a batcher, and using it afterwards is an error", async () => {
  const keys = KnownKeys.of(["a"]);
  const held = [];
  {
    using batcher = new Batcher({ knownKeys: keys });
    using list = KnownKeys.of(["b"]);
    held.push(batcher, list);
    expect(batcher.push(event(0))).toEqual([]);
  }
  const [batcher, list] = held as [Batcher, KnownKeys];
  batcher.free();
  const uses = [
    () => batcher.push(event(0)),
    () => batcher.finish(),
    () => batcher.report,
    () => batcher.takeRefused(),
    () => batcher.reset(),
    () => list.size,
    () => new Batcher({ knownKeys: list }),
  ];
  for (const use of uses)
    expect(use, String(use)).toThrow(expect.objectContaining({ name: "ConfigError", code: "freed" }));
  await expect(check([event(0)], { knownKeys: list })).rejects.toMatchObject({ code: "freed" });
  expect(keys.size).toBe(1);
});

test("submit refuses anything but a batch", async () => {
  const body = new Uint8Array([0x5b, 0x5d]);
  const wrong = [undefined, null, "batch", {}, { id: "a", events: 1 }, { id: 1, events: 1, body }, { id: "a", body }];
  for (const batch of wrong) {
    await expect(submit(batch as unknown as Batch, { apiKey: "k" }), JSON.stringify(batch)).rejects.toMatchObject({
      ...{ name: "InputError", code: "invalid_input" },
    });
  }
  const batch = { id: "a", events: 0, body } as unknown as Batch;
  await expect(submit(batch, undefined as never)).rejects.toMatchObject({ name: "ConfigError" });
});
