import type { ClientOptions } from "split-events";
import type { Fault, Sandbox } from "split-events-sandbox";
import { expect, onTestFinished, test } from "vitest";
import { event, events, ndjson } from "../../support/events.js";
import { startSandbox } from "../../support/sandbox.js";
import type { Browser, Page } from "../engine.js";
import { newProfile, useBrowser } from "../engines.js";
import { startFront } from "../front.js";
import type {} from "../pages/client.js";
import { until } from "../remote.js";
import { useSite } from "../site.js";

const apiKey = "a-key-for-tests";
const site = useSite("pages/client.ts");
const browser = useBrowser();
/** Soon again. */
const retry = { baseMs: 10, capMs: 20 };
let journals = 0;

async function open(where: Browser = browser()): Promise<Page> {
  const page = await where.open(site.url());
  onTestFinished(() => page.close().catch(() => {}));
  await until("the script of the page", () => page.evaluate(() => "delivering" in globalThis));
  return page;
}

/** A page with a client of a sandbox with these faults, by connections that no browser uses twice. */
async function start(faults: Fault[] = [], options: Omit<ClientOptions, "apiKey"> = {}) {
  const sandbox = await startSandbox();
  sandbox.setFaults(faults);
  const page = await open();
  const all = { apiKey, endpoint: await startFront(sandbox.endpoint), retry, ...options };
  await page.evaluate((options) => delivering.open(options as ClientOptions), all as never);
  return { sandbox, page, options: all };
}

const track = (page: Page, from: number, to: number) =>
  page.evaluate((events) => delivering.track(events), events(to).slice(from) as never[]);

function once(sandbox: Sandbox, count: number): void {
  const keys = sandbox.ledger().map(({ event }) => (event as { key: string }).key);
  expect(keys).toHaveLength(count);
  expect(new Set(keys).size).toBe(count);
}

test("what is tracked is sent by flush and by close, and after close it is rejected", async () => {
  const { sandbox, page } = await start();
  expect(new Set(await track(page, 0, 20))).toEqual(new Set(["clean"]));
  expect(await page.evaluate((event) => delivering.track([event]), event(0, { key: "" }) as never)).toEqual([
    "refused",
  ]);
  expect(await page.evaluate(() => delivering.flush(1_000))).toMatchObject({ events: 21, accepted: 20, refused: 1 });
  await track(page, 20, 30);
  expect(await page.evaluate(() => delivering.queued())).toBe(10);
  const closed = { events: 31, accepted: 30, refused: 1, unknown: 0, unsent: 0, queued: 0 };
  expect(await page.evaluate(() => delivering.close(5_000))).toMatchObject(closed);
  expect(await track(page, 30, 31)).toEqual(["closed"]);
  once(sandbox, 30);
});

/** What the service does, what becomes of 20 events, with which reason, after how many POSTs and how many events taken. */
const FAULTS: Record<
  string,
  [faults: Fault[], receipt: object, reason: string | undefined, posts: number, taken: number]
> = {
  "503 twice": [[{ do: "status", status: 503, times: 2 }], { accepted: 20 }, undefined, 3, 20],
  "429 with Retry-After: 1": [
    [{ do: "status", status: 429, times: 1, headers: { "retry-after": "1" } }],
    { accepted: 20 },
    undefined,
    2,
    20,
  ],
  "400": [[{ do: "status", status: 400 }], { refused: 20 }, "rejected", 1, 0],
  "a reset after it took them": [[{ do: "reset", take: true }], { unknown: 20 }, "connection_lost", 1, 20],
  "a close before it took them": [[{ do: "close" }], { unknown: 20 }, "connection_lost", 1, 0],
  "no answer": [[{ do: "hang", take: true }], { unknown: 20 }, "timeout", 1, 20],
  "half an answer": [[{ do: "halfResponse" }], { accepted: 20 }, undefined, 1, 20],
  garbage: [[{ do: "garbage" }], { accepted: 20 }, undefined, 1, 20],
};

test.each(Object.keys(FAULTS))("%s", async (what) => {
  const [faults, states, reason, posts, taken] = FAULTS[what] as (typeof FAULTS)[string];
  const { sandbox, page } = await start(faults, { timeoutMs: 2_000 });
  await track(page, 0, 20);
  const began = Date.now();
  const receipt = await page.evaluate(() => delivering.flush(5_000));
  expect(receipt).toMatchObject({ accepted: 0, refused: 0, unknown: 0, unsent: 0, queued: 0, ...states });
  if (reason) expect(receipt.batches[0]?.reason).toBe(reason);
  if (what.startsWith("429")) expect(Date.now() - began).toBeGreaterThanOrEqual(1_000);
  // nothing is sent again later
  expect(await page.evaluate(() => delivering.flush(100))).toMatchObject(states);
  expect(sandbox.posts()).toHaveLength(posts);
  once(sandbox, taken);
});

test("close ends at its deadline: what is in flight is unknown, and what was not sent is unsent", async () => {
  const { sandbox, page } = await start([{ do: "hang", take: true }], { maxEvents: 10, concurrency: 1 });
  await track(page, 0, 30);
  const receipt = await page.evaluate(() => delivering.close(700));
  expect(receipt).toMatchObject({ accepted: 0, unknown: 10, unsent: 20, queued: 0 });
  once(sandbox, 10);
});

