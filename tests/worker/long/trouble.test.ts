import { createServer } from "node:net";
import { createSandbox } from "split-events-sandbox";
import { expect, onTestFinished, test } from "vitest";
import { events } from "../../support/events.js";
import { account } from "../account.js";
import { Worker } from "../support.js";

test("a wrong service key costs one request and loses no event: once it is right, everything is sent", {
  timeout: 180_000,
}, async () => {
  const sandbox = await createSandbox();
  onTestFinished(() => sandbox.close());
  sandbox.setFaults([{ do: "status", status: 401 }]);
  const worker = await Worker.start({ upstream: `${sandbox.url}/api/events/bulk`, vars: { SHARDS: 2 } });
  onTestFinished(() => worker.dispose());
  const sent = Array.from({ length: 10 }, (_, request) =>
    events(10).map((one) => ({ ...one, key: `${request} ${one.key}` })),
  );
  for (const body of sent) expect((await worker.post(body)).status).toBe(202);
  await expect.poll(async () => (await worker.admin.counts()).refused.events, { timeout: 20_000 }).toBeGreaterThan(0);
  const { refused, planned } = await worker.admin.counts();
  expect(refused.events + planned.events).toBe(100);
  sandbox.setFaults([]);
  const { plannedAgain } = await worker.admin.json<{ plannedAgain: number }>("POST", "/admin/resume");
  expect(plannedAgain).toBeGreaterThanOrEqual(refused.batches);
  await worker.admin.settled(100, 5);
  expect(
    await account(
      sent.flat().map(({ key }) => key),
      sandbox,
      worker.admin,
    ),
  ).toMatchObject({ accepted: 100 });
});

test("while the service cannot be reached, a few batches become unknown, and the rest waits", async () => {
  const closed = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => closed.once("listening", resolve));
  const { port } = closed.address() as { port: number };
  await new Promise((resolve) => closed.close(resolve));
  const worker = await Worker.start({ upstream: `http://127.0.0.1:${port}/api/events/bulk`, vars: { SHARDS: 1 } });
  onTestFinished(() => worker.dispose());
  for (let request = 0; request < 20; request += 1)
    await worker.post(events(5).map((one) => ({ ...one, key: `${request} ${one.key}` })));
  await expect.poll(async () => (await worker.admin.counts()).unknown.batches, { timeout: 20_000 }).toBeGreaterThan(0);
  const { unknown, planned, dispatching } = await worker.admin.counts();
  expect(unknown.events + planned.events + dispatching.events).toBe(100);
  expect(unknown.batches).toBeLessThanOrEqual(6);
});
