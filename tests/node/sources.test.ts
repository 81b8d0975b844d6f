import { createReadStream, mkdtempSync, openAsBlob, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import {
  Batcher,
  type CheckOptions,
  check,
  gunzip,
  type Input,
  KnownKeys,
  resumeImport,
  Sources,
  send,
} from "split-events";
import { memoryStore } from "split-events/stores/memory";
import { beforeAll, expect, test } from "vitest";
import { event, events, ndjson } from "../support/events.js";
import { failure } from "../support/input-error.js";

const JSON_TEXT = JSON.stringify(events(3));
const LINES = ndjson(events(3));
const [HEADER, ...ROWS] = [
  "eventTypeId,trafficTypeName,key,timestamp,value",
  ...events(3).map((one) => [one.eventTypeId, one.trafficTypeName, one.key, one.timestamp, one.value].join(",")),
] as [string, ...string[]];
const TABLE = [HEADER, ...ROWS];

const folder = mkdtempSync(join(tmpdir(), "split-events-sources-"));
const path = join(folder, "events.ndjson");
beforeAll(() => {
  writeFileSync(path, LINES);
  return () => rmSync(folder, { recursive: true });
});

async function* given<T>(...values: T[]) {
  yield* values;
}

const stream = (...chunks: unknown[]) =>
  new ReadableStream<unknown>({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk);
      controller.close();
    },
  }) as ReadableStream<Uint8Array>;

let posts = 0;
const options = {
  apiKey: "key",
  fetch: (async () => {
    posts += 1;
    return new Response(null, { status: 202 });
  }) as typeof fetch,
};

/** An iterable with one iterator for all, like readline. */
class Cached {
  #iterator = given(...events(3));
  [Symbol.asyncIterator]() {
    return this.#iterator;
  }
}

