import { expect, test } from "vitest";
import { events } from "../support/events.js";
import { useWorker } from "./support.js";

const CLIENTS = 50;
const ROUNDS = 6;
/** Two batches: each request waits for one answer after the other. */
const EVENTS = 600;

const given = useWorker();

const body = (name: string) =>
  JSON.stringify(events(EVENTS).map((event) => ({ ...event, key: `${name} ${event.key}` })));

function keysInLedger(): string[] {
  return given.sandbox.ledger().map(({ event }) => (event as { key: string }).key);
}

test("50 clients at once, round after round, each get their own receipt, and every event arrives once", async () => {
  given.sandbox.setFaults([{ every: 7, do: "delay", ms: 30 }]);
  for (let round = 0; round < ROUNDS; round++) {
    const names = Array.from({ length: CLIENTS }, (_, client) => `${round}-${client}`);
    const answers = await Promise.all(names.map((name) => given.worker.post(body(name))));
    const wrong = answers.filter(({ status, json }) => status !== 202 || json.accepted !== EVENTS);
    expect(wrong.map(({ status, text }) => `${status} ${text.slice(0, 500)}`)).toEqual([]);
  }
  const keys = keysInLedger();
  expect([keys.length, new Set(keys).size]).toEqual([ROUNDS * CLIENTS * EVENTS, ROUNDS * CLIENTS * EVENTS]);
});

test("one client's trouble is not another's: every receipt agrees with the ledger", async () => {
  given.sandbox.setFaults([
    { every: 3, do: "reset", take: true },
    { every: 4, do: "status", status: 503 },
  ]);
  const names = Array.from({ length: CLIENTS }, (_, client) => `${client}`);
  const answers = await Promise.all(names.map((name) => given.worker.post(body(name))));

  const keys = keysInLedger();
  expect(new Set(keys).size).toBe(keys.length);
  const taken = new Map<string, number>();
  for (const key of keys) {
    const name = key.split(" ", 1)[0] as string;
    taken.set(name, (taken.get(name) ?? 0) + 1);
  }
  const seen = new Set<number>();
  for (const [client, { status, json }] of answers.entries()) {
    const { accepted, refused, unknown, unsent } = json;
    expect([client, accepted + refused + unknown + unsent]).toEqual([client, EVENTS]);
    // whatever was reset had been taken
    expect([client, taken.get(`${client}`) ?? 0]).toEqual([client, accepted + unknown]);
    seen.add(status);
  }
  expect(seen).toContain(502);
  expect(seen).toContain(503);
});