test("offline the queue is kept, and sent by itself once the page is online", async () => {
  const sandbox = await startSandbox();
  const page = await open();
  const endpoint = (await startFront(sandbox.endpoint)).replace("127.0.0.1", "service.test");
  await page.evaluate((options) => delivering.open(options), { apiKey, endpoint });
  await page.setOffline(true);
  await track(page, 0, 20);
  expect(await page.evaluate(() => delivering.flush(100))).toMatchObject({ accepted: 0, unknown: 0, queued: 20 });
  expect(sandbox.posts()).toHaveLength(0);
  await page.setOffline(false);
  await expect.poll(() => page.evaluate(() => delivering.queued()), { timeout: 10_000 }).toBe(0);
  expect(await page.evaluate(() => delivering.flush(100))).toMatchObject({ accepted: 20, unknown: 0, queued: 0 });
  once(sandbox, 20);
});

test("one receipt has all four states, and they add up", async () => {
  const sandbox = await startSandbox();
  sandbox.setFaults([
    { post: 2, do: "status", status: 400 },
    { post: 3, do: "reset", take: true },
    { post: 4, do: "status", status: 403 },
  ]);
  const page = await open();
  const options = { apiKey, endpoint: await startFront(sandbox.endpoint), maxEvents: 5, concurrency: 1 };
  const text = ndjson([...events(25), event(25, { key: "" })]);
  await page.evaluate((text, options) => delivering.send(text, options), text, options);
  const receipt = await page.evaluate(() => delivering.received());
  const { accepted, refused, unknown, unsent, refusedBy } = receipt;
  expect({ accepted, unknown, unsent, refusedBy }).toEqual({
    accepted: 5,
    unknown: 5,
    unsent: 5,
    refusedBy: { check: 1, service: 10 },
  });
  expect(accepted + refused + unknown + unsent).toBe(receipt.events);
  once(sandbox, 10);
});

test("of two tabs with one journal the second waits until the first gives it back, and each event is sent once", async () => {
  const sandbox = await startSandbox();
  const [first, second] = [await open(), await open()];
  const options = { apiKey, endpoint: await startFront(sandbox.endpoint) };
  journals += 1;
  const journal = `shared ${journals}`;
  await first.evaluate((options, journal) => delivering.open(options, journal), options, journal);
  await track(first, 0, 20);
  expect(await second.evaluate((journal) => delivering.openStore(journal), journal)).toBe("store_locked");
  const waiting = second.evaluate((options, journal) => delivering.open(options, journal), options, journal);
  expect(await first.evaluate(() => delivering.close(5_000))).toMatchObject({ accepted: 20, queued: 0 });
  await waiting;
  await track(second, 20, 40);
  expect(await second.evaluate(() => delivering.flush(1_000))).toMatchObject({ accepted: 20, queued: 0 });
  once(sandbox, 40);
});

test("two tabs without a journal send their own events", async () => {
  const { sandbox, page, options } = await start();
  const other = await open();
  await other.evaluate((options) => delivering.open(options as ClientOptions), options as never);
  await track(page, 0, 20);
  await track(other, 20, 40);
  await Promise.all([page, other].map((tab) => tab.evaluate(() => delivering.flush(1_000))));
  once(sandbox, 40);
});

test("with a journal the next page sends the events that the last one could not, once", async () => {
  const sandbox = await startSandbox();
  sandbox.setFaults([{ do: "status", status: 425, times: 1 }]);
  const options = { apiKey, endpoint: await startFront(sandbox.endpoint), flushIntervalMs: 1_000_000 };
  const page = await open();
  const late = { ...options, retry: { baseMs: 1_000_000, capMs: 1_000_000 } };
  await page.evaluate((options) => delivering.open(options, "next"), late);
  await track(page, 0, 20);
  expect(await page.evaluate(() => delivering.flush(0))).toMatchObject({ events: 0, queued: 20 });
  await page.close();
  const next = await open();
  await next.evaluate((options) => delivering.open(options, "next"), options);
  expect(await next.evaluate(() => delivering.flush(5_000))).toMatchObject({ events: 20, accepted: 20, queued: 0 });
  once(sandbox, 20);
});

test("after the browser was killed the journal has all that was synced, and what was in flight is unknown", async () => {
  const sandbox = await startSandbox();
  sandbox.setFaults([{ post: 2, do: "hang", take: true }]);
  const options = { apiKey, endpoint: await startFront(sandbox.endpoint), maxEvents: 10, concurrency: 1 };
  const profile = newProfile();
  const before = await profile.start();
  const page = await open(before);
  await page.evaluate((options) => delivering.open(options, "killed"), options);
  await track(page, 0, 30);
  page.evaluate(() => delivering.flush(0)).catch(() => {});
  await expect.poll(() => sandbox.ledger().length, { timeout: 10_000 }).toBe(20);
  await before.kill();
  const next = await open(await profile.start());
  await next.evaluate((options) => delivering.open(options, "killed"), options);
  const receipt = await next.evaluate(() => delivering.flush(5_000));
  expect(receipt).toMatchObject({ unknown: 10, unsent: 0, queued: 0 });
  // the batch before it may have been told of already
  expect([10, 20]).toContain(receipt.accepted);
  once(sandbox, 30);
});
