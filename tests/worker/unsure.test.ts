import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { events } from "../support/events.js";
import { useWorker } from "./support.js";

const entrypoint = fileURLToPath(new URL("entries/failing.ts", import.meta.url));
const given = useWorker({ entrypoint, vars: { SHARDS: 1 } });

test("a shard that fails answers 503 if no event was kept, and 500 if some were or it is not known", async () => {
  const post = (count: number) => given.worker.post(events(count));
  expect(await post(1)).toMatchObject({ status: 503, json: { detail: expect.stringContaining("nothing was kept") } });
  for (const count of [2, 3]) {
    const { status, json } = await post(count);
    expect([status, json.detail]).toEqual([500, expect.stringContaining("not known whether the events were kept")]);
  }
  expect((await post(4)).status).toBe(202);
  await given.worker.admin.settled(6);
  expect(given.sandbox.ledger()).toHaveLength(6);
});

test("a request that was withdrawn is not kept when it is asked about again", async () => {
  const before = (await given.worker.admin.counts()).taken;
  const headers = { "idempotency-key": "given up" };
  const body = events(1);
  expect((await given.worker.post(body, headers)).status).toBe(503);
  expect((await given.worker.post(events(5), headers)).status).toBe(202);
  await given.worker.admin.settled(before + 5);
});
