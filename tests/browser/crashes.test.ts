import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setImmediate as turn, setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import type { BrowserContext, Page } from "playwright-core";
import type { Sandbox } from "split-events-sandbox";
import { beforeAll, expect, onTestFinished, test } from "vitest";
import { Random } from "../agreement/random.ts";
import { compare } from "../crashes/compare.ts";
import { event, ndjson } from "../support/events.js";
import { startSandbox } from "../support/sandbox.js";
import { useChromium } from "./chromium.js";
import type { Import } from "./crashes/page.ts";

const EVENTS = 600;
/** The number of crashes; `CRASHES=50` asks for more. */
const CRASHES = Number(process.env.CRASHES ?? 6);
const SEED = Number(process.env.SEED ?? Math.floor(Math.random() * 1e9));

const { browser } = useChromium();
const files = new Map<string, { type: string; content: string | Uint8Array }>();

beforeAll(async () => {
  const result = await build({
    entryPoints: [fileURLToPath(new URL("crashes/page.ts", import.meta.url))],
    bundle: true,
    write: false,
    format: "esm",
    platform: "browser",
    conditions: ["browser"],
  });
  const wasm = fileURLToPath(new URL("../../pkg/dist/wasm/split_events_bg.wasm", import.meta.url));
  files.set("/", {
    type: "text/html",
    content: '<title>crashes</title><script type="module" src="/page.js"></script>',
  });
  files.set("/page.js", { type: "text/javascript", content: result.outputFiles[0]?.text as string });
  files.set("/wasm/split_events_bg.wasm", { type: "application/wasm", content: await readFile(wasm) });
});

/** A browser profile and the address of its page. */
async function profile(): Promise<() => Promise<Page>> {
  const server = createServer((request, response) => {
    const file = files.get(request.url ?? "");
    response.writeHead(file ? 200 : 404, { "content-type": file?.type ?? "text/plain" }).end(file?.content);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const context: BrowserContext = await browser().newContext();
  onTestFinished(async () => {
    await context.close();
    server.close();
    server.closeAllConnections();
  });
  return async () => {
    const page = await context.newPage();
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    await page.waitForFunction(() => "crashes" in globalThis);
    return page;
  };
}

const all = Array.from({ length: EVENTS }, (_, at) => event(at, at % 41 === 7 ? { key: "" } : {}));
const keys = all.map(({ key }) => (key === "" ? undefined : key));
const text = ndjson(all);

const run = (page: Page, details: Import) => page.evaluate((details) => crashes.run(details), details);

/** Waits until a number of further POSTs have come, and some time more. */
async function moment(sandbox: Sandbox, random: Random): Promise<void> {
  const posts = sandbox.posts().length + random.below(EVENTS / 20);
  const until = performance.now() + 3000;
  while (sandbox.posts().length <= posts && performance.now() < until) await turn();
  await wait(random.unit() * 10);
}

test(
  `after each of ${CRASHES} tabs that are closed while they send nothing is lost, nothing is there twice, and what was in flight is unknown (seed ${SEED})`,
  async () => {
    const tab = await profile();
    let unknown = 0;
    for (let crash = 0; crash < CRASHES; crash += 1) {
      const random = new Random(SEED + crash);
      const sandbox = await startSandbox();
      sandbox.setFaults([{ do: "delay", ms: 1 + random.below(8) }]);
      const details = { journal: `crash-${crash}`, endpoint: sandbox.endpoint, text, bodies: crash % 2 === 0 };
      const inFlight = new Map<string, number>();
      let planned: number | undefined;
      for (let closed = 0; closed <= Number(random.chance(0.4)); closed += 1) {
        const sender = await tab();
        run(sender, details).catch(() => {});
        await moment(sandbox, random);
        await sender.close();
        const reader = await tab();
        const left = await reader.evaluate((journal) => crashes.left(journal), details.journal);
        await reader.close();
        for (const [part, events] of left.dispatching) inFlight.set(part, events);
        if (!left.begun) expect(sandbox.posts()).toEqual([]);
        planned = details.bodies && left.begun ? left.planned : undefined;
      }
      const last = await tab();
      const receipt = await run(last, details);
      expect(await run(last, details)).toEqual(receipt);
      await last.close();
      unknown += compare(receipt, sandbox, { keys, inFlight, planned }).unknown;
      await sandbox.close();
    }
    expect(unknown).toBeGreaterThan(0);
  },
  60_000 + CRASHES * 20_000,
);

test("two tabs at once on one journal: one sends, the other waits for it, and both have the same receipt", async () => {
  const sandbox = await startSandbox();
  sandbox.setFaults([{ do: "delay", ms: 3 }]);
  const tab = await profile();
  const details = { journal: "shared", endpoint: sandbox.endpoint, text, bodies: true };
  const tabs = [await tab(), await tab()] as const;
  const [first, second] = await Promise.all(tabs.map((page) => run(page, details)));
  expect(second).toEqual(first);
  const tally = compare(first as never, sandbox, { keys, inFlight: new Map(), planned: undefined });
  expect(tally).toMatchObject({ unknown: 0, lost: 0, twice: 0 });
  expect(sandbox.posts()).toHaveLength(Math.ceil(keys.filter((key) => key !== undefined).length / 20));
});

test("a tab that waits goes on where the closed one stopped", async () => {
  const sandbox = await startSandbox();
  sandbox.setFaults([{ do: "delay", ms: 20 }]);
  const tab = await profile();
  const details = { journal: "handed-on", endpoint: sandbox.endpoint, text, bodies: false };
  const [first, second] = [await tab(), await tab()];
  run(first, details).catch(() => {});
  await expect.poll(() => sandbox.posts().length).toBeGreaterThan(4);
  const waiting = run(second, details);
  await first.close();
  const receipt = await waiting;
  const open = new Map(
    receipt.batches
      .filter(({ state }) => state === "unknown")
      .map(({ id, events }) => [`${id.split("-")[1]}:0-${events}`, events]),
  );
  expect(open.size).toBeLessThanOrEqual(4);
  const tally = compare(receipt, sandbox, { keys, inFlight: open, planned: undefined });
  expect(tally).toMatchObject({ lost: 0, twice: 0 });
});
