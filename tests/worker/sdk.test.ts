import { createServer } from "node:http";
import { fileURLToPath } from "node:url";
import { SplitFactory } from "@splitsoftware/splitio";
import { build } from "esbuild";
import { expect, onTestFinished, test } from "vitest";
import { useChromium } from "../browser/chromium.js";
import { account } from "./account.js";
import { least } from "./length.js";
import { KEY, useWorker } from "./support.js";

const EVENTS = least(1_000, 10_000);

const given = useWorker({ buffer: "queue" });
const { browser } = useChromium();

const urls = () => {
  const sandbox = `${given.sandbox.url}/api`;
  return { sdk: sandbox, auth: sandbox, telemetry: sandbox, events: `${given.worker.url.origin}/api` };
};

interface NodeClient {
  ready(): Promise<void>;
  track(key: string, trafficType: string, eventType: string, value: number, properties: object): boolean;
  destroy(): Promise<void>;
}

const keysOf = (name: string, count: number) => Array.from({ length: count }, (_, number) => `${name}-${number}`);

test(`${EVENTS} events of the official SDK for Node, by track, arrive once`, async () => {
  const before = (await given.worker.admin.counts()).taken;
  const factory = SplitFactory({
    core: { authorizationKey: KEY },
    urls: urls(),
    streamingEnabled: false,
    scheduler: { eventsPushRate: 1, eventsQueueSize: 500 },
  } as unknown as Parameters<typeof SplitFactory>[0]);
  const client = factory.client() as unknown as NodeClient;
  await client.ready();
  const keys = keysOf("node", EVENTS);
  for (const [number, key] of keys.entries()) {
    expect(client.track(key, "user", "page_load", number, { number, even: number % 2 === 0 })).toBe(true);
    if (number % 500 === 499) await new Promise((resolve) => setTimeout(resolve, 20));
  }
  await client.destroy();
  await given.worker.admin.settled(before + EVENTS);
  expect(await account(keys, given.sandbox, given.worker.admin)).toMatchObject({ accepted: EVENTS });
});

/** A page with the official SDK, on an origin of its own. */
async function page(): Promise<{ url: string }> {
  const bundled = await build({
    stdin: {
      contents: `import { SplitFactory } from "@splitsoftware/splitio-browserjs"; window.SplitFactory = SplitFactory;`,
      resolveDir: fileURLToPath(new URL("../../worker", import.meta.url)),
    },
    bundle: true,
    write: false,
    format: "iife",
    platform: "browser",
  });
  const script = bundled.outputFiles[0]?.text ?? "";
  const server = createServer((request, response) => {
    const isScript = request.url === "/sdk.js";
    response.setHeader("content-type", isScript ? "text/javascript" : "text/html");
    response.end(isScript ? script : '<!doctype html><title>a shop</title><script src="/sdk.js"></script>');
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  onTestFinished(() => void server.close());
  return { url: `http://127.0.0.1:${(server.address() as { port: number }).port}/` };
}

test(`${EVENTS} events of the official browser SDK arrive once, those at the end by its beacon`, async () => {
  const before = (await given.worker.admin.counts()).taken;
  const { url } = await page();
  const context = await browser().newContext();
  onTestFinished(() => context.close());
  const tab = await context.newPage();
  await tab.goto(url);
  const settings = { core: { authorizationKey: KEY, key: "visitor" }, urls: urls(), streamingEnabled: false };
  await tab.evaluate(
    async ([settings, count]) => {
      // biome-ignore lint/suspicious/noExplicitAny: the SDK's own global, in the page
      const { SplitFactory } = window as any;
      const factory = SplitFactory({ ...settings, scheduler: { eventsPushRate: 3600, eventsQueueSize: 500 } });
      const client = factory.client();
      await client.ready();
      for (let number = 0; number < count; number += 1) {
        client.track("user", "page_load", number, { number });
        if (number % 500 === 499) await new Promise((resolve) => setTimeout(resolve, 50));
      }
      // those stay in its queue until the page is closed
      for (let number = 0; number < 20; number += 1) client.track("user", "leaving", number);
    },
    [settings, EVENTS] as const,
  );
  await given.worker.admin.settled(before + EVENTS);
  await tab.goto("about:blank");
  await tab.close({ runBeforeUnload: true });
  await given.worker.admin.settled(before + EVENTS + 20);
  const values = (type: string) =>
    given.sandbox
      .ledger()
      .map(({ event }) => event as { eventTypeId: string; value: number })
      .filter(({ eventTypeId }) => eventTypeId === type)
      .map(({ value }) => value)
      .sort((a, b) => a - b);
  expect(values("page_load")).toEqual(Array.from({ length: EVENTS }, (_, number) => number));
  expect(values("leaving")).toEqual(Array.from({ length: 20 }, (_, number) => number));
});
