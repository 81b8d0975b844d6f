import { execFile } from "node:child_process";
import { randomBytes, randomUUID } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { encodePart, type Part } from "../../worker/src/part.js";
import { event, events } from "../support/events.js";
import { handMessages, handParts, REDELIVER } from "./queues.js";
import { ADMIN_KEY, FOLDER, useWorker } from "./support.js";

const BIN = fileURLToPath(new URL("../../pkg/bin/split-events.js", import.meta.url));
/** Runs a command on a terminal of its own. */
const SCRIPT = "/usr/bin/script";
const DEAD = "split-events-dead";
const given = useWorker({ buffer: "queue", vars: { SHARDS: 2 }, entrypoint: REDELIVER });

interface Letter {
  id: string;
  kind: string;
  client: string;
  events: number;
  codes: Record<string, number>;
}

const encode = (text: string) => new TextEncoder().encode(text);
const taken = () => given.worker.admin.counts().then(({ taken }) => taken);
const letters = async () =>
  (await given.worker.admin.json<{ entries: Letter[] }>("GET", "/admin/dead?limit=1000")).entries;
const keys = () => given.sandbox.ledger().map(({ event }) => (event as { key: string }).key);

function partOf(body: string, count: number, changes: Partial<Part> = {}): Part {
  return {
    shard: 1,
    request: `r${randomBytes(16).toString("hex")}`,
    at: Date.now(),
    part: 0,
    client: "web",
    kind: "batch",
    events: count,
    body: encode(body),
    ...changes,
  };
}

test("in the template this Worker is the consumer of the dead queue", () => {
  const config = readFileSync(`${FOLDER}/wrangler.jsonc`, "utf8");
  expect(config).toContain(`"dead_letter_queue": "${DEAD}"`);
  expect(config).toContain(`"queue": "${DEAD}"`);
});

test("a message of the dead queue is taken by its shard once, however often it comes", async () => {
  const before = await taken();
  const part = partOf(JSON.stringify(events(3)), 3);
  expect((await handParts(given.worker.url, DEAD, [part, part])).acked).toHaveLength(2);
  expect((await handParts(given.worker.url, DEAD, [part])).acked).toHaveLength(1);
  await given.worker.admin.settled(before + 3);
  expect((await handParts(given.worker.url, DEAD, [part])).acked).toHaveLength(1);
  expect(await taken()).toBe(before + 3);
  expect(given.sandbox.ledger()).toHaveLength(3);
  expect(await letters()).toEqual([]);
});

test("a message that cannot be read becomes a letter, once; it is shown, stays when replayed, and can be forgotten", async () => {
  const before = await taken();
  const strange = {
    [randomUUID()]: encode('{"version":9,"of":"tomorrow"}\n[]'),
    [randomUUID()]: encode('{"version":2}\n[]'),
    [randomUUID()]: new Uint8Array([0xff, 0x00, 0x1b]),
    [randomUUID()]: new Uint8Array(),
  };
  const good = { [randomUUID()]: encodePart(partOf(JSON.stringify([event(0)]), 1)) };
  const { acked, retried } = await handMessages(given.worker.url, DEAD, { ...strange, ...good });
  expect([acked.length, retried.length]).toEqual([5, 0]);
  await handMessages(given.worker.url, DEAD, strange);
  await given.worker.admin.settled(before + 1);
  expect(given.sandbox.ledger()).toHaveLength(1);

  const held = await letters();
  expect(held).toHaveLength(4);
  for (const letter of held) {
    expect(letter).toMatchObject({ kind: "message", client: "", events: 0, codes: { message_unreadable: 1 } });
    expect(await given.worker.admin.json("POST", `/admin/dead/${letter.id}`)).toEqual({
      letters: 1,
      sent: 0,
      refused: 0,
      stays: 1,
    });
  }
  const bodies = await Promise.all(
    held.map(async ({ id }) => (await given.worker.admin.ask("GET", `/admin/dead/${id}`)).arrayBuffer()),
  );
  const hex = (bytes: ArrayBuffer | Uint8Array) => Buffer.from(bytes as Uint8Array).toString("hex");
  expect(bodies.map(hex).sort()).toEqual(Object.values(strange).map(hex).sort());
  const forgotten = await given.worker.admin.json("DELETE", "/admin/dead?code=message_unreadable");
  expect(forgotten).toEqual({ letters: 4, forgotten: 0 });
  expect((await handMessages(given.worker.url, DEAD, strange)).acked).toHaveLength(4);
  expect(await letters()).toEqual([]);
});

