import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { encodePart, type Part } from "../../worker/src/part.js";
import { event, events } from "../support/events.js";
import { account } from "./account.js";
import { useWorker } from "./support.js";

const entrypoint = fileURLToPath(new URL("entries/redeliver.ts", import.meta.url));
const given = useWorker({ buffer: "queue", vars: { SHARDS: 3 }, entrypoint });

/** Hands messages to the Worker like a queue that delivers twice, with new ids. Returns what became of them. */
async function deliver(...parts: Part[]): Promise<{ acked: number; retried: number }> {
  return hand(parts.map(encodePart));
}

async function hand(messages: Uint8Array[]): Promise<{ acked: number; retried: number }> {
  const body = messages.map((message) => ({ id: crypto.randomUUID(), body: Buffer.from(message).toString("base64") }));
  const answer = await given.worker.ask({ path: "/redeliver", body: JSON.stringify(body) });
  const { acked, retried } = answer.json as unknown as { acked: string[]; retried: string[] };
  return { acked: acked.length, retried: retried.length };
}

function batch(name: string, changes: Partial<Part> = {}): { part: Part; keys: string[] } {
  const sent = events(10).map((one) => ({ ...one, key: `${name} ${one.key}` }));
  const part: Part = {
    shard: 1,
    request: "r0123456789abcdef0123456789abcdef",
    at: Date.now(),
    part: 0,
    client: "web",
    kind: "batch",
    events: sent.length,
    body: new TextEncoder().encode(JSON.stringify(sent)),
    ...changes,
  };
  return { part, keys: sent.map(({ key }) => key) };
}

const taken = () => given.worker.admin.counts().then(({ taken }) => taken);

test("events pass through the queue and arrive once", async () => {
  const before = await taken();
  const sent = Array.from({ length: 20 }, (_, request) =>
    events(100).map((one) => ({ ...one, key: `q${request} ${one.key}` })),
  );
  const answers = await Promise.all(sent.map((body) => given.worker.post(body)));
  expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(202));
  await given.worker.admin.settled(before + 2000);
  await account(
    sent.flat().map(({ key }) => key),
    given.sandbox,
    given.worker.admin,
  );
});

test("a body that is too large for one send of a queue arrives whole", async () => {
  const before = await taken();
  const text = "x".repeat(3_000);
  const sent = events(300).map((one) => ({ ...one, key: `large ${one.key}`, properties: { text } }));
  const refused = event(1, { key: "", properties: { text: "y".repeat(200_000) } });
  expect((await given.worker.post([...sent, refused])).json).toMatchObject({ events: 301, refused: 1 });
  await given.worker.admin.settled(before + 301);
  await account(
    sent.map(({ key }) => key),
    given.sandbox,
    given.worker.admin,
  );
});

test("a message that comes twice, at once or after its events were accepted, is acknowledged and taken once", async () => {
  const before = await taken();
  const { part, keys } = batch("again");
  const results = await Promise.all([deliver(part), deliver(part, part), deliver(part)]);
  expect(results.map(({ acked }) => acked)).toEqual([1, 2, 1]);
  await given.worker.admin.settled(before + 10);
  expect(await deliver(part)).toEqual({ acked: 1, retried: 0 });
  expect(await taken()).toBe(before + 10);
  await account(keys, given.sandbox, given.worker.admin);
});

test("a message from before an upgrade is taken once, also when it comes twice", async () => {
  const before = await taken();
  const { part, keys } = batch("old", { request: "33333333333333333333333333333333" });
  const { body, client: _, ...head } = part;
  const line = `${JSON.stringify({ version: 1, ...head, keyed: true })}\n`;
  const message = Buffer.concat([Buffer.from(line), body]);
  expect(await hand([message, message])).toEqual({ acked: 2, retried: 0 });
  await given.worker.admin.settled(before + 10);
  expect(await hand([message])).toEqual({ acked: 1, retried: 0 });
  expect(await taken()).toBe(before + 10);
  await account(keys, given.sandbox, given.worker.admin);
});

test("a message that cannot be read stays in the queue, and the others of its batch are taken", async () => {
  const before = await taken();
  const { part } = batch("good", { request: "r22222222222222222222222222222222" });
  const strange = new TextEncoder().encode('{"version":9}\n');
  expect(await hand([strange, encodePart(part)])).toEqual({ acked: 1, retried: 1 });
  await given.worker.admin.settled(before + 10);
});
