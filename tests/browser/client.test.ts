import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Page } from "playwright-core";
import type { ClientOptions } from "split-events";
import type { Sandbox } from "split-events-sandbox";
import { expect, onTestFinished, test, vi } from "vitest";
import { events } from "../support/events.js";
import { keysIn, startSandbox } from "../support/sandbox.js";
import { useChromium } from "./chromium.js";
import type {} from "./clients/page.js";
import { useScriptPage } from "./script-page.js";

const apiKey = "a-key-for-tests";

const { browser } = useChromium();
const served = useScriptPage(new URL("clients/page.ts", import.meta.url));
const site = () => `http://127.0.0.1:${served.port()}/`;

/** Opens pages of one profile. */
async function pages(): Promise<() => Promise<Page>> {
  const context = await browser().newContext();
  onTestFinished(() => context.close());
  return async () => {
    const page = await context.newPage();
    await page.goto(site());
    await page.waitForFunction(() => "clients" in globalThis);
    return page;
  };
}

function once(sandbox: Sandbox, count: number): void {
  expect(keysIn(sandbox)).toHaveLength(count);
  expect(new Set(keysIn(sandbox)).size).toBe(count);
}

async function start(journal?: string, more: Pick<ClientOptions, "retry"> = {}) {
  const sandbox = await startSandbox();
  const open = await pages();
  const page = await open();
  const options = { apiKey, endpoint: sandbox.endpoint };
  await page.evaluate(([options, journal]) => clients.open(options as ClientOptions, journal), [
    { ...options, ...more },
    journal,
  ] as const);
  return { sandbox, open, page, options };
}

test.each(["closed", "navigated"])("events that are queued when the page is %s still arrive, once", async (how) => {
  const { sandbox, page } = await start();
  await page.evaluate((events) => clients.track(events), events(20));
  expect(sandbox.posts()).toHaveLength(0);
  if (how === "closed") await page.close();
  else await page.goto("about:blank");
  await vi.waitFor(() => once(sandbox, 20), 10_000);
});

test("requests that outlive the page stay within 64 KiB in all, and count as accepted if their answer still arrives", async () => {
  const { sandbox, page } = await start();
  sandbox.setFaults([{ do: "delay", ms: 500, times: 1 }]);
  await page.evaluate((events) => {
    clients.track(events);
    clients.show("hidden");
    clients.transition("pagehide");
  }, events(900));
  const kept = await page.evaluate(() => new Promise<number[]>((done) => setTimeout(() => done(clients.kept), 100)));
  const bytes = kept.reduce((sum, bytes) => sum + bytes, 0);
  expect(bytes).toBeGreaterThan(50_000);
  expect(bytes).toBeLessThanOrEqual(65_536);
  await page.evaluate(() => clients.show("visible"));
  await vi.waitFor(() => once(sandbox, 900), 10_000);
  await vi.waitFor(async () => expect(await page.evaluate(() => clients.queued())).toBe(0), 10_000);
  const receipt = await page.evaluate(() => clients.flush(1_000));
  expect(receipt).toMatchObject({ events: 900, accepted: 900, unknown: 0, unsent: 0, queued: 0 });
});

/** Takes bodies and does what its path says: `/held` answers nothing, `/unread` an answer that is not read. */
async function otherService(): Promise<{ url: string; close(): void }> {
  const other = createServer((request, response) => {
    request.resume().on("end", () => {
      if (request.url === "/unread") response.writeHead(200, { "Access-Control-Allow-Origin": "*" }).end("x");
    });
  });
  await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
  const close = () => {
    other.close();
    other.closeAllConnections();
  };
  onTestFinished(close);
  return { url: `http://127.0.0.1:${(other.address() as AddressInfo).port}`, close };
}

test.each(["held", "unread"])(
  "a page that is hidden while another script uses up the 64 KiB loses no event: %s",
  async (path) => {
    const { sandbox, page } = await start();
    const { url } = await otherService();
    await page.evaluate((url) => clients.occupy(url, 40_000), `${url}/${path}`);
    await page.waitForTimeout(path === "unread" ? 300 : 50);
    await page.evaluate((events) => {
      clients.track(events);
      clients.show("hidden");
    }, events(400));
    const keeps = () => page.evaluate(() => clients.kept);
    await vi.waitFor(async () => expect((await keeps()).length).toBeGreaterThan(2), 5_000);
    await vi.waitFor(() => once(sandbox, 400), 10_000);
    expect(await page.evaluate(() => clients.flush(1_000))).toMatchObject({
      ...{ events: 400, accepted: 400, unknown: 0, unsent: 0, queued: 0 },
    });
  },
);