test("no text in a message controls the terminal", { skip: !existsSync(SCRIPT) }, async () => {
  await handMessages(given.worker.url, DEAD, {
    [randomUUID()]: encode("\u001b]0;title\u0007\u001b[2J\r\u009b\n\u202etext"),
  });
  const [letter] = await letters();
  const command = `'${process.execPath}' '${BIN}' worker show '${letter?.id}' --url '${given.worker.url.href}'`;
  const env = { ...process.env, SPLIT_WORKER_ADMIN_KEY: ADMIN_KEY };
  const { stdout } = await promisify(execFile)(SCRIPT, ["-qec", command, "/dev/null"], { env });
  expect(stdout).toBe("\\u001b]0;title\\u0007\\u001b[2J\\r\\u009b\r\n\\u202etext\r\n");
  await given.worker.admin.json("DELETE", "/admin/dead?all=true");
});

test("no log quotes a message that cannot be read, and a damaged line harms no shard", async () => {
  const secret = "what-an-event-says";
  const strange = {
    [randomUUID()]: encode(`{"version":2,"key":"${secret}`),
    [randomUUID()]: encode(`${secret}\n[]`),
    [randomUUID()]: encode(`{"version":"${secret}"}\n[]`),
  };
  expect((await handMessages(given.worker.url, "split-events", strange)).retried).toHaveLength(3);
  const damaged = partOf(`{"index":0,"reasons":[{"code" ${secret}],"event":{}}\n`, 1, { kind: "refused" });
  expect((await handParts(given.worker.url, "split-events", [damaged])).acked).toHaveLength(1);
  expect((await handMessages(given.worker.url, DEAD, strange)).acked).toHaveLength(3);
  expect(await given.worker.admin.json("POST", "/admin/dead")).toMatchObject({ letters: 4, stays: 3 });
  const logged = (await given.worker.admin.json<string[]>("GET", "/logs")).join("\n");
  expect(logged).not.toContain(secret);
  expect(logged).toContain("the message does not begin with a line of JSON");
  expect(logged).not.toContain("store_failed");
  await given.worker.admin.json("DELETE", "/admin/dead?all");
  expect(await letters()).toEqual([]);
});

test("a batch that its shard does not take becomes a letter with its body as it came, and holds no other back", async () => {
  const before = await taken();
  const body = '[ {"key" :"no end" ]';
  const broken = partOf(body, 1);
  const good = [partOf(JSON.stringify([event(1)]), 1), partOf(JSON.stringify([event(2)]), 1)];
  const parts = [good[0] as Part, broken, good[1] as Part];
  expect((await handParts(given.worker.url, DEAD, parts)).acked).toHaveLength(3);
  await given.worker.admin.settled(before + 3);
  expect(keys().sort()).toEqual(["user-1", "user-2"]);
  const [letter] = await letters();
  expect(letter).toMatchObject({ kind: "batch", client: "web", events: 1, codes: { outbox_failed: 1 } });
  const path = `/admin/dead/${letter?.id}`;
  expect(await (await given.worker.admin.ask("GET", path)).text()).toBe(body);

  expect((await handParts(given.worker.url, DEAD, [broken])).acked).toHaveLength(1);
  expect(await given.worker.admin.json("POST", path)).toEqual({ letters: 1, sent: 0, refused: 0, stays: 1 });
  expect(await letters()).toEqual([letter]);
  await given.worker.admin.ask("DELETE", path);
  expect((await handParts(given.worker.url, DEAD, [broken])).acked).toHaveLength(1);
  expect(await letters()).toEqual([]);
  expect(await taken()).toBe(before + 3);
});

