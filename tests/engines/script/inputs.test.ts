import { check, KnownKeys, type Report } from "split-events";
import { beforeAll, expect, test } from "vitest";
import { events } from "../../support/events.js";
import { inputCases } from "../../support/input-contract.js";
import type { Page } from "../engine.js";
import { useBrowser } from "../engines.js";
import type {} from "../pages/inputs.js";
import { useSite } from "../site.js";

const site = useSite("pages/inputs.ts");
const browser = useBrowser();
const NOW = Date.now();
let page: Page;

beforeAll(async () => {
  page = await browser().open(site.url());
});

test.each(inputCases)("$name", async ({ name }) => {
  await page.evaluate((name) => inputs.runCase(name), name);
});

/** Without the texts of engines, which differ. */
const plain = (report: Report) => JSON.parse(JSON.stringify(report));

const text = events(40)
  .map((event, at) => JSON.stringify(at % 7 === 3 ? { ...event, key: "" } : event))
  .join("\n");

test.each([
  "text",
  "bytes",
  "a Blob",
  "a File",
  "a Response",
  "a stream cut anywhere",
  "gzip",
  "objects",
  "an async iterable of objects",
])("%s is checked as in Node", async (kind) => {
  const objects = kind.includes("objects");
  const expected = objects ? await check(text.split("\n").map((line) => JSON.parse(line))) : await check(text);
  const found = await page.evaluate((kind, text) => inputs.checkAs(kind, text), kind, text);
  expect(found).toMatchObject({ events: 40, clean: 34, refused: 6 });
  expect(found.issueCounts).toEqual(plain(expected).issueCounts);
});

const EVENT = { eventTypeId: "page_load", trafficTypeName: "user", key: "user", timestamp: NOW, value: 1 };
const line = (more: object) => JSON.stringify({ ...EVENT, ...more });

/** Texts that no careful sender writes. */
const HOSTILE: Record<string, string> = {
  "lone surrogates, escaped": `{"eventTypeId":"a","trafficTypeName":"user","key":"\\ud800","timestamp":${NOW}}`,
  "pairs of surrogates": line({ key: "\u{1f600}\u{10ffff}" }),
  "names of prototypes": `{"__proto__":{"key":"x"},"constructor":1,${line({}).slice(1)}`,
  "the same name twice": `{"key":"other",${line({}).slice(1)}`,
  "deep nesting": `${"[".repeat(100_000)}`,
  "an object in an object, deep": `{"properties":${'{"a":'.repeat(2_000)}1${"}".repeat(2_000)}}`,
  "control characters": line({ key: "a\u0000b\u2028c" }),
  "a byte order mark, and none": `\ufeff${line({})}\n\ufeff${line({})}`,
  "numbers at the edges": `${line({ value: 1e308 })}\n{"value":1e999,${line({}).slice(1)}\n{"timestamp":9007199254740993}`,
  "a cut record": line({}).slice(0, -5),
  "brackets that do not fit": `[${line({})}}]\n{]`,
  "long text": line({ properties: { long: "\u{1f600}".repeat(50_000) } }),
};

test.each(Object.keys(HOSTILE))("%s: the report is that of Node", async (name) => {
  const text = HOSTILE[name] as string;
  const said = await check(text, { now: NOW }).then(plain, (error) => plain(error.report));
  expect(await page.evaluate((text, now) => inputs.report(text, now), text, NOW)).toEqual(said);
});

test("objects that JSON cannot carry cost themselves alone", async () => {
  const { clean, refused, issueCounts } = await page.evaluate((now) => inputs.strange(now), NOW);
  expect({ clean, refused, issueCounts }).toMatchObject({
    clean: 1,
    refused: 5,
    issueCounts: { lone_surrogate: 1, not_serializable: 3 },
  });
});

test("known keys tell keys that getTreatment() was not given", async () => {
  const keys = Array.from({ length: 30 }, (_, at) => `user-${at}`);
  const expected = await check(text, { knownKeys: KnownKeys.of(keys) });
  const found = await page.evaluate((keys, text) => inputs.checkKnown(keys, text), keys, text);
  expect(found.issueCounts).toEqual(plain(expected).issueCounts);
  expect(found.issueCounts.key_not_known).toBeGreaterThan(0);
});

test("a file of 64 MB is checked in a few MB of memory", async () => {
  const { events, bytes, memory } = await page.evaluate(() => inputs.checkLarge());
  expect(bytes).toBeGreaterThan(64_000_000);
  expect(events).toBeGreaterThan(100_000);
  expect(memory).toBeLessThan(16_000_000);
});
