import { check, InputError, type Source, Sources } from "split-events";
import { expect, test } from "vitest";
import { event, events, ndjson } from "../support/events.js";

const TEXT = ndjson(events(5000));
const BYTES = new TextEncoder().encode(TEXT);

test("a blob is read slice by slice, and never as a whole", async () => {
  const blob = new Blob([BYTES]);
  const lengths: number[] = [];
  Object.assign(blob, {
    stream: () => expect.unreachable(),
    arrayBuffer: () => expect.unreachable(),
    slice: (from: number, to: number) => {
      const slice = Blob.prototype.slice.call(blob, from, to);
      lengths.push(slice.size);
      return slice;
    },
  });
  expect(await check(blob)).toMatchObject({ events: 5000, clean: 5000 });
  expect(lengths.length).toBeGreaterThan(1);
  expect(lengths.reduce((sum, length) => sum + length)).toBe(BYTES.length);
});

test("issues have the name of their File", async () => {
  const file = new File([JSON.stringify(event(0, { key: "" }))], "import.json");
  expect((await check(file)).issues[0]).toMatchObject({ code: "key_empty", file: "import.json" });
});

test("a name or format that is not text is refused, in an array and in an iterable of sources", async () => {
  const input = JSON.stringify(event(0));
  for (const other of [5, new URL("file:///import.json"), ["import.json"], {}, Symbol("import")]) {
    for (const source of [
      { name: other, input },
      { name: "a", format: other, input },
    ] as unknown as Source[]) {
      expect(() => new Sources([source])).toThrow(/^(name|format) must be /);
      const later = check(new Sources(new Set([source])));
      await expect(later).rejects.toMatchObject({
        code: "invalid_input",
        message: expect.stringMatching(/^(name|format) must be /),
      });
    }
  }
});

test("a stream is asked for its next chunk only after the last was checked", async () => {
  let ahead = 0;
  const stream = new ReadableStream(
    {
      pull(controller) {
        ahead += 1;
        controller.enqueue(ahead > 40 ? new Uint8Array() : new TextEncoder().encode(ndjson([event(ahead)])));
        if (ahead > 40) controller.close();
      },
    },
    { highWaterMark: 0 },
  );
  async function* watched() {
    let taken = 0;
    for await (const chunk of stream as unknown as AsyncIterable<Uint8Array>) {
      taken += 1;
      expect(ahead).toBe(taken);
      yield chunk;
    }
  }
  expect(await check(watched())).toMatchObject({ events: 40, clean: 40 });
});

test("texts, bytes and objects of one stream are read in order, each sequence on its own", async () => {
  async function* mixed() {
    yield TEXT.slice(0, 100);
    yield new TextEncoder().encode(TEXT.slice(100));
    yield event(5000, { key: "" });
    yield [event(5001), event(5002, { key: "" })];
    yield "";
    yield JSON.stringify(event(5003, { key: "" }));
  }
  const report = await check(mixed());
  expect(report).toMatchObject({ events: 5004, clean: 5001, refused: 3 });
  expect(report.issues.map(({ index, line }) => [index, line])).toEqual([
    [5000, null],
    [5002, null],
    [5003, 1],
  ]);
});

test("a text is read like its bytes, whatever its characters", async () => {
  const wide = ndjson(Array.from({ length: 3000 }, (_, i) => event(i, { properties: { name: "é€😀".repeat(20) } })));
  expect(await check(wide)).toEqual(await check(new TextEncoder().encode(wide)));
  expect(await check(wide)).toMatchObject({ events: 3000, clean: 3000 });
});

test("a stream that fails is an error with what was found before, and is released", async () => {
  let released = false;
  async function* failing() {
    try {
      yield `${JSON.stringify(event(0))}\n`;
      yield 7;
    } finally {
      released = true;
    }
  }
  await expect(check(failing() as AsyncIterable<string>)).rejects.toMatchObject({ code: "invalid_input" });
  expect(released).toBe(true);
  const broken = new ReadableStream({
    start: (controller) => controller.enqueue(BYTES),
    pull: (controller) => controller.error(new Error("reset")),
  });
  const error = await check(broken).catch((error) => error);
  expect(error).toBeInstanceOf(InputError);
  expect(error).toMatchObject({ code: "stream_failed", report: { events: 5000 } });
});

test("an empty stream, blob, response or text is empty input", async () => {
  async function* nothing() {}
  for (const input of [nothing(), new Blob([]), new Response(null), "", new Uint8Array()]) {
    expect((await check(input as Blob)).issueCounts).toEqual({ empty_input: 1 });
  }
});