test("a request that left before it failed is never taken for one without room, even on a busy page", async () => {
  const { sandbox, page } = await start();
  // as where the failure is heard of before any other task
  await page.evaluate(() => {
    MessagePort.prototype.postMessage = () => {};
  });
  for (let time = 1; time <= 5; time++) {
    sandbox.setFaults([{ do: "reset", take: true, times: 9 }]);
    await page.evaluate(
      (events) => {
        clients.track(events);
        clients.show("hidden");
      },
      events(20 * time).slice(20 * (time - 1)),
    );
    await vi.waitFor(async () => expect(await page.evaluate(() => clients.receipt().unknown)).toBe(20 * time), 5_000);
  }
  sandbox.setFaults([]);
  // Chromium itself may have repeated one on a connection that it had used before
  const posts = sandbox.posts().length;
  expect(await page.evaluate(() => clients.flush(1_000))).toMatchObject({ unknown: 100, queued: 0 });
  expect(sandbox.posts()).toHaveLength(posts);
  expect(await page.evaluate(() => clients.kept.length)).toBe(5);
});

test("the requests of a page that is gone have room of their own", async () => {
  const sandbox = await startSandbox();
  const page = await (await pages())();
  await page.evaluate((options) => clients.openPlain(options), { apiKey, endpoint: sandbox.endpoint });
  const { url } = await otherService();
  await page.evaluate(
    ([url, events]) => {
      clients.occupy(`${url}/held`, 64_000);
      clients.track(events);
    },
    [url, events(300)] as const,
  );
  expect(sandbox.posts()).toHaveLength(0);
  await page.goto("about:blank");
  await vi.waitFor(() => once(sandbox, 300), 10_000);
});

test("a page that comes back takes back the events that the browser has not sent", async () => {
  const sandbox = await startSandbox();
  const page = await (await pages())();
  await page.evaluate((options) => clients.openPlain(options), { apiKey, endpoint: sandbox.endpoint });
  await page.evaluate((events) => {
    clients.track(events);
    clients.transition("pagehide");
    clients.transition("pageshow");
  }, events(300));
  expect(await page.evaluate(() => clients.flush(1_000))).toMatchObject({ events: 300, accepted: 300, queued: 0 });
  await page.goto("about:blank");
  await page.waitForTimeout(500);
  once(sandbox, 300);
});

test("with a journal a hidden page sends its stored events, and a page that is left leaves them to the next", async () => {
  const { sandbox, open, page, options } = await start("journal");
  await page.evaluate((events) => {
    clients.track(events);
    clients.show("hidden");
  }, events(20));
  await vi.waitFor(() => once(sandbox, 20), 10_000);
  expect(await page.evaluate(() => clients.kept.length)).toBe(1);
  await page.evaluate((events) => {
    clients.track(events);
    clients.transition("pagehide");
    clients.show("hidden");
  }, events(40).slice(20));
  await page.waitForTimeout(300);
  expect(sandbox.posts()).toHaveLength(1);
  await page.close();
  const next = await open();
  await next.evaluate((options) => clients.open(options, "journal"), options);
  expect(await next.evaluate(() => clients.flush(1_000))).toMatchObject({ accepted: 20, unknown: 0, queued: 0 });
  once(sandbox, 40);
});

test("a page that comes back from the cache goes on", async () => {
  const { sandbox, page } = await start();
  await page.evaluate((events) => clients.track(events), events(5));
  await page.evaluate(() => clients.transition("pagehide"));
  await vi.waitFor(() => once(sandbox, 5), 10_000);
  await page.evaluate(() => clients.transition("pageshow"));
  await page.evaluate((events) => clients.track(events), events(10).slice(5));
  expect(await page.evaluate(() => clients.flush(1_000))).toMatchObject({ events: 10, accepted: 10 });
  once(sandbox, 10);
});

