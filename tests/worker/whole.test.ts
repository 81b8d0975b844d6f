import { createSandbox } from "split-events-sandbox";
import { expect, onTestFinished, test } from "vitest";
import { events } from "../support/events.js";
import { least } from "./length.js";
import { Worker } from "./support.js";

const BODIES = least(120, 200);
const BYTES = 600_000;
/** So that a few bodies fill the shard, whatever it holds at most. */
const TEXT = "x".repeat(5_000);

/** Numbers that look random, the same in each run. */
function* draws(seed: number): Generator<number, never> {
  for (let state = seed; ; ) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    yield state / 2 ** 32;
  }
}

test.each(["queue", "outbox"] as const)(
  `with BUFFER %s each of ${BODIES} bodies near a full shard's limit, sent again after 503, is in the ledger once`,
  { timeout: 240_000 },
  async (buffer) => {
    const sandbox = await createSandbox();
    onTestFinished(() => sandbox.close());
    // no batch is sent until the shard has been full
    sandbox.setFaults([{ do: "status", status: 503, headers: { "retry-after": "3600" } }]);
    const worker = await Worker.start({
      upstream: `${sandbox.url}/api/events/bulk`,
      buffer,
      vars: { SHARDS: 1 },
    });
    onTestFinished(() => worker.dispose());

    const random = draws(7);
    const bodies = Array.from({ length: BODIES }, (_, body) => {
      const count = Math.ceil((random.next().value * 2 * BYTES) / (TEXT.length + 150));
      return events(count).map((one) => ({ ...one, key: `${body} ${one.key}`, properties: { text: TEXT } }));
    });
    const statuses = new Map<number, number>();
    let resumed = false;
    const post = async (body: object[]): Promise<void> => {
      for (;;) {
        const { status, json } = await worker.post(body);
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
        if (status === 202) return;
        expect([status, json.detail]).toEqual([503, expect.stringContaining("nothing was kept")]);
        if (!resumed) {
          resumed = true;
          sandbox.setFaults([]);
          await worker.admin.json("POST", "/admin/resume");
        }
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    };
    const waiting = [...bodies];
    await Promise.all(
      Array.from({ length: 8 }, async () => {
        for (let body = waiting.pop(); body; body = waiting.pop()) await post(body);
      }),
    );
    expect(statuses.get(503)).toBeGreaterThan(0);
    const sent = bodies.flat().map(({ key }) => key);
    await worker.admin.settled(sent.length, 120);
    const ledger = sandbox.ledger().map(({ event }) => (event as { key: string }).key);
    console.log(`${buffer}: ${[...statuses].map(([status, count]) => `${count} times ${status}`).join(", ")}`);
    expect(ledger.sort()).toEqual(sent.sort());
  },
);
