import { expect, test } from "vitest";
import { events } from "../support/events.js";
import { account } from "./account.js";
import { least } from "./length.js";
import { KEY, useWorker } from "./support.js";

const CLIENTS = 50;
const ROUNDS = least(2, 20);
const EVENTS = 100;

const given = useWorker({ buffer: "queue", vars: { SHARDS: 4 } });

const named = (name: string) => events(EVENTS).map((one) => ({ ...one, key: `${name} ${one.key}` }));

test(`50 clients at once, ${ROUNDS} rounds: each answer is about its own events, and all events arrive once`, async () => {
  given.sandbox.setFaults([{ every: 7, do: "delay", ms: 30 }]);
  const keys: string[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const bodies = Array.from({ length: CLIENTS }, (_, client) => named(`${round}-${client}`));
    const answers = await Promise.all(bodies.map((body) => given.worker.post(body)));
    const wrong = answers.filter(({ status, json }) => status !== 202 || json.clean !== EVENTS);
    expect(wrong.map(({ status, text }) => `${status} ${text.slice(0, 500)}`)).toEqual([]);
    keys.push(...bodies.flat().map(({ key }) => key));
  }
  await given.worker.admin.settled(keys.length);
  expect(await account(keys, given.sandbox, given.worker.admin)).toMatchObject({ accepted: keys.length });
});

test("clients that leave in the middle do not affect the others, and none of their events arrives twice", async () => {
  const before = (await given.worker.admin.counts()).taken;
  const leave = async (name: string, ms: number) => {
    const request = fetch(new URL("/api/events/bulk", given.worker.url), {
      method: "POST",
      headers: { authorization: `Bearer ${KEY}` },
      body: JSON.stringify(named(name)),
      signal: AbortSignal.timeout(ms),
    });
    await request.then((response) => response.text()).catch(() => undefined);
  };
  const leaving = Array.from({ length: CLIENTS }, (_, client) => leave(`left-${client}`, 1 + client));
  const staying = Array.from({ length: CLIENTS }, (_, client) => named(`stayed-${client}`));
  const answers = await Promise.all(staying.map((body) => given.worker.post(body)));
  await Promise.all(leaving);
  expect(answers.map(({ status }) => status)).toEqual(Array(CLIENTS).fill(202));
  await given.worker.admin.settled(before + CLIENTS * EVENTS);
  const keys = staying.flat().map(({ key }) => key);
  expect(await account(keys, given.sandbox, given.worker.admin)).toMatchObject({ accepted: keys.length });
});