test("a batch that comes while its shard is full becomes a letter, and is sent as it came when it is replayed", {
  timeout: 240_000,
}, async () => {
  const before = await taken();
  given.sandbox.setFaults([{ do: "status", status: 503, headers: { "retry-after": "5" } }]);
  const properties = { text: "x".repeat(5_000) };
  let held = 0;
  /** Returns how many of the batches the shard took. */
  const fill = async (batches: number): Promise<number> => {
    const parts = Array.from({ length: batches }, () => partOf(JSON.stringify(events(20, { properties })), 20));
    const { acked } = await handParts(given.worker.url, "split-events", parts);
    held += acked.length * 20;
    return acked.length;
  };
  while ((await fill(40)) > 0);
  while ((await fill(1)) > 0);

  const large = ["one", "two", "three", "four"].map((key) =>
    JSON.stringify(event(0, { key, properties: { text: "y".repeat(30_000) } })),
  );
  const body = `[ ${large.join("\n , ")} ]`;
  const part = partOf(body, 4);
  expect((await handParts(given.worker.url, DEAD, [part])).acked).toHaveLength(1);
  const [letter] = await letters();
  expect(letter).toMatchObject({ kind: "batch", events: 4, codes: { outbox_full: 4 } });
  const path = `/admin/dead/${letter?.id}`;
  expect(await (await given.worker.admin.ask("GET", path)).text()).toBe(body);
  expect((await given.worker.admin.ask("POST", path)).status).toBe(503);

  given.sandbox.setFaults([]);
  await given.worker.admin.json("POST", "/admin/resume");
  await given.worker.admin.settled(before + held + 4, 120);
  given.sandbox.reset();
  expect(await given.worker.admin.json("POST", path)).toEqual({ letters: 1, sent: 4, refused: 0 });
  await given.worker.admin.settled(before + held + 4);
  expect((await handParts(given.worker.url, DEAD, [part])).acked).toHaveLength(1);
  expect(keys()).toEqual(["one", "two", "three", "four"]);
  expect(await letters()).toEqual([]);
});

test("a message that can be read by now is handed to its shard when it is replayed, and taken once", async () => {
  const before = await taken();
  const known = partOf(JSON.stringify([event(1)]), 1);
  const fresh = partOf(JSON.stringify([event(2)]), 1, { shard: 0 });
  await handParts(given.worker.url, "split-events", [known]);
  for (const part of [known, fresh]) {
    const body = Buffer.from(encodePart(part)).toString("base64");
    const answer = await given.worker.ask({
      path: "/bury",
      body: JSON.stringify({ request: `m${part.request.slice(1)}`, body }),
    });
    expect(answer.status).toBe(200);
  }
  expect(await given.worker.admin.json("POST", "/admin/dead")).toEqual({ letters: 2, sent: 2, refused: 0 });
  await given.worker.admin.settled(before + 2);
  expect(keys().sort()).toEqual(["user-1", "user-2"]);
  expect(await letters()).toEqual([]);
});

test("refused events of the dead queue become dead letters like any others", async () => {
  const line =
    '{"index":0,"line":1,"byteOffset":0,"reasons":[{"code":"key_empty","path":"key","message":"m"}],"event":{}}\n';
  const part = partOf(line, 1, { kind: "refused" });
  expect((await handParts(given.worker.url, DEAD, [part])).acked).toHaveLength(1);
  expect(await letters()).toMatchObject([{ kind: "refused", client: "web", events: 1, codes: { key_empty: 1 } }]);
});
