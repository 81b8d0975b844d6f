import { expect, test } from "vitest";
import { events } from "../support/events.js";
import { KEY, useWorker } from "./support.js";

const CLIENTS = 50;
/** Two batches, of which each is answered after DELAY_MS: all who leave do so before their answer. */
const EVENTS = 600;
const DELAY_MS = 40;

const given = useWorker();

const body = (name: string) =>
  JSON.stringify(events(EVENTS).map((event) => ({ ...event, key: `${name} ${event.key}` })));

test("clients that leave in the middle cost the others nothing", async () => {
  given.sandbox.setFaults([{ do: "delay", ms: DELAY_MS }]);
  const leave = async (name: string, ms: number) => {
    const request = fetch(new URL("/api/events/bulk", given.worker.url), {
      method: "POST",
      headers: { authorization: `Bearer ${KEY}` },
      body: body(name),
      signal: AbortSignal.timeout(ms),
    });
    await expect(request).rejects.toThrow("aborted due to timeout");
  };
  const leaving = Array.from({ length: CLIENTS }, (_, client) => leave(`left-${client}`, 1 + client));
  const staying = Array.from({ length: CLIENTS }, (_, client) => given.worker.post(body(`stayed-${client}`)));
  await Promise.all(leaving);
  const answers = await Promise.all(staying);
  expect(answers.map(({ status, json }) => [status, json.accepted])).toEqual(Array(CLIENTS).fill([202, EVENTS]));

  const keys = given.sandbox.ledger().map(({ event }) => (event as { key: string }).key);
  expect(new Set(keys).size).toBe(keys.length);
  expect(keys.filter((key) => key.startsWith("stayed-"))).toHaveLength(CLIENTS * EVENTS);
});
