import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { type BrowserContext, chromium, type Page } from "playwright-core";
import { beforeAll, expect, onTestFinished, test, vi } from "vitest";
import { chromiumFlags, findChromium } from "../../scripts/chromium.mjs";
import { Folder } from "../support/folder.js";
import { storeCases } from "../support/store-contract.js";
import { useChromium } from "./chromium.js";
import type {} from "./stores/page.js";

/** Nothing listens there: the pages are handed to Chromium as it asks for them. */
const PAGE = "http://localhost/";
/** More on demand: `STORE_KILLS=50`. */
const KILLS = Number(process.env.STORE_KILLS ?? 5);

const { browser } = useChromium();
let script: string;

beforeAll(async () => {
  const result = await build({
    entryPoints: [fileURLToPath(new URL("stores/page.ts", import.meta.url))],
    bundle: true,
    write: false,
    format: "iife",
    platform: "browser",
  });
  script = result.outputFiles[0]?.text as string;
});

/** A profile of the test's own, with pages that have the stores. */
async function profile(): Promise<BrowserContext> {
  const context = await browser().newContext();
  onTestFinished(() => context.close());
  await context.route("**/*", (route) => route.fulfill({ contentType: "text/html", body: "<title>stores</title>" }));
  await context.addInitScript(script);
  return context;
}

async function tab(context: BrowserContext, url = PAGE): Promise<Page> {
  const page = await context.newPage();
  await page.goto(url);
  return page;
}

/** What another page finds in the store, once it has it. */
const contents = (page: Page, name: string) =>
  page.evaluate(async (name) => {
    const store = await stores.open(name, { wait: true });
    const found = await stores.read(store);
    await store.close();
    return found;
  }, name);

test.each(storeCases)("$name", async ({ name }) => {
  const page = await tab(await profile());
  await page.evaluate((name) => stores.runCase(name), name);
});

test(`after each of ${KILLS} closed pages all that was synced is there, and no sync in part`, async () => {
  const context = await profile();
  let count = 0;
  for (let kill = 0; kill < KILLS; kill += 1) {
    const writer = await tab(context);
    let said = "";
    const begun = new Promise<void>((resolve) =>
      writer.on("console", (message) => {
        said += `${message.text()}\n`;
        if (said.includes("synced")) resolve();
      }),
    );
    writer.evaluate((from) => stores.writeOn("killed", from), count).catch(() => {});
    await begun;
    await sleep(Math.random() * 30);
    await writer.close();

    const reader = await tab(context);
    const found = await contents(reader, "killed");
    await reader.close();
    const synced = Array.from(said.matchAll(/^synced (\d+)$/gm), ([, number]) => Number(number));
    expect(found.length).toBeGreaterThanOrEqual(Math.max(...synced));
    while (count < found.length) count += 1 + (count % 5);
    expect(found.length).toBe(count);
    for (const [index, entry] of found.entries()) {
      expect(entry).toEqual([`entry/${String(index).padStart(8, "0")}`, `${index};`.repeat(1000)]);
    }
  }
});

test("synced values survive a crash of the browser", async () => {
  const folder = new Folder().path;
  const launch = async () => {
    const executablePath = findChromium() as string;
    const context = await chromium.launchPersistentContext(folder, { executablePath, args: chromiumFlags });
    onTestFinished(() => context.close());
    await context.route("**/*", (route) => route.fulfill({ contentType: "text/html", body: "<title>stores</title>" }));
    await context.addInitScript(script);
    return context;
  };
  const before = await launch();
  const page = await tab(before);
  await page.evaluate(async () => {
    const store = await stores.open("crashed");
    store.put("key", stores.text("synced"));
    await store.sync();
  });
  const gone = new Promise((resolve) => before.once("close", resolve));
  const session = await before.newCDPSession(page);
  session.send("Browser.crash").catch(() => {});
  await gone;
  expect(await contents(await tab(await launch()), "crashed")).toEqual([["key", "synced"]]);
});

test("a second tab gets store_locked, or waits until the first gives the store back", async () => {
  const context = await profile();
  const [first, second] = [await tab(context), await tab(context)];
  const held = await first.evaluateHandle(() => stores.open("shared"));
  await expect(second.evaluate(() => stores.open("shared").then(() => "open"))).rejects.toThrow(
    'store_locked: the IndexedDB store "shared" is open in another page or store: close the other page',
  );
  const waiting = second.evaluate(async () => {
    const store = await stores.open("shared", { wait: true });
    return stores.read(store);
  });
  await held.evaluate(async (store) => {
    store.put("from", stores.text("the first"));
    await store.sync();
    await store.close();
  });
  expect(await waiting).toEqual([["from", "the first"]]);
});

