import { Batcher, type BatcherOptions, type CheckOptions, check, type Input, KnownKeys } from "split-events";
import { expect, test } from "vitest";
import { event, ndjson } from "../support/events.js";

const EVENTS = [event(0, { key: "😀a𝒳" }), event(1, { key: "" }), event(2, { properties: { "👩‍💻": "x😀" } })];
const TABLE =
  "eventTypeId,trafficTypeName,key,timestamp,name 😀\nsale,user,😀a,1645557824000,𝒳\nsale,user,,1645557824000,😀\n";
const TEXTS = { array: JSON.stringify(EVENTS), lines: ndjson(EVENTS), table: TABLE };

async function* given<T>(...values: T[]) {
  yield* values;
}

function* givenNow<T>(...values: T[]) {
  yield* values;
}

const stream = (...texts: string[]) =>
  new ReadableStream({
    start(controller) {
      for (const text of texts) controller.enqueue(text);
      controller.close();
    },
  }) as unknown as Input;

/** Returns a text cut between all code units, and cut in two at each place. */
function cuts(text: string): string[][] {
  const units = text.split("");
  return [units, ...units.map((_, at) => [text.slice(0, at), "", text.slice(at)])];
}

function pushed(pieces: (string | Uint8Array | object[])[], options: CheckOptions & BatcherOptions = {}) {
  const batcher = new Batcher(options);
  const batches = [...pieces.flatMap((piece) => batcher.push(piece)), ...batcher.finish()];
  return { sent: batches.map(({ body }) => new TextDecoder().decode(body)), report: batcher.report };
}

test.each(Object.entries(TEXTS))(
  "a text that is cut within characters is what it is in one piece: %s",
  async (_, text) => {
    const whole = pushed([text]);
    expect(whole.report.issueCounts).not.toHaveProperty("lone_surrogate");
    for (const pieces of cuts(text)) {
      expect(pushed(pieces)).toEqual(whole);
      for (const input of [given(...pieces), givenNow(...pieces), stream(...pieces)]) {
        expect(await check(input as Input)).toEqual(whole.report);
      }
    }
  },
);

test("half of a pair is refused, and no other event", async () => {
  const [before, bad, after] = [event(0), event(1, { key: "A~B" }), event(2, { key: "" })].map((one) =>
    JSON.stringify(one),
  );
  for (const half of ["\ud83d", "\ude00", "\udbff\ud800", "\udc00\udbff"]) {
    const text = `${before}\n${bad?.replace("~", half)}\n${after}\n`;
    const at = text.indexOf(half);
    const near = [at - 1, at, at + 1, at + 2, at + 3].map((cut) => [text.slice(0, cut), text.slice(cut)]);
    for (const pieces of [[text], text.split(""), ...near]) {
      const { report, sent } = pushed(pieces);
      expect(sent).toEqual([`[${before}]`]);
      expect(report.issues).toMatchObject([
        { code: "lone_surrogate", index: 1, line: 2, byteOffset: at },
        { code: "key_empty", index: 2, line: 3 },
      ]);
      // three bytes for each half
      expect(report.issues[1]?.byteOffset).toBe(text.indexOf('""') + 2 * half.length);
      expect(await check(given(...pieces))).toEqual(report);
    }
  }
});

test("half of a pair in a table costs its row, and in the header the table", async () => {
  const [header, first, second] = TABLE.split("\n");
  for (const half of ["\ud83d", "\ude00"]) {
    const row = first?.replace("😀", half);
    for (const pieces of [
      [`${header}\n${row}\n${first}\n`],
      [`${header}\n${row?.slice(0, 11)}`, `${row?.slice(11)}\n${first}\n`],
    ]) {
      const { report } = pushed(pieces);
      expect(report).toMatchObject({ events: 2, clean: 1, issueCounts: { lone_surrogate: 1 } });
      expect(await check(given(...pieces))).toEqual(report);
    }
    const headless = `${header?.replace("😀", half)}\n${first}\n${second}\n`;
    expect(await check(headless)).toMatchObject({ events: 0, issueCounts: { lone_surrogate: 1 } });
  }
});

test("half of a pair at the end of a text is not joined with objects or bytes that follow", async () => {
  const text = `${JSON.stringify(event(0))}\n{"key":"\ud83d`;
  const one = [event(1)];
  const bytes = new TextEncoder().encode(JSON.stringify(one));
  for (const pieces of [[text], [text, one], [text, bytes], [text, "", one, "\ude00"]]) {
    const { report } = pushed(pieces);
    expect(report.issueCounts.lone_surrogate).toBe(1);
    expect(await check(given<unknown>(...pieces) as Input)).toEqual(report);
  }
  expect(pushed(["\ud83d", one]).report).toEqual(await check(given<unknown>("\ud83d", one) as Input));
  expect(pushed(["\ud83d"]).report).toEqual(await check("\ud83d"));
});

test("reset drops the part of a character that a batcher holds", () => {
  const batcher = new Batcher();
  batcher.push("\ud83d");
  batcher.reset();
  batcher.push(JSON.stringify(event(0)));
  batcher.finish();
  expect(batcher.report).toMatchObject({ events: 1, clean: 1, issues: [] });
});

test("with lines: true a character ends with its text", async () => {
  const lines = [`{"key":"\ud83d`, `\ude00"}`, JSON.stringify(event(0))];
  const report = await check(given(...lines), { lines: true });
  expect(report).toMatchObject({ events: 3, clean: 1, refused: 2 });
  expect(report.issues.map(({ line }) => line)).toEqual([1, 2]);
  expect(pushed(lines, { lines: true }).report).toEqual(report);
});

test("known keys are read from texts that are cut within characters", async () => {
  const keys = await KnownKeys.read(given("😀a\n\ud835", "\udcb3\n") as AsyncIterable<string>);
  const report = await check([event(0, { key: "😀a" }), event(1, { key: "𝒳" })], { knownKeys: keys });
  expect([keys.size, report.keyMatches]).toEqual([2, [expect.objectContaining({ events: 2, known: 2 })]]);
});
