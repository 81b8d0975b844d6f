import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { createSandbox } from "split-events-sandbox";
import { expect, onTestFinished, test } from "vitest";
import { events } from "../../support/events.js";
import { account } from "../account.js";
import { Worker } from "../support.js";

const entrypoint = fileURLToPath(new URL("../entries/fast.ts", import.meta.url));
/** An hour of the Worker's clock, which goes 360 times faster. */
const HOUR_MS = 10_000;

test("an outage of an hour in simulated time only delays events", async () => {
  const sandbox = await createSandbox();
  onTestFinished(() => sandbox.close());
  const worker = await Worker.start({ upstream: `${sandbox.url}/api/events/bulk`, entrypoint, vars: { SHARDS: 4 } });
  onTestFinished(() => worker.dispose());
  sandbox.setFaults([{ do: "status", status: 503, headers: { "retry-after": "60" } }]);
  const keys: string[] = [];
  const until = Date.now() + HOUR_MS;
  for (let request = 0; Date.now() < until; request += 1) {
    const sent = events(20).map((one) => ({ ...one, key: `${request} ${one.key}` }));
    expect((await worker.post(sent)).status).toBe(202);
    keys.push(...sent.map(({ key }) => key));
    await sleep(50);
  }
  const posts = sandbox.posts().length;
  expect(sandbox.ledger()).toEqual([]);
  sandbox.setFaults([]);
  await worker.admin.settled(keys.length);
  const found = await account(keys, sandbox, worker.admin);
  console.log(
    `an hour of 503: ${keys.length} events, ${posts} requests to the service meanwhile, ${JSON.stringify(found)}`,
  );
  expect(found).toEqual({ accepted: keys.length, unknown: 0, refused: 0 });
  // once a minute, all shards together, and what was on its way when a pause began
  expect(posts).toBeLessThanOrEqual(60 * 4 + 16);
});