test("a page can stop waiting, and has no lock then", async () => {
  const context = await profile();
  const [first, second] = [await tab(context), await tab(context)];
  const held = await first.evaluateHandle(() => stores.open("shared"));
  const reason = await second.evaluate(async () => {
    const control = new AbortController();
    const waiting = stores.rejected(stores.indexedDbStore("shared", { wait: true, signal: control.signal }));
    control.abort();
    return waiting;
  });
  expect(reason).toBe("AbortError 20");
  await held.evaluate((store) => store.close());
  expect(await first.evaluate(() => stores.open("shared").then(() => "open"))).toBe("open");
});

test("an aborted signal opens no store, and a store needs a name", async () => {
  const page = await tab(await profile());
  const rejected = await page.evaluate(async () => [
    await stores.rejected(stores.indexedDbStore("aborted", { signal: AbortSignal.abort() })),
    await stores.rejected(stores.indexedDbStore("")),
    await stores.rejected(stores.indexedDbStore(undefined as unknown as string)),
    (await indexedDB.databases()).length,
  ]);
  expect(rejected).toEqual(["AbortError 20", "ConfigError invalid_name", "ConfigError invalid_name", 0]);
});

test("a store whose database another page deletes lets go, and fails from then on", async () => {
  const context = await profile();
  const [first, second] = [await tab(context), await tab(context)];
  const held = await first.evaluateHandle(() => stores.open("deleted"));
  await second.evaluate(
    () =>
      new Promise((resolve, reject) => {
        const request = indexedDB.deleteDatabase("deleted");
        request.onsuccess = resolve;
        request.onerror = reject;
      }),
  );
  const after = await held.evaluate(async (store) => {
    store.put("key", stores.text("1"));
    const failures = [await stores.rejected(store.sync()), await stores.rejected(stores.read(store))];
    await store.close();
    return failures;
  });
  expect(after).toEqual(["StoreError store_closed", "StoreError store_closed"]);
  expect(await contents(second, "deleted")).toEqual([]);
});

test("a full disk fails with store_full, and loses nothing that was synced", async () => {
  const context = await profile();
  const page = await tab(context);
  const session = await context.newCDPSession(page);
  await session.send("Storage.overrideQuotaForOrigin", { origin: new URL(PAGE).origin, quotaSize: 2_000_000 });
  const failures = await page.evaluate(async () => {
    const store = await stores.open("full");
    store.put("kept", stores.text("1"));
    await store.sync();
    store.put("kept", stores.text("2"));
    store.put("large", new Uint8Array(5_000_000));
    const found = [await stores.rejected(store.sync()), await stores.rejected(store.sync())];
    await store.close();
    return found;
  });
  expect(failures).toEqual(["StoreError store_full", "StoreError store_full"]);
  expect(await contents(page, "full")).toEqual([["kept", "1"]]);
});

test("a database of another program is left alone", async () => {
  const page = await tab(await profile());
  await page.evaluate(
    () =>
      new Promise<void>((resolve) => {
        const request = indexedDB.open("theirs", 1);
        request.onupgradeneeded = () => void request.result.createObjectStore("things");
        request.onsuccess = () => {
          request.result.close();
          resolve();
        };
      }),
  );
  for (const attempt of [1, 2]) {
    await expect(
      page.evaluate(() => stores.open("theirs").then(() => "open")),
      `${attempt}`,
    ).rejects.toThrow('store_failed: the IndexedDB store "theirs" is a database, but no store: choose another name');
  }
});

test("a page without Web Locks gets an error that names what it needs", async () => {
  const page = await tab(await profile(), "http://insecure.test/");
  await expect(page.evaluate(() => stores.open("any").then(() => "open"))).rejects.toThrow(
    'store_failed: the IndexedDB store "any" cannot be opened: there are no Web Locks: use it in a page or worker of a secure context',
  );
});

test("opening behind a deletion that another page blocks fails in time, and leaves no lock", async () => {
  const context = await profile();
  const [first, second] = [await tab(context), await tab(context)];
  const blocking = await first.evaluateHandle(async () => {
    const database = await stores.database("blocked");
    indexedDB.deleteDatabase("blocked");
    return database;
  });
  await expect(second.evaluate(() => stores.open("blocked", { timeoutMs: 300 }))).rejects.toThrow(
    'store_failed: the IndexedDB store "blocked" could not be opened within 0.3 s: close the site\'s other pages and reload this one, or go on without the store',
  );
  await blocking.evaluate((database) => database.close());
  expect(await contents(second, "blocked")).toEqual([]);
  expect(
    await first.evaluate(
      () =>
        new Promise((resolve) => {
          const request = indexedDB.deleteDatabase("blocked");
          request.onsuccess = () => resolve("deleted");
          request.onblocked = () => resolve("blocked");
        }),
    ),
  ).toBe("deleted");
});

