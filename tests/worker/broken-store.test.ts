import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { event } from "../support/events.js";
import { account } from "./account.js";
import { useWorker } from "./support.js";

const entrypoint = fileURLToPath(new URL("entries/broken-store.ts", import.meta.url));
const given = useWorker({ entrypoint, vars: { SHARDS: 2 } });

test("a body that the database refuses is answered 503, is not kept, and holds no other back in any shard", async () => {
  given.sandbox.setFaults([{ do: "delay", ms: 30 }]);
  const post = (key: string) => given.worker.post([event(0, { key })]);
  const kept: string[] = [];
  for (let round = 0; round < 6; round += 1) {
    const good = Array.from({ length: 4 }, (_, index) => `good ${round} ${index}`);
    const [bad, ...answers] = await Promise.all([post(`poison ${round}`), ...good.map(post)]);
    expect([bad.status, bad.json.detail]).toEqual([503, expect.stringContaining("nothing was kept")]);
    answers.forEach(({ status }, index) => {
      // an object that another request aborted may not know
      expect(status).toBeOneOf([202, 500, 503]);
      if (status === 202) kept.push(good[index] as string);
    });
  }
  expect(kept.length).toBeGreaterThan(0);
  await given.worker.admin.settled(kept.length);
  await account(kept, given.sandbox, given.worker.admin);
  expect(JSON.stringify(given.sandbox.ledger())).not.toContain("poison");
});
