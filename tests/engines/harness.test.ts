import { expect, test } from "vitest";
import { events } from "../support/events.js";
import { newProfile } from "./engines.js";
import type {} from "./pages/module.js";
import { useSite } from "./site.js";

const site = useSite("pages/module.ts");

test("loads the module and checks events", async () => {
  const browser = await newProfile().start();
  const page = await browser.open(site.url());
  const text = events(3)
    .map((event) => JSON.stringify(event))
    .join("\n");
  expect(await page.evaluate((text) => loading.check(text), text)).toBe(3);
});

test("keeps a profile, takes pages from its cache, and reloads and closes them", async () => {
  const profile = newProfile();
  const before = await profile.start();
  const page = await before.open(site.url());
  await page.evaluate(() => {
    localStorage.setItem("kept", "1");
    Object.assign(globalThis, { mark: 1 });
  });
  await page.goto(site.blank());
  await page.back();
  expect(await page.evaluate(() => ["mark" in globalThis, loading.persisted])).toEqual([true, true]);
  await page.forward();
  expect(await page.evaluate(() => location.pathname)).toBe("/blank");
  await page.back();
  await page.reload();
  expect(await page.evaluate(() => ["mark" in globalThis, loading.persisted])).toEqual([false, false]);
  const second = await before.open(site.url("/second"));
  expect(await second.evaluate(() => localStorage.getItem("kept"))).toBe("1");
  const other = await before.open(site.other());
  expect(await other.evaluate(() => localStorage.getItem("kept"))).toBe(null);
  await page.close();
  await expect(page.evaluate(() => 1)).rejects.toThrow();
  await expect(second.evaluate(() => Promise.reject(new Error("as it should")))).rejects.toThrow("as it should");
  await before.close();

  const after = await profile.start();
  const again = await after.open(site.url());
  expect(await again.evaluate(() => localStorage.getItem("kept"))).toBe("1");
});
