import { type AddressInfo, connect, createServer as createWire, type Socket } from "node:net";
import type { BrowserContext, Page } from "playwright-core";
import type { Sandbox } from "split-events-sandbox";
import { expect, onTestFinished, test, vi } from "vitest";
import { event, ndjson } from "../support/events.js";
import { keysIn, startSandbox } from "../support/sandbox.js";
import { useChromium } from "./chromium.js";
import type {} from "./offline/page.js";
import { useScriptPage } from "./script-page.js";

/** How often the page goes offline and online again; `OFFLINE_CHANGES=50` for the long form. */
const CHANGES = Number(process.env.OFFLINE_CHANGES ?? 4);
const SIZE = 5;
const PATIENCE = 10_000;

// an endpoint on loopback is reached offline too, so these go by a name
const { browser } = useChromium(["--host-resolver-rules=MAP *.test 127.0.0.1"]);
const served = useScriptPage(new URL("offline/page.ts", import.meta.url));

interface Visit {
  sandbox: Sandbox;
  context: BrowserContext;
  page: Page;
  /** Ends every connection at once. What Chromium calls offline lets those that are open live on. */
  cut: () => void;
  options: { apiKey: string; endpoint: string; maxEvents: number };
}

/** Passes bytes on to a port, as a network does. */
async function startWire(to: number): Promise<{ port: number; cut: () => void }> {
  const open = new Set<Socket>();
  const wire = createWire((near) => {
    const far = connect(to, "127.0.0.1");
    for (const [socket, other] of [[near, far] as const, [far, near] as const]) {
      open.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => {
        open.delete(socket);
        other.destroy();
      });
      socket.pipe(other);
    }
  });
  await new Promise<void>((resolve) => wire.listen(0, "127.0.0.1", resolve));
  const cut = () => {
    for (const socket of open) socket.resetAndDestroy();
  };
  onTestFinished(() => {
    wire.close();
    cut();
  });
  return { port: (wire.address() as AddressInfo).port, cut };
}

async function visit(host = "service.test"): Promise<Visit> {
  // on a connection that was used before Chromium repeats by itself what is cut
  const sandbox = await startSandbox({ keepAlive: false });
  const context = await browser().newContext();
  onTestFinished(() => context.close());
  const page = await context.newPage();
  await page.goto(`http://127.0.0.1:${served.port()}/`);
  await page.waitForFunction(() => "offline" in globalThis);
  const { port, cut } = await startWire(Number(new URL(sandbox.url).port));
  const endpoint = `http://${host}:${port}${new URL(sandbox.endpoint).pathname}`;
  return { sandbox, context, page, cut, options: { apiKey: "a-key-for-tests", endpoint, maxEvents: SIZE } };
}

/** The events of one batch; no two of them are alike. */
const batch = (number: number) => Array.from({ length: SIZE }, (_, i) => event(number * SIZE + i));

function once(sandbox: Sandbox): number {
  const keys = keysIn(sandbox);
  expect(new Set(keys).size).toBe(keys.length);
  return keys.length;
}

test("a send begins no request while offline, says so, and goes on by itself once the page is online", async () => {
  const { sandbox, context, page, options } = await visit();
  await page.evaluate((options) => offline.send(options), options);
  for (let change = 0; change < CHANGES; change += 1) {
    await page.evaluate((text) => offline.feed(text), ndjson(batch(2 * change)));
    await page.waitForFunction((n) => offline.progress.accepted === n, 2 * change * SIZE);
    await context.setOffline(true);
    await page.waitForFunction(() => offline.progress.offline === true);
    await page.evaluate((text) => offline.feed(text), ndjson(batch(2 * change + 1)));
    expect(await page.evaluate(() => offline.progress.inFlight)).toBe(0);
    await context.setOffline(false);
    await page.waitForFunction((n) => (offline.progress.accepted ?? 0) >= n, (2 * change + 1) * SIZE);
  }
  await page.evaluate(() => offline.end());
  const receipt = await page.evaluate(() => offline.receipt());
  const all = 2 * CHANGES * SIZE;
  expect(receipt).toMatchObject({ events: all, accepted: all, unknown: 0, unsent: 0, complete: true });
  expect(once(sandbox)).toBe(all);
  expect(await page.evaluate(() => [offline.begunOffline, offline.broken])).toEqual([0, 0]);
});

