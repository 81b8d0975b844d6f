import type { Sandbox } from "split-events-sandbox";
import { afterAll, expect, test } from "vitest";
import { closedPort } from "../support/closed-port.js";
import { startSandbox } from "../support/sandbox.js";
import type { Browser, Page } from "./engine.js";
import { engine, newProfile } from "./engines.js";
import type {} from "./pages/leaving.js";
import { until } from "./remote.js";
import { useSite } from "./site.js";

const apiKey = "a-key-for-tests";
const site = useSite("pages/leaving.ts");
/** `TIMES=30` leaves as many pages in each way. */
const TIMES = Number(process.env.TIMES ?? 1);
/** No call of the client may last longer, whatever became of its page. */
const LIMIT_MS = 25_000;

type Way = (page: Page, browser: Browser) => Promise<Page>;

const WAYS: Record<string, Way> = {
  async navigation(page) {
    await page.goto(site.blank());
    await page.goto(site.url("/next"));
    return page;
  },
  async closing(page, browser) {
    await page.close();
    return browser.open(site.url("/next"));
  },
  async reload(page) {
    await page.reload();
    return page;
  },
  async "back and forward"(page) {
    await page.goto(site.blank());
    await page.back();
    return page;
  },
};

/** A page is shown before its script has run. */
async function ready(page: Page): Promise<Page> {
  await until("the script of the page", () => page.evaluate(() => "leaving" in globalThis));
  return page;
}

const keys = (sandbox: Sandbox) => sandbox.ledger().map(({ event }) => (event as { key: string }).key);

const tally: string[] = [];
afterAll(() => console.log(tally.join("\n")));

test.each(
  Object.keys(WAYS).flatMap((way) => [400, 900].flatMap((count) => [true, false].map((up) => ({ way, count, up })))),
)("$count events, the page left by $way, service up: $up", { timeout: TIMES * 60_000 }, async ({ way, count, up }) => {
  const browser = await newProfile().start();
  const sums = { accepted: 0, unknown: 0, queued: 0 };
  const lost: string[] = [];
  let longest = 0;
  for (let time = 0; time < TIMES; time++) {
    const sandbox = await startSandbox();
    const options = { apiKey, endpoint: up ? sandbox.endpoint : `http://127.0.0.1:${await closedPort()}/` };
    const journal = `journal ${time}`;
    let page = await ready(await browser.open(site.url()));
    await page.evaluate((options, journal) => leaving.open(options, journal), options, journal);
    // some long before, some right before
    await page.evaluate((to) => void leaving.track(0, to), count / 2);
    await new Promise((resolve) => setTimeout(resolve, (time * 53) % 500));
    await page.evaluate((from, to) => void leaving.track(from, to), count / 2, count);
    page = await ready(await (WAYS[way] as Way)(page, browser));
    const isOpen = await page.evaluate(() => leaving.isOpen());
    const now = { ...options, endpoint: sandbox.endpoint };
    if (!isOpen) await page.evaluate((options, journal) => leaving.open(options, journal), now, journal);
    const began = Date.now();
    const receipt = await page.evaluate(() => leaving.flush(2_000));
    longest = Math.max(longest, Date.now() - began);
    const found = keys(sandbox);
    const { unknown } = receipt;
    const missing = count - new Set(found).size;
    if (missing > unknown + receipt.queued || found.length !== new Set(found).size) {
      const { accepted, queued } = receipt;
      lost.push(JSON.stringify({ time, ledger: found.length, once: new Set(found).size, accepted, unknown, queued }));
    }
    sums.accepted += new Set(found).size;
    sums.unknown += unknown;
    sums.queued += receipt.queued;
    await page.close();
    await sandbox.close();
  }
  tally.push(`${engine.name}, ${count} by ${way}, up ${up}: ${JSON.stringify(sums)}, longest ${longest} ms`);
  expect(lost).toEqual([]);
  expect(longest).toBeLessThan(LIMIT_MS);
});

/** A page with a client that was left and came back; and its service. */
async function open(journal?: string) {
  const sandbox = await startSandbox();
  const browser = await newProfile().start();
  const page = await ready(await browser.open(site.url()));
  const options = { apiKey, endpoint: sandbox.endpoint, flushIntervalMs: 1_000_000 };
  await page.evaluate((options, journal) => leaving.open(options, journal), options, journal);
  return { sandbox, browser, page, options };
}

test("a page that comes back from the cache goes on with its journal", async () => {
  const { sandbox, page, options } = await open("journal");
  await page.evaluate(() => leaving.flush(100));
  await page.evaluate(() => void leaving.track(0, 20));
  await page.goto(site.blank());
  await ready(await page.back().then(() => page));
  // Firefox may keep no page that was writing; then it is the next page
  if (!(await page.evaluate(() => leaving.isOpen()))) {
    expect(engine.name).toBe("Firefox");
    await page.evaluate((options) => leaving.open(options, "journal"), options);
  }
  expect(new Set(await page.evaluate(() => leaving.track(20, 40)))).toEqual(new Set(["clean"]));
  const { accepted, unknown, queued } = await page.evaluate(() => leaving.flush(2_000));
  expect([accepted, unknown, queued]).toEqual([40, 0, 0]);
  expect([keys(sandbox).length, new Set(keys(sandbox)).size]).toEqual([40, 40]);
});

test("what another page took over while this one was away is sent by that one, once", async () => {
  const { sandbox, browser, page, options } = await open("journal");
  await page.evaluate(() => leaving.flush(100));
  await page.evaluate(() => void leaving.track(0, 20));
  await page.goto(site.blank());
  const other = await ready(await browser.open(site.url("/other")));
  await other.evaluate((options) => leaving.open(options, "journal"), options);
  expect(await other.evaluate(() => leaving.flush(2_000))).toMatchObject({ accepted: 20, unknown: 0, queued: 0 });
  await ready(await page.back().then(() => page));
  // thrown away, or it says that its journal has failed, and sends nothing more
  if (await page.evaluate(() => leaving.isOpen())) {
    const said = () => page.evaluate(() => [leaving.track(20, 21)[0], leaving.receipt().storeError?.code]);
    await until("the journal to fail", async () => (await said())[0] === "journal_failed");
    expect((await said())[1]).toBe("store_closed");
    const flushed = await page.evaluate(() => leaving.flush(100).then(String, ({ code }) => String(code)));
    expect(flushed).toBe("store_closed");
  }
  expect([keys(sandbox).length, new Set(keys(sandbox)).size]).toEqual([20, 20]);
});

test("without a journal what was sent on leaving ends soon after the page came back", async () => {
  const { sandbox, page } = await open();
  await page.evaluate(() => void leaving.track(0, 20));
  await page.goto(site.blank());
  await ready(await page.back().then(() => page));
  if (!(await page.evaluate(() => leaving.isOpen()))) {
    expect(engine.name).toBe("Firefox"); // which may keep no page that was sending
    return expect(keys(sandbox).length).toBe(new Set(keys(sandbox)).size);
  }
  const began = Date.now();
  const receipt = await until("the end of what was sent", async () => {
    const receipt = await page.evaluate(() => leaving.flush(100));
    return receipt.queued === 0 && receipt;
  });
  expect(Date.now() - began).toBeLessThan(10_000);
  expect(receipt.accepted + receipt.unknown).toBe(20);
  expect(receipt.batches.every(({ reason }) => reason === undefined || reason === "page_left")).toBe(true);
  expect(keys(sandbox).length).toBe(new Set(keys(sandbox)).size);
  expect(keys(sandbox).length).toBeGreaterThanOrEqual(receipt.accepted);
});
