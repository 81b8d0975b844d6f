import { createSandbox } from "split-events-sandbox";
import { describe, expect, onTestFinished, test } from "vitest";
import { event, events } from "../support/events.js";
import { KEY, type Options, OTHER_KEY, Worker } from "./support.js";

async function start(options: Options) {
  const sandbox = await createSandbox();
  onTestFinished(() => sandbox.close());
  const worker = await Worker.start({ upstream: `${sandbox.url}/api/events/bulk`, ...options });
  onTestFinished(() => worker.dispose());
  return { worker, sandbox };
}

describe.each(["queue", "outbox"] as const)("with BUFFER %s", (buffer) => {
  test("equal bodies are different requests, and the same Idempotency-Key is one request", async () => {
    const { worker, sandbox } = await start({ buffer });
    const body = [event(0)];
    const alike = await Promise.all(Array.from({ length: 4 }, () => worker.post(body)));
    expect(alike.map(({ status, json }) => [status, json.repeated])).toEqual(Array(4).fill([202, undefined]));
    await worker.admin.settled(4);
    expect(sandbox.ledger()).toHaveLength(4);

    const keyed = await Promise.all(Array.from({ length: 4 }, () => worker.post(body, { "idempotency-key": "one" })));
    expect(keyed.map(({ status }) => status)).toEqual(Array(4).fill(202));
    expect(keyed.filter(({ json }) => json.repeated === true)).toHaveLength(3);
    expect(new Set(keyed.map(({ json }) => json.request)).size).toBe(1);
    await worker.admin.settled(5);
    expect(sandbox.ledger()).toHaveLength(5);
    const totals = await worker.admin.totals();
    expect(totals).toMatchObject({ taken: 5, repeated: 3 });
  });

  test("an Idempotency-Key with another body is refused; with another key or client it is another request", async () => {
    const { worker, sandbox } = await start({ buffer, vars: { CLIENT_KEY_SHOP: "another-must-never-show" } });
    const all = events(4);
    const post = (key: string, count: number, client = KEY) =>
      worker.post(all.slice(0, count), { "idempotency-key": key, authorization: `Bearer ${client}` });
    expect((await post("one", 3)).status).toBe(202);
    const { status, json } = await post("one", 4);
    expect([status, json.title, json.detail]).toEqual([
      422,
      "Unprocessable Content",
      "this Idempotency-Key was used with another body: use a new key for each body; nothing was kept",
    ]);
    expect((await post("one", 3, OTHER_KEY)).json.repeated).toBe(true);
    expect((await post("two", 4)).json.repeated).toBe(undefined);
    expect((await post("one", 4, "another-must-never-show")).json.repeated).toBe(undefined);
    await worker.admin.settled(11);
    expect(sandbox.ledger()).toHaveLength(11);
    expect(await worker.admin.totals()).toMatchObject({ taken: 11, repeated: 1, conflicts: 1 });
  });

  test("of simultaneous requests with one Idempotency-Key and different bodies, those answered 202 are kept", async () => {
    const { worker, sandbox } = await start({ buffer });
    const PAIRS = 150;
    const one = async (pair: number, key: string) => {
      const { status, json } = await worker.post([event(0, { key })], { "idempotency-key": `pair ${pair}` });
      return { status, key, repeated: json.repeated };
    };
    const answers = await Promise.all(
      Array.from({ length: PAIRS }, (_, pair) => Promise.all([one(pair, `${pair} a`), one(pair, `${pair} b`)])),
    );
    expect(answers.map((pair) => pair.map(({ status }) => status).sort())).toEqual(Array(PAIRS).fill([202, 422]));
    await worker.admin.settled(PAIRS);
    const taken = answers.flat().filter(({ status }) => status === 202);
    const ledger = sandbox.ledger().map(({ event }) => (event as { key: string }).key);
    expect(ledger.sort()).toEqual(taken.map(({ key }) => key).sort());
  });

  test("a repeat has the notKept of the first request, and an empty list may have an Idempotency-Key, too", async () => {
    const { worker } = await start({ buffer, vars: { SHARDS: 1, DEAD_CLIENT_BYTES: 1_000 } });
    const refused = Array.from({ length: 20 }, (_, index) => event(index, { eventTypeId: "a b" }));
    const [first, again] = [
      await worker.post(refused, { "idempotency-key": "refused" }),
      await worker.post(refused, { "idempotency-key": "refused" }),
    ];
    expect(first.json.notKept).toBeGreaterThan(0);
    expect(again.json).toEqual({ ...first.json, repeated: true });

    expect((await worker.post([], { "idempotency-key": "empty" })).status).toBe(202);
    expect((await worker.post([], { "idempotency-key": "empty" })).json.repeated).toBe(true);
    expect((await worker.post([event(0)], { "idempotency-key": "empty" })).status).toBe(422);
  });

  test("an Idempotency-Key that is not ASCII is refused, since two such keys may look the same", async () => {
    const { worker } = await start({ buffer });
    for (const key of ["nutzer-\xe4", "x".repeat(256)]) {
      const { status, json } = await worker.post([event(0)], { "idempotency-key": key });
      expect([status, json.detail]).toEqual([400, expect.stringContaining("printable ASCII")]);
    }
    expect((await worker.admin.counts()).taken).toBe(0);
  });

  test("with REPEAT_SECONDS equal bodies of one client and address within that time are one request, and are counted", async () => {
    const { worker, sandbox } = await start({
      buffer,
      vars: { REPEAT_SECONDS: 2, CLIENT_KEY_SHOP: "another-must-never-show" },
    });
    const body = JSON.stringify(events(3));
    const post = (more: Record<string, string> = {}) => worker.post(body, more);
    const answers = await Promise.all([post(), post(), post()]);
    expect(answers.map(({ status }) => status)).toEqual([202, 202, 202]);
    expect(answers.filter(({ json }) => json.repeated === true)).toHaveLength(2);
    expect((await post({ authorization: "Bearer another-must-never-show" })).json.repeated).toBe(undefined);
    await worker.admin.settled(6);
    expect(await worker.admin.totals()).toMatchObject({ taken: 6, repeated: 2 });
    await expect.poll(async () => (await post()).json.repeated, { interval: 500, timeout: 20_000 }).toBe(undefined);
    await worker.admin.settled(9);
    expect(sandbox.ledger()).toHaveLength(9);
  });
});