test("a client keeps its queue while offline, flush returns after its patience, and the queue is sent by itself once online", async () => {
  const { sandbox, context, page, options } = await visit();
  await page.evaluate((options) => offline.open(options), options);
  for (let change = 0; change < CHANGES; change += 1) {
    await context.setOffline(true);
    await page.evaluate((events) => offline.track(events), batch(change));
    const receipt = await page.evaluate(() => offline.flush(50));
    expect(receipt).toMatchObject({ unknown: 0, unsent: 0, queued: SIZE });
    expect(once(sandbox)).toBe(change * SIZE);
    await context.setOffline(false);
    await vi.waitFor(async () => expect(await page.evaluate(() => offline.queued())).toBe(0), PATIENCE);
  }
  const last = await page.evaluate(() => offline.flush(0));
  expect(last).toMatchObject({ unknown: 0, unsent: 0, queued: 0 });
  expect(once(sandbox)).toBe(CHANGES * SIZE);
  expect(await page.evaluate(() => [offline.begunOffline, offline.broken])).toEqual([0, 0]);
});

test("only the requests in flight when the page goes offline are unknown, and no event is lost or sent twice", async () => {
  const { sandbox, context, page, options, cut } = await visit();
  sandbox.setFaults([{ do: "delay", ms: 20 }]);
  await page.evaluate((options) => offline.send(options), { ...options, concurrency: 4 });
  let made = 0;
  for (let change = 0; change < CHANGES; change += 1) {
    const texts = Array.from({ length: 12 }, () => ndjson(batch(made++)));
    const before = await page.evaluate(() => offline.begun);
    await page.evaluate((texts) => offline.feed(...texts), texts);
    // anywhere within the requests of this round
    await page.waitForFunction((n) => offline.begun >= n, before + 1 + (change % 8));
    await context.setOffline(true);
    cut();
    await page.waitForFunction(() => offline.progress.offline === true);
    await context.setOffline(false);
    await page.waitForFunction(() => offline.progress.offline === false);
  }
  await page.evaluate(() => offline.end());
  const receipt = await page.evaluate(() => offline.receipt());
  const [begunOffline, broken] = await page.evaluate(() => [offline.begunOffline, offline.broken]);
  const { events, accepted, unknown, unsent } = receipt;
  expect({ events, all: accepted + unknown, unsent }).toEqual({ events: made * SIZE, all: made * SIZE, unsent: 0 });
  expect(begunOffline).toBe(0);
  expect(unknown).toBe((broken ?? 0) * SIZE);
  const taken = once(sandbox);
  expect(taken).toBeGreaterThanOrEqual(accepted);
  expect(taken).toBeLessThanOrEqual(accepted + unknown);
  console.info(`${CHANGES} changes within requests: ${accepted} accepted, ${unknown} unknown`);
});

test("a send that ends offline, at its deadline or by a stop, says that it was offline", async () => {
  for (const how of ["deadline", "signal"]) {
    const { sandbox, context, page, options } = await visit();
    await context.setOffline(true);
    const until = { ...options, ...(how === "deadline" && { deadlineMs: 200 }) };
    await page.evaluate(([options, text]) => offline.send(options, text), [until, ndjson(batch(0))] as const);
    await page.waitForFunction(() => offline.progress.offline === true);
    if (how === "signal") await page.evaluate(() => offline.stop());
    const receipt = await page.evaluate(() => offline.receipt());
    expect(receipt).toMatchObject({ events: SIZE, unsent: SIZE, unknown: 0 });
    expect(receipt.batches[0]).toMatchObject({ state: "unsent", reason: "offline", attempts: [] });
    expect(receipt.batches[0]?.message).toContain("once it is online");
    expect(sandbox.posts()).toHaveLength(0);
  }
});

test("an endpoint on this machine is reached although the browser says that it is offline", async () => {
  const { sandbox, page, options } = await visit("sub.localhost");
  // said only: the network of this machine works
  await page.evaluate(() => Object.defineProperty(navigator, "onLine", { configurable: true, value: false }));
  await page.evaluate(([options, text]) => offline.send(options, text), [options, ndjson(batch(0))] as const);
  await page.evaluate((text) => offline.feed(text), ndjson(batch(0)));
  await page.evaluate(() => offline.end());
  expect(await page.evaluate(() => offline.receipt())).toMatchObject({ accepted: SIZE });
  expect(once(sandbox)).toBe(SIZE);
});
