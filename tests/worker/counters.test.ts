import { expect, onTestFinished, test } from "vitest";
import { event } from "../support/events.js";
import { Folder } from "../support/folder.js";
import { Killable } from "./killable.js";
import { least } from "./length.js";
import { Service } from "./service.js";
import { KEY, type Options } from "./support.js";

const ROUNDS = least(4, 20);
const POSTS = 30;

interface Sum {
  events: number;
}

interface Shard {
  shard: number;
  planned: Sum;
  dispatching: Sum;
  unknown: Sum;
  refused: Sum;
  dead: Sum;
  totals: Record<"taken" | "accepted" | "unknown" | "refused" | "repeated" | "conflicts", number> & {
    dropped: Record<string, number>;
  };
}

/** The same for every run. */
function randomFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

test(`after ${ROUNDS} kills with -9 the counters agree with what clients, service and operator saw`, {
  timeout: 600_000,
}, async () => {
  const random = randomFrom(12);
  let chance = true;
  const service = await Service.start(() => ({ status: chance ? ([202, 202, 202, 400, 500][random(5)] ?? 202) : 202 }));
  const options: Options = { upstream: service.upstream, persist: new Folder().path, vars: { SHARDS: 2 } };
  let worker = await Killable.start(options);
  onTestFinished(() => worker.kill());
  const seen = { taken: 0, dropped: 0, byWord: 0, repeated: 0, conflicts: 0 };
  const shards = async () => (await worker.admin.json<{ shards: Shard[] }>("GET", "/admin/counts")).shards;
  const total = async (of: (shard: Shard) => number) => (await shards()).reduce((sum, shard) => sum + of(shard), 0);
  const droppedOf = ({ totals }: Shard) => Object.values(totals.dropped).reduce((sum, events) => sum + events, 0);

  const post = async (id: string, keys: string[]): Promise<number | undefined> => {
    const headers = { authorization: `Bearer ${KEY}`, "idempotency-key": id, "content-type": "application/json" };
    const body = JSON.stringify(keys.map((key, number) => event(number, { key, timestamp: 1_790_000_000_000 })));
    try {
      const response = await fetch(new URL("/api/events/bulk", worker.url), { method: "POST", headers, body });
      const { repeated } = (await response.json()) as { repeated?: boolean };
      if (repeated) seen.repeated += 1;
      return response.status;
    } catch {
      return undefined;
    }
  };

  for (let round = 0; round < ROUNDS; round += 1) {
    // a few of each request's events are refused by the check
    const posts = Array.from({ length: POSTS }, (_, number) => {
      const id = `${round} ${number}`;
      return { id, keys: Array.from({ length: 1 + random(4) }, (_, at) => (random(6) === 0 ? "" : `${id} ${at}`)) };
    });
    const answered = posts.map(async ({ id, keys }) => [id, keys, await post(id, keys)] as const);
    await Promise.race([Promise.all(answered), new Promise((resolve) => setTimeout(resolve, 20 + random(150)))]);
    await worker.kill();
    const answers = await Promise.all(answered);
    worker = await Killable.start(options);
    // requests without an answer are repeated, so that the client knows
    for (const [id, keys, status] of answers) {
      if (status !== 202) expect(await post(id, keys)).toBe(202);
      seen.taken += keys.length;
    }
    const [first] = posts;
    if (first) expect([await post(first.id, first.keys), await post(first.id, ["other"])]).toEqual([202, 422]);
    seen.conflicts += 1;

    // the operator resolves unknown batches by what the service has
    await worker.admin.json("POST", "/admin/resume");
    for (const { id, events } of await worker.admin.batches("unknown")) {
      const [key = ""] = await worker.admin.keysOf([{ id, events }]);
      const wasTaken = service.accepted.includes(key);
      const as = wasTaken ? "accepted" : (["resend", "drop"][random(2)] ?? "drop");
      if (random(3) > 0) continue;
      await worker.admin.json("POST", `/admin/batches/${id}`, { as });
      if (as === "drop") seen.dropped += events;
    }
    for (const { id, events } of (await worker.admin.batches("refused")).slice(0, 2)) {
      await worker.admin.json("POST", `/admin/batches/${id}`, { as: "accepted" });
      seen.byWord += events;
    }
    const [letter] = await worker.admin.dead();
    if (letter) {
      await worker.admin.json("POST", `/admin/dead/${letter.id}`);
      await worker.admin.json("DELETE", `/admin/dead/${letter.id}`);
      seen.dropped += letter.events;
    }

    for (const { shard, totals, ...held } of await shards()) {
      const now = [held.planned, held.dispatching, held.unknown, held.refused, held.dead];
      const sum = now.reduce((sum, { events }) => sum + events, totals.accepted);
      const dropped = Object.values(totals.dropped).reduce((sum, events) => sum + events, 0);
      expect([shard, sum + dropped]).toEqual([shard, totals.taken]);
      expect(totals.unknown).toBeGreaterThanOrEqual(held.unknown.events);
    }
    expect(await total(({ totals }) => totals.taken)).toBe(seen.taken);
  }

  chance = false;
  await expect
    .poll(
      async () => {
        await worker.admin.json("POST", "/admin/resume");
        return total(({ planned, dispatching }) => planned.events + dispatching.events);
      },
      { timeout: 30_000, interval: 300 },
    )
    .toBe(0);
  const unknown = new Set(await worker.admin.keysOf(await worker.admin.batches("unknown")));
  expect(service.accepted.length, "nothing was sent twice").toBe(new Set(service.accepted).size);
  const accepted = service.accepted.filter((key) => !unknown.has(key)).length;
  const everUnknown = await total(({ totals }) => totals.unknown);
  console.log(`${seen.taken} events taken, ${accepted} accepted, ${everUnknown} ever unknown, ${seen.dropped} dropped`);
  expect(everUnknown).toBeGreaterThan(0);
  expect(await total(({ totals }) => totals.accepted)).toBe(accepted + seen.byWord);
  expect(await total(droppedOf)).toBe(seen.dropped);
  expect(await total(({ totals }) => totals.repeated)).toBe(seen.repeated);
  expect(await total(({ totals }) => totals.conflicts)).toBe(seen.conflicts);
});
