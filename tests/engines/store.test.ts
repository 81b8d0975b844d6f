import { expect, test } from "vitest";
import { storeCases } from "../support/store-contract.js";
import type { Browser, Page } from "./engine.js";
import { engine, newProfile } from "./engines.js";
import type {} from "./pages/store.js";
import { until } from "./remote.js";
import { useSite } from "./site.js";

const site = useSite("pages/store.ts");
/** More on demand: `LEAVES=30`. */
const LEAVES = Number(process.env.LEAVES ?? 2);
const LEAVES_MS = 60_000 + LEAVES * 30_000;
/** A store that lets no page wait is one that the page before blocks. */
const QUICK_MS = 2_000;

type Way = "navigated" | "closed" | "reloaded" | "gone back";
const ways: Way[] = ["navigated", "closed", "reloaded", "gone back"];

/** Opens the page so that it can be left in this way. */
async function enter(browser: Browser, way: Way): Promise<Page> {
  if (way !== "gone back") return browser.open(site.url());
  const page = await browser.open(site.blank());
  await page.goto(site.url());
  return page;
}

/** Leaves the page; what it leaves open is closed at the end. */
async function leave(page: Page, way: Way): Promise<void> {
  if (way === "navigated") await page.goto(site.blank());
  if (way === "closed") await page.close();
  if (way === "reloaded") await page.reload();
  if (way === "gone back") await page.back();
}

/** What the next page finds. */
async function contents(browser: Browser, name: string, bytes = 0): Promise<number> {
  const next = await browser.open(site.url("/next"));
  expect(await next.evaluate((name) => page.open(name, { wait: true }), name)).toBeLessThan(QUICK_MS);
  const count = await next.evaluate((bytes) => page.count(bytes), bytes);
  expect(await next.evaluate(() => page.inLocalStorage())).toEqual([]);
  await next.evaluate(() => page.close());
  await next.close();
  return count;
}

/** Firefox may end a page whose tab is closed before its last transaction is done. */
const kept = ways.filter((way) => engine.name !== "Firefox" || way !== "closed");

test("does what every store does", async () => {
  const browser = await newProfile().start();
  const page = await browser.open(site.url());
  for (const { name } of storeCases) await page.evaluate((name) => globalThis.page.runCase(name), name);
});

test.each(kept)(
  `has all that was pending when a page was left ${LEAVES} times: %s`,
  async (way) => {
    const browser = await newProfile().start();
    for (const [count, bytes] of [
      [400, 170],
      [900, 1_100],
      [6, 200_000],
    ] as const) {
      for (let left = 0; left < LEAVES; left += 1) {
        const name = `left-${count}-${left}`;
        const tab = await enter(browser, way);
        expect(await tab.evaluate((name) => page.open(name), name)).toBeTypeOf("number");
        await tab.evaluate(
          (count, bytes) => {
            page.leaveWithPage();
            page.put(count / 2, bytes);
            void page.sync();
            page.put(count / 2, bytes, count / 2);
          },
          count,
          bytes,
        );
        await leave(tab, way);
        expect(await contents(browser, name, bytes)).toBe(count);
        if (way !== "closed") await tab.close();
      }
    }
  },
  LEAVES_MS,
);

test(
  "has what was synced when a tab was closed, and what was pending whole or not at all",
  async () => {
    const browser = await newProfile().start();
    for (let left = 0; left < LEAVES; left += 1) {
      const tab = await browser.open(site.url());
      expect(await tab.evaluate((name) => page.open(name), `closed-${left}`)).toBeTypeOf("number");
      await tab.evaluate(async () => {
        page.leaveWithPage();
        page.put(100);
        await page.sync();
        page.put(300, 1, 100);
      });
      await tab.close();
      const found = await contents(browser, `closed-${left}`);
      expect(engine.name === "Firefox" ? [100, 400] : [400]).toContain(found);
    }
  },
  LEAVES_MS,
);

test.each(ways)(
  `lets no later page wait for one that knows nothing of leaving, ${LEAVES} times: %s`,
  async (way) => {
    const browser = await newProfile().start();
    for (let left = 0; left < LEAVES; left += 1) {
      const name = `busy-${left}`;
      const tab = await enter(browser, way);
      expect(await tab.evaluate((name) => page.open(name), name)).toBeTypeOf("number");
      await tab.evaluate(() => void page.goOn());
      const synced = await until("writing", async () => (await tab.evaluate(() => page.synced)) || undefined);
      await leave(tab, way);
      const found = await contents(browser, name);
      expect(found).toBeGreaterThanOrEqual(synced);
      expect(found % 10).toBe(0);
      if (way !== "closed") await tab.close();
    }
  },
  LEAVES_MS,
);

test("goes on when its page comes back from the cache", async () => {
  const browser = await newProfile().start();
  const tab = await browser.open(site.url());
  await tab.evaluate(() => page.open("back"));
  await tab.evaluate(() => {
    page.leaveWithPage();
    page.put(300);
    void page.sync();
    page.put(300, 1, 300);
  });
  await tab.goto(site.blank());
  await tab.back();
  // Firefox caches no page that has a lock
  if (engine.name === "Firefox") {
    await tab.evaluate(() => page.open("back"));
  } else {
    expect(await tab.evaluate(() => page.cached)).toBe(true);
    await tab.evaluate(() => page.put(100, 1, 600));
  }
  expect(await tab.evaluate(() => page.sync())).toBe("done");
  const other = await browser.open(site.url("/other"));
  expect(await other.evaluate(() => page.open("back"))).toMatch(/^store_locked: /);
  const count = engine.name === "Firefox" ? 600 : 700;
  expect(await tab.evaluate(() => page.count())).toBe(count);
  await tab.evaluate(() => page.close());
  expect(await contents(browser, "back")).toBe(count);
});

test("is taken away from a page in the cache by another that writes", async () => {
  const browser = await newProfile().start();
  const tab = await browser.open(site.url());
  await tab.evaluate(() => page.open("taken"));
  await tab.evaluate(() => {
    page.leaveWithPage();
    page.put(300);
  });
  await tab.goto(site.blank());
  const other = await browser.open(site.url("/other"));
  expect(await other.evaluate(() => page.open("taken", { wait: true }))).toBeLessThan(QUICK_MS);
  expect(await other.evaluate(() => page.count())).toBe(300);
  await other.evaluate(() => page.put(300, 2));
  expect(await other.evaluate(() => page.sync())).toBe("done");
  await other.evaluate(() => page.close());
  await tab.back();
  // the others throw the page in the cache away
  if (engine.name === "WebKit") {
    expect(await tab.evaluate(() => page.cached)).toBe(true);
    await tab.evaluate(() => page.put(1, 1, 900));
    const taken = /^store_closed: .* another page had it while this one was away: reload this page/;
    expect(await tab.evaluate(() => page.sync())).toMatch(taken);
    expect(await tab.evaluate(() => page.failure())).toMatch(taken);
  } else {
    expect(await tab.evaluate(() => page.cached)).toBe(false);
  }
  expect(await contents(browser, "taken", 2)).toBe(300);
});
