import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { startSandbox } from "../support/sandbox.js";
import { OFFLINE } from "./support.js";

Object.assign(process.env, OFFLINE);
const { unstable_startWorker } = await import("wrangler");

const CONFIG = fileURLToPath(new URL("clients/wrangler.jsonc", import.meta.url));

let worker: Awaited<ReturnType<typeof unstable_startWorker>>;
beforeAll(async () => {
  const dev = { server: { hostname: "127.0.0.1", port: 0 }, inspector: false, watch: false, persist: false } as const;
  worker = await unstable_startWorker({ config: CONFIG, dev: { ...dev, logLevel: "none" } });
});
afterAll(() => worker?.dispose());

test("simultaneous requests share one client, each is answered at once, and every event arrives once", async () => {
  const sandbox = await startSandbox();
  sandbox.setFaults([{ do: "delay", ms: 200, every: 3 }]);
  const url = await worker.url;
  const ask = async (n: number) => {
    const to = encodeURIComponent(sandbox.endpoint);
    const response = await fetch(new URL(`/?to=${to}&from=${n * 7}&count=7`, url));
    return (await response.json()) as string[];
  };
  const answers = await Promise.all(Array.from({ length: 40 }, (_, n) => ask(n)));
  expect(answers.flat()).toEqual(Array(280).fill("clean"));
  await vi.waitFor(() => expect(sandbox.ledger()).toHaveLength(280), 20_000);
  expect(new Set(sandbox.ledger().map(({ event }) => (event as { key: string }).key)).size).toBe(280);
});

test("a request in which the module fails loses no event, of its own or of others", async () => {
  const sandbox = await startSandbox();
  sandbox.setFaults([{ do: "delay", ms: 100, every: 2 }]);
  const url = await worker.url;
  const ask = async (n: number) => {
    const to = encodeURIComponent(sandbox.endpoint);
    const response = await fetch(new URL(`/?to=${to}&from=${n * 7}&count=7${n % 3 === 0 ? "&fail=1" : ""}`, url));
    return (await response.json()) as string[];
  };
  for (let n = 0; n < 9; n += 1) {
    expect(await ask(n)).toEqual(Array(7).fill("clean"));
    // what is in flight when the module fails may be lost, and is unknown
    await vi.waitFor(() => expect(sandbox.ledger().length).toBeGreaterThanOrEqual(n * 7));
  }
  await vi.waitFor(() => expect(sandbox.ledger()).toHaveLength(63), 20_000);
  expect(new Set(sandbox.ledger().map(({ event }) => (event as { key: string }).key)).size).toBe(63);
});