test("the first event after the browser deleted the journal is rejected, and the receipt says why", async () => {
  const { open, page } = await start("journal");
  await page.evaluate((events) => clients.track(events), events(1));
  const other = await open();
  await other.evaluate(
    () =>
      new Promise((resolve, reject) => {
        const request = indexedDB.deleteDatabase("journal");
        request.onsuccess = resolve;
        request.onerror = reject;
      }),
  );
  expect(await page.evaluate((event) => clients.trackOne(event), events(2)[1] as object)).toBe("journal_failed");
  expect(await page.evaluate(() => clients.receipt().storeError?.code)).toBe("store_closed");
});

test("with a journal the next page sends the events that the last one could not, once", async () => {
  const retry = { baseMs: 1_000_000, capMs: 1_000_000 };
  const { sandbox, open, page, options } = await start("journal", { retry });
  sandbox.setFaults([{ do: "status", status: 425, times: 1 }]); // a 408 Chromium would repeat by itself
  await page.evaluate((events) => clients.track(events), events(20));
  expect(await page.evaluate(() => clients.flush(0))).toMatchObject({ events: 0, queued: 20 });
  await page.close();
  const next = await open();
  await next.evaluate((options) => clients.open(options, "journal"), options);
  await vi.waitFor(() => once(sandbox, 20), 10_000);
  expect(await next.evaluate(() => clients.flush(5_000))).toMatchObject({ events: 20, accepted: 20, queued: 0 });
});

// Chromium ends the requests of a page before it tells the page that it is left
test.each(["reloaded", "navigated"])(
  "the next page tells of the requests that were under way when the page was %s",
  async (how) => {
    const { sandbox, page, options } = await start("journal");
    sandbox.setFaults([{ do: "hang", take: true, times: 1 }]);
    await page.evaluate((events) => clients.track(events), events(20));
    void page.evaluate(() => clients.flush(0)).catch(() => {});
    await vi.waitFor(() => expect(sandbox.posts()).toHaveLength(1), 10_000);
    if (how === "reloaded") await page.reload();
    else await page.goto(`${site()}next`);
    await page.waitForFunction(() => "clients" in globalThis);
    await page.evaluate((options) => clients.open(options, "journal"), options);
    expect(await page.evaluate(() => clients.flush(1_000))).toMatchObject({ accepted: 0, unknown: 20, queued: 0 });
    once(sandbox, 20);
  },
);

test("requests that were under way when the page died are unknown to the next page, and not sent again", async () => {
  const { sandbox, open, page, options } = await start("journal");
  sandbox.setFaults([{ do: "hang", take: true, times: 1 }]);
  await page.evaluate((events) => clients.track(events), events(20));
  void page.evaluate(() => clients.flush(0)).catch(() => {});
  await vi.waitFor(() => expect(sandbox.posts()).toHaveLength(1), 10_000);
  await page.close();
  const next = await open();
  await next.evaluate((options) => clients.open(options, "journal"), options);
  const receipt = await next.evaluate(() => clients.flush(1_000));
  expect(receipt).toMatchObject({ events: 20, accepted: 0, unknown: 20, queued: 0 });
  expect(receipt.batches[0]?.reason).toBe("page_left");
  once(sandbox, 20);
});

test.each([undefined, "journal"])(
  "a client goes on after the module has failed, with the journal %s",
  async (journal) => {
    const { sandbox, page } = await start(journal);
    await page.evaluate((events) => clients.track(events), events(10));
    expect(await page.evaluate(() => clients.fail())).toBe("module_failed");
    await page.evaluate((events) => clients.track(events.slice(10)), events(20));
    const receipt = await page.evaluate(() => clients.flush(5_000));
    expect(receipt).toMatchObject({ events: 20, accepted: 20, unknown: 0, queued: 0 });
    sandbox.setFaults([{ do: "hang", post: sandbox.posts().length + 1, take: false }]);
    await page.evaluate((events) => clients.track(events.slice(20)), events(25));
    const flushing = page.evaluate(() => clients.flush(5_000));
    const posts = sandbox.posts().length;
    await vi.waitFor(() => expect(sandbox.posts().length).toBeGreaterThan(posts));
    await page.evaluate(() => clients.fail());
    expect(await flushing).toMatchObject({ events: 25, accepted: 20, unknown: 5, queued: 0 });
    once(sandbox, 20);
  },
);