test.each(["read", "written"])(
  "what cannot be %s in time is an error for ever, and is not done later",
  async (what) => {
    const context = await profile();
    const page = await tab(context);
    const failures = await page.evaluate(async (what) => {
      const store = await stores.open("busy", { timeoutMs: 300 });
      store.put("key", stores.text("1"));
      await store.sync();
      const occupied = stores.occupy("busy", 1_500);
      await stores.database("busy"); // by now the other one has begun
      if (what === "written") store.put("key", stores.text("2"));
      const begun = performance.now();
      const attempt = what === "written" ? store.sync() : stores.read(store);
      const message = await attempt.then(
        () => "done",
        (error) => error.message,
      );
      const ms = performance.now() - begun;
      await occupied;
      const later = [await stores.rejected(store.sync()), await stores.rejected(stores.read(store))];
      await store.close();
      return { message, ms, later };
    }, what);
    expect(failures.message).toContain(`the IndexedDB store "busy" could not be ${what} within 0.3 s`);
    expect(failures.ms).toBeLessThan(1_200);
    expect(failures.later).toEqual(["StoreError store_failed", "StoreError store_failed"]);
    expect(await contents(page, "busy")).toEqual([["key", "1"]]);
  },
);

test("a browser without storage, or a store of a newer page, fails with an error that says what to do", async () => {
  const context = await profile();
  const opaque = { contentType: "text/html", headers: { "content-security-policy": "sandbox allow-scripts" } };
  await context.route("**/opaque", (route) => route.fulfill({ ...opaque, body: "<title>no data</title>" }));
  const denied = await tab(context, `${PAGE}opaque`);
  await expect(denied.evaluate(() => stores.open("any"))).rejects.toThrow(
    'store_failed: the IndexedDB store "any" cannot be used: the browser keeps no data for this site: allow this site to store data, or go on without the store (SecurityError: ',
  );
  const page = await tab(context);
  await page.evaluate(async () => (await stores.database("newer", 2)).close());
  await expect(page.evaluate(() => stores.open("newer"))).rejects.toThrow(
    'store_failed: the IndexedDB store "newer" has been changed by a newer version of this page: reload the page (VersionError: ',
  );
  await expect(page.evaluate(() => stores.open("any", { timeoutMs: 0 }))).rejects.toThrow(
    "invalid_option: timeoutMs must be a whole number of milliseconds",
  );
});

test("a store from before there were marks is opened, and its mark is no entry", async () => {
  const page = await tab(await profile());
  const found = await page.evaluate(async () => {
    const database = await stores.database("before");
    const transaction = database.transaction("entries", "readwrite");
    transaction.objectStore("entries").put(stores.text("1"), "old");
    await new Promise((resolve) => {
      transaction.oncomplete = resolve;
    });
    database.close();
    const store = await stores.open("before");
    store.put("new", stores.text("2"));
    await store.sync();
    await store.close();
    return stores.read(await stores.open("before"));
  });
  expect(found).toEqual([
    ["new", "2"],
    ["old", "1"],
  ]);
});

test("a store whose lock another page steals is closed, and changes nothing of that page's", async () => {
  const context = await profile();
  const [first, second] = [await tab(context), await tab(context)];
  const held = await first.evaluateHandle(() => stores.open("stolen"));
  await second.evaluate(() => {
    void navigator.locks.request("split-events:stolen", { steal: true }, () => new Promise(() => {}));
  });
  await vi.waitFor(async () => expect(await held.evaluate((store) => store.failure?.code)).toBe("store_closed"), 5_000);
  expect(await held.evaluate((store) => stores.rejected(store.sync()))).toBe("StoreError store_closed");
  expect(await first.evaluate(() => stores.rejected(stores.indexedDbStore("stolen")))).toBe("StoreError store_locked");
});

test("changes that a page left behind are taken in once, and never over later ones", async () => {
  const page = await tab(await profile());
  const found = await page.evaluate(async () => {
    const item = "split-events:left:behind";
    const begin = IDBDatabase.prototype.transaction;
    const store = await stores.open("behind");
    // as in WebKit, where what is begun while a page is left comes to nothing
    IDBDatabase.prototype.transaction = () => {
      throw new Error("too late");
    };
    store.put(
      "key",
      Uint8Array.from({ length: 256 }, (_, byte) => byte),
    );
    store.leave?.();
    const left = localStorage.getItem(item) as string;
    await stores.rejected(store.sync());
    await store.close();
    IDBDatabase.prototype.transaction = begin;

    const next = await stores.open("behind");
    const bytes: number[] = [];
    for await (const [, value] of next.entries()) bytes.push(...value);
    const kept = localStorage.getItem(item);
    next.put("key", stores.text("newer"));
    await next.sync();
    await next.close();
    localStorage.setItem(item, left);
    const last = await stores.open("behind");
    return { bytes, kept, after: localStorage.getItem(item), read: await stores.read(last) };
  });
  expect(found).toEqual({
    bytes: Array.from({ length: 256 }, (_, byte) => byte),
    kept: null,
    after: null,
    read: [["key", "newer"]],
  });
});