/** An iterable whose iterators share what is left. */
class Drained {
  #left = events(3);
  async *[Symbol.asyncIterator]() {
    while (this.#left.length > 0) yield this.#left.shift() as object;
  }
}

const onceOnly: [string, () => Input][] = [
  ["a Response", () => new Response(JSON_TEXT)],
  ["a Request", () => new Request("http://localhost/", { method: "POST", body: JSON_TEXT })],
  ["a stream of bytes", () => new Blob([JSON_TEXT]).stream()],
  ["a stream of objects", () => stream(...events(3))],
  ["a file's stream of Node", () => createReadStream(path)],
  ["a stream of Node made of objects", () => Readable.from(events(3))],
  ["readline", () => createInterface({ input: createReadStream(path) })],
  ["an async generator", () => given(JSON_TEXT)],
  ["an iterable with one iterator for all", () => new Cached()],
  ["an iterable that gives what is left", () => new Drained()],
  ["a generator of events", () => events(3)[Symbol.iterator]()],
  [
    "a generator of text",
    () =>
      (function* () {
        yield JSON_TEXT;
      })(),
  ],
  ["Sources from a generator", () => new Sources(given({ name: "a", input: JSON_TEXT }))],
];

test.each(onceOnly)("%s that was checked before is not sent as an empty input", async (_, make) => {
  posts = 0;
  const input = make();
  const report = await check(input, { lines: true });
  expect(report).toMatchObject({ events: 3, clean: 3 });
  const error = await failure(send(input, options));
  expect(error).toMatchObject({ code: "already_read", message: expect.stringContaining("was read before") });
  expect(posts).toBe(0);
  expect((await failure(check(input))).code).toBe("already_read");
});

test.each(onceOnly.filter(([name]) => !name.includes("what is left")))(
  "%s is not read twice at once",
  async (_, make) => {
    const input = make();
    const [first, second] = await Promise.allSettled([check(input, { lines: true }), check(input, { lines: true })]);
    expect(first).toMatchObject({ status: "fulfilled", value: { events: 3 } });
    expect(second).toMatchObject({ status: "rejected", reason: { code: "already_read" } });
  },
);

test("the error says what helps: clone() for a body, tee() for a stream, opening it again for others", async () => {
  const advice = async (input: Input) => {
    await check(input);
    return (await failure(check(input))).message;
  };
  expect(await advice(new Response(JSON_TEXT))).toMatch(/response's body.*clone\(\)/);
  expect(await advice(new Request("http://localhost/", { method: "POST", body: JSON_TEXT }))).toMatch(/request's body/);
  expect(await advice(stream(JSON_TEXT))).toMatch(/tee\(\)/);
  expect(await advice(createReadStream(path))).toMatch(/open it again/);
});

test("clone(), tee(), a Blob, a Set, an array and text can be checked and then sent", async () => {
  const response = new Response(JSON_TEXT);
  const [one, other] = new Blob([JSON_TEXT]).stream().tee();
  const all: [Input, Input][] = [
    [response.clone(), response],
    [one, other],
    ...[await openAsBlob(path), new Set(events(3)), events(3), JSON_TEXT].map((input): [Input, Input] => [
      input,
      input,
    ]),
  ];
  for (const [first, second] of all) {
    expect(await check(first)).toMatchObject({ events: 3, clean: 3 });
    expect(await send(second, options)).toMatchObject({ events: 3, accepted: 3 });
  }
});

test("a stream that was read elsewhere, or is locked, is an error", async () => {
  const response = new Response(JSON_TEXT);
  await response.text();
  const request = new Request("http://localhost/", { method: "POST", body: JSON_TEXT });
  request.body?.getReader();
  const begun = new Blob([JSON_TEXT]).stream();
  const reader = begun.getReader();
  await reader.read();
  reader.releaseLock();
  const over = createReadStream(path);
  for await (const _ of over);
  for (const input of [response, request, begun, over]) {
    expect((await failure(check(input))).code).toBe("already_read");
  }
  expect((await failure(KnownKeys.read(response))).code).toBe("already_read");
  expect((await failure(gunzip(response).next())).code).toBe("already_read");
});

test("a Node stream whose first bytes were put back is read as a whole", async () => {
  const put = createReadStream(path);
  await new Promise((readable) => put.once("readable", () => readable(undefined)));
  put.unshift(put.read(4) as Buffer);
  expect(await check(put)).toMatchObject({ events: 3, clean: 3 });
});

test("an empty source that was not read before is empty input, each time if it can be read again", async () => {
  const empty = { [Symbol.asyncIterator]: () => given<string>() };
  const inputs = [new Response(null), new Response(""), stream(), Readable.from([]), given<string>(), empty, empty, ""];
  for (const input of inputs) expect((await check(input)).issueCounts).toEqual({ empty_input: 1 });
});

test("if one of several sources was read before, the import ends with the outcome of the others", async () => {
  const used = new Response(JSON_TEXT);
  await used.text();
  const sources = new Sources([
    { name: "a", input: JSON_TEXT },
    { name: "b", input: used },
  ]);
  const error = await failure(send(sources, options));
  expect(error.message).toMatch(/^b: this response's body/);
  expect(error).toMatchObject({ code: "already_read", receipt: { events: 3, accepted: 3, complete: false } });
});

test.each([
  "/data/events",
  "./events",
  "../events.json",
  "~/events.csv",
  "C:\\data\\events.csv",
  "c:/data/events",
  "\\\\server\\share\\events.csv",
  "events.csv",
  "Export of June.JSON",
  "data/events.ndjson",
  "events.jsonl.gz\n",
  "/data/Export, all.csv",
  "file:///data/events.csv",
  new URL("file:///data/events.csv"),
])("%s is an error that says how to open a file", async (input) => {
  const error = await failure(check(input as string));
  expect(error).toMatchObject({ code: "path_given" });
  expect(error.message).toMatch(/the path of a file.*openAsBlob.*Bun\.file.*Deno\.open/);
  expect((await failure(send(new Sources([{ name: "a", input }]), options))).code).toBe("path_given");
});

test("a promise as input is an error that names await", async () => {
  const promises = [async () => LINES, async () => new Response(LINES), async () => Promise.reject(new Error("late"))];
  for (const promised of promises) {
    const refused: ((input: Input) => Promise<unknown>)[] = [
      (input) => check(input),
      (input) => send(input, options),
      (input) => send(new Sources([{ name: "a", input }]), options),
      async (input) => new Batcher().push(input as object),
    ];
    for (const give of refused) {
      const promise = promised();
      promise.catch(() => {});
      const error = await failure(give(promise as unknown as Input));
      expect(error).toMatchObject({ code: "invalid_input", message: expect.stringMatching(/a promise.*await it/) });
    }
  }
});

test.each(["https://example.com/events?key=secret", "HTTP://localhost:8080", new URL("https://example.com/?secret")])(
  "an address is told from events, with fetch, and not shown",
  async (input) => {
    const error = await failure(check(input as string));
    expect(error).toMatchObject({ code: "path_given", message: expect.stringMatching(/an address.*fetch/) });
    expect(error.message).not.toContain("secret");
  },
);

test.each([
  ["", "empty_input"],
  ["hello, world", "input_not_events"],
  [`${HEADER}`, undefined],
  ["key,properties.json", undefined],
  [`{"key":"/data/events.csv"}`, "event_type_id_missing"],
  [`["./events.csv"]`, "not_object"],
  [`/data/a.csv\n/data/b.csv`, "input_not_events"],
  [`// events`, "input_not_events"],
])("%j is taken for the text of events", async (input, code) => {
  const { issueCounts } = await check(input);
  if (code) expect(issueCounts).toHaveProperty(code);
});

test("pieces of a stream are never mistaken for paths", async () => {
  expect((await check(given("./events.csv"))).issueCounts).toEqual({ input_not_events: 1 });
  const value = JSON.stringify([event(0, { properties: { page: "/home" } })]);
  const [before, after] = value.split("/home") as [string, string];
  expect(await check(given(before, "/home", after))).toMatchObject({ events: 1, clean: 1 });
});

const asLines: [string, (lines: string[]) => Input][] = [
  ["readline", (lines) => createInterface({ input: Readable.from([lines.join("\n")]) })],
  ["an async generator", (lines) => given(...lines)],
  ["a stream", (lines) => stream(...lines)],
  ["a generator", (lines) => lines[Symbol.iterator]()],
  ["a Set", (lines) => new Set(lines)],
];

test.each(asLines)("with lines: true each text of %s is a line", async (_, make) => {
  for (const lines of [TABLE, LINES.trim().split("\n"), TABLE.map((line) => `${line}\n`)]) {
    const report = await check(make(lines), { lines: true });
    expect(report).toMatchObject({ events: 3, clean: 3 });
    // readline makes an empty line of two line ends
    expect(report.issues.filter(({ code }) => code !== "csv_row_empty")).toEqual([]);
    expect(await send(make(lines), { ...options, lines: true })).toMatchObject({ events: 3, accepted: 3 });
    const sources = new Sources([{ name: "a", input: make(lines), lines: true }]);
    expect(await check(sources)).toMatchObject({ events: 3, clean: 3 });
  }
});

test("texts that are one JSON value each are read without lines: true, and without a note", async () => {
  const values = LINES.trim().split("\n");
  for (const [, make] of asLines) {
    expect(await check(make(values))).toMatchObject({ events: 3, clean: 3, issues: [] });
  }
  const { issues } = await check(given("{}", "{}", "{}"));
  expect(issues.filter(({ code }) => code === "key_missing").map(({ line }) => line)).toEqual([1, 2, 3]);
});

test("with lines: true a text may have its line end", async () => {
  const { issues } = await check(given("{}\n", "{}", "{}\n"), { lines: true });
  expect(issues.filter(({ code }) => code === "key_missing").map(({ line }) => line)).toEqual([1, 2, 3]);
});

test.each(asLines)(
  "without it, where %s gives a table's lines without their ends, nothing is sent and lines is named",
  async (_, make) => {
    posts = 0;
    const error = await failure(send(make(TABLE), options));
    expect(error).toMatchObject({ code: "lines_without_ends", message: expect.stringContaining("lines: true") });
    expect(posts).toBe(0);
  },
);

test.each([
  ["only the header has its line end", [`${HEADER}\n`, ...ROWS]],
  ["the header's line end comes by itself", [HEADER, "\r\n", ...ROWS]],
  ["only two rows are there", [`\ufeff${HEADER}\n`, "", ...ROWS.slice(1)]],
  ["the last row has its line end", [`${HEADER}\n`, ...ROWS.slice(1), `${ROWS[0]}\n`]],
  ["cells are quoted", [HEADER, ...ROWS].map((row, at) => row.replace(/[^,]+/, '"a, ""b"""') + (at === 0 ? "\n" : ""))],
  ["cells are separated by tabs", [`${HEADER}\n`, ...ROWS].map((row) => row.replaceAll(",", "\t"))],
])("where %s, rows without theirs are not joined: nothing is sent and lines is named", async (_, texts) => {
  posts = 0;
  for (const input of [given(...texts), new Set(texts), stream(...texts)]) {
    const error = await failure(send(input, { ...options, maxEvents: 1 }));
    expect(error).toMatchObject({ code: "lines_without_ends", message: expect.stringContaining("lines: true") });
    expect(posts).toBe(0);
  }
});

test("a table with line ends is never mistaken for one without, wherever it is cut", async () => {
  const quoted = ROWS.map((row) => row.replace(/user-\d/, '"a, b, c, d, ""e"", f"'));
  const trailing = ROWS.map((row) => `${row},,,,,,`);
  for (const rows of [ROWS, quoted, trailing]) {
    const text = `${HEADER}\n${[...rows, ...rows].join("\n")}`;
    const whole = await check(text);
    expect(whole.refused).toBe(0);
    const start = HEADER.length + 1;
    for (let first = start; first <= text.length; first += 1) {
      for (const size of [3, 20, ROWS[0]?.length, 60]) {
        const rest = text.slice(first).match(new RegExp(`[^]{1,${size}}`, "g")) ?? [];
        const { events, refused } = await check(given(text.slice(0, start), text.slice(start, first), ...rest));
        expect([events, refused]).toEqual([whole.events, whole.refused]);
      }
    }
  }
});

test.each([
  ["in the quoted cell are separators", `sale,user,"a, b, c"`, ",1645557824000,1,,"],
  ["the rest is empty cells", "sale,user,Ava,1645557824000,", "1,,,,"],
])("a row is read whole though each of its pieces has as many separators as the header: %s", async (_, ...pieces) => {
  expect(await check(given(`${HEADER}\n`, ...pieces))).toMatchObject({ events: 1, refused: 0 });
});

test("a megabyte without a line end is enough for the error", async () => {
  let taken = 0;
  async function* endless() {
    for (; taken < 10_000; taken += 1) yield "x".repeat(1_000);
  }
  expect((await failure(check(endless()))).code).toBe("lines_without_ends");
  expect(taken).toBeLessThan(2_000);
});

test("pieces that are cut anywhere are read as one text, and a single piece needs no line end", async () => {
  for (const text of [`${TABLE.join("\n")}\n`, JSON_TEXT, LINES, `\ufeff\n\n${TABLE.join("\r\n")}`]) {
    for (const size of [1, 7, 60]) {
      const pieces = text.match(new RegExp(`[^]{1,${size}}`, "g")) ?? [];
      expect(await check(given(...pieces))).toMatchObject({ events: 3, clean: 3 });
      expect(await check(new Set([text]))).toMatchObject({ events: 3, clean: 3 });
    }
  }
  expect((await check(given("", HEADER, ""))).events).toBe(0);
});

test("the items of an array are events, whatever they are", async () => {
  expect(await check(LINES.trim().split("\n"))).toMatchObject({ events: 3, issueCounts: { not_object: 3 } });
});

test("an iterable of bytes is text, and may be gzip", async () => {
  const bytes = new TextEncoder().encode(LINES);
  const halves = () => [bytes.subarray(0, 50), bytes.subarray(50)][Symbol.iterator]();
  expect(await check(halves())).toMatchObject({ events: 3, clean: 3 });
});

test("a Batcher takes lines too, and the error shows a wrong value", async () => {
  const batcher = new Batcher({ lines: true });
  for (const line of TABLE) batcher.push(line);
  batcher.finish();
  expect(batcher.report).toMatchObject({ events: 3, clean: 3 });
  const wrong = { lines: "yes" } as unknown as CheckOptions;
  await expect(check(given(...TABLE), wrong)).rejects.toMatchObject({ name: "ConfigError", code: "invalid_option" });
});

test("a resumed import uses lines and map as it began", async () => {
  const journal = memoryStore();
  const table = ["event,trafficTypeName,who,timestamp", ...ROWS.map((row) => row.split(",").slice(0, 4).join(","))];
  const map = new Map([
    ["event", "eventTypeId"],
    ["who", "key"],
  ]);
  const down = (async () => new Response(null, { status: 401 })) as typeof fetch;
  const began = { ...options, fetch: down, journal, journalBodies: false, lines: true, map };
  expect(await send(given(...table), began)).toMatchObject({ events: 3, accepted: 0, refused: 3 });
  expect(await resumeImport(journal, { ...options, source: given(...table) })).toMatchObject({
    events: 3,
    accepted: 3,
  });
});

test("map must be a Map or a plain object", async () => {
  const table = `${HEADER.replace("key", "who")}\n${ROWS.join("\n")}\n`;
  for (const map of [new Map([["who", "key"]]), { who: "key" }, Object.assign(Object.create(null), { who: "key" })]) {
    expect(await check(table, { map })).toMatchObject({ events: 3, clean: 3 });
  }
  class Own {
    who = "key";
  }
  for (const map of [
    new Set(["who"]),
    [["who", "key"]],
    new Headers({ who: "key" }),
    new Own(),
    new Map([[1, "key"]]),
  ]) {
    const wrong = { map } as unknown as CheckOptions;
    await expect(check(table, wrong)).rejects.toMatchObject({ name: "ConfigError", code: "invalid_option" });
  }
});

test("a map for a JSON source gets one warning, whatever the kind of source", async () => {
  const map = { user_id: "key" };
  const sources = new Sources([
    { name: "a.json", input: JSON_TEXT },
    { name: "b.ndjson", input: LINES },
  ]);
  for (const [input, file] of [[JSON_TEXT], [LINES], [events(3)], [event(0)], [sources, "a.json"]] as [
    Input,
    string?,
  ][]) {
    const { issues, issueCounts } = await check(input, { map });
    expect(issueCounts).toEqual({ map_unused_json: 1 });
    const told = {
      code: "map_unused_json",
      severity: "warning",
      index: null,
      line: null,
      byteOffset: null,
      got: "user_id",
    };
    expect(issues).toEqual([expect.objectContaining({ ...told, ...(file && { file }) })]);
    expect(issues[0]?.file).toBe(file);
  }
  const table = await check(`${HEADER.replace("key", "user_id")}\n${ROWS.join("\n")}\n`, { map });
  expect(table).toMatchObject({ events: 3, issues: [] });
});
