import { fileURLToPath } from "node:url";
import { createSandbox } from "split-events-sandbox";
import { expect, onTestFinished, test } from "vitest";
import { events } from "../support/events.js";
import { Folder } from "../support/folder.js";
import { type Options, Worker } from "./support.js";

const entrypoint = fileURLToPath(new URL("entries/fast.ts", import.meta.url));

test("what is held waits while a setting is wrong, and is sent once it is right", async () => {
  const sandbox = await createSandbox();
  onTestFinished(() => sandbox.close());
  const options: Options = {
    upstream: `${sandbox.url}/api/events/bulk`,
    persist: new Folder().path,
    entrypoint,
    vars: { SHARDS: 1 },
  };
  const start = async (vars = {}) => {
    const worker = await Worker.start({ ...options, vars: { ...options.vars, ...vars } });
    onTestFinished(() => worker.dispose());
    return worker;
  };
  // five seconds of the fast clock: no request is in flight when the Worker is stopped
  sandbox.setFaults([{ do: "status", status: 503, headers: { "retry-after": "1800" } }]);
  const right = await start();
  expect((await right.post(events(5))).status).toBe(202);
  const paused = async () => (await right.admin.json<{ pausedMs: number }>("GET", "/admin/counts")).pausedMs;
  await expect.poll(paused).toBeGreaterThan(0);
  await right.dispose();
  sandbox.setFaults([]);

  const wrong = await start({ SHARDS: 2.5 });
  const { status, headers } = await wrong.post(events(1));
  expect([status, headers.get("retry-after")]).toEqual([503, "60"]);
  await wrong.dispose();
  expect(sandbox.ledger()).toEqual([]);

  await start();
  await expect.poll(() => sandbox.ledger().length, { timeout: 20_000 }).toBe(5);
});
