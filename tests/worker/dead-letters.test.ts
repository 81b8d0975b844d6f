import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { Batcher } from "split-events";
import { createSandbox, type Sandbox } from "split-events-sandbox";
import { expect, onTestFinished, test } from "vitest";
import type { Part } from "../../worker/src/part.js";
import { Cli } from "../support/cli.js";
import { event, events, parseNdjson } from "../support/events.js";
import { Folder } from "../support/folder.js";
import { keysIn } from "../support/sandbox.js";
import { account } from "./account.js";
import { Killable } from "./killable.js";
import { handParts, REDELIVER } from "./queues.js";
import { ADMIN_KEY, KEY, type Options, OTHER_KEY, Worker } from "./support.js";

const DAY_MS = 86_400_000;
const STRICT = { CHECK: { trafficTypes: ["user"] } };
const LETTERS = 604;

interface Letter {
  id: string;
  at: string;
  client: string;
  kind: string;
  events: number;
  bytes: number;
  codes: Record<string, number>;
}
type Walked = { letters: number; sent: number; refused: number; forgotten: number; next?: string; full?: number };

async function startSandbox(): Promise<Sandbox> {
  const sandbox = await createSandbox();
  onTestFinished(() => sandbox.close());
  return sandbox;
}

async function start(options: Options = {}): Promise<{ worker: Worker; sandbox: Sandbox }> {
  const sandbox = await startSandbox();
  const worker = await Worker.start({ upstream: `${sandbox.url}/api/events/bulk`, ...options });
  onTestFinished(() => worker.dispose());
  return { worker, sandbox };
}

async function started(options: Options) {
  const worker = await Killable.start(options);
  onTestFinished(() => worker.kill());
  return { admin: worker.admin, kill: () => worker.kill() };
}

function command(url: URL, args: string[]): Cli {
  const env = { NO_COLOR: "1", SPLIT_WORKER_ADMIN_KEY: ADMIN_KEY };
  return new Cli(["worker", ...args, "--url", url.href], { env });
}

const cli = (url: URL, args: string[]) => command(url, args).done;

const letters = async ({ admin }: Pick<Worker, "admin">, query = "") =>
  (await admin.json<{ entries: Letter[] }>("GET", `/admin/dead?limit=1000${query}`)).entries;

/** Events that were given up, over all shards, by reason. */
async function droppedOf({ admin }: Pick<Worker, "admin">): Promise<Record<string, number>> {
  type Counts = { shards: { totals: { dropped: Record<string, number> } }[] };
  const { shards } = await admin.json<Counts>("GET", "/admin/counts");
  const sums: Record<string, number> = {};
  for (const { totals } of shards) {
    for (const [why, events] of Object.entries(totals.dropped)) sums[why] = (sums[why] ?? 0) + events;
  }
  return sums;
}

/** Parts of one event each, of all shards and ages, refused by a check that knew only the traffic type `user`. */
function refusedParts(count: number, shards: number): { parts: Part[]; keys: string[] } {
  const keys = Array.from({ length: count }, (_, number) => `letter-${number}`);
  const parts = keys.map((key, number): Part => {
    const batcher = new Batcher({ trafficTypes: ["user"], keepRefused: true });
    batcher.push([event(number, { key, trafficTypeName: "account" })]);
    batcher.finish();
    return {
      shard: number % shards,
      request: `r${randomBytes(16).toString("hex")}`,
      at: Date.now() - ((number * 7919) % 29) * DAY_MS - number,
      part: number % 13,
      client: "web",
      kind: "refused",
      events: 1,
      body: batcher.takeRefused(),
    };
  });
  return { parts, keys };
}

/** A Worker whose letters are there when it starts. */
async function storeLetters(count: number, shards: number) {
  const sandbox = await startSandbox();
  const options = {
    upstream: `${sandbox.url}/api/events/bulk`,
    persist: new Folder().path,
    entrypoint: REDELIVER,
    vars: { SHARDS: shards },
  };
  const { parts, keys } = refusedParts(count, shards);
  const worker = await Worker.start(options);
  const { acked } = await handParts(worker.url, "split-events", parts);
  expect(acked).toHaveLength(count);
  await worker.dispose();
  return { sandbox, options, keys };
}

test(`${LETTERS} letters of different ages in 64 shards are replayed by one command, each once`, async () => {
  const { sandbox, options, keys } = await storeLetters(LETTERS, 64);
  const worker = await Worker.start(options);
  onTestFinished(() => worker.dispose());
  expect((await worker.admin.counts()).dead).toMatchObject({ batches: LETTERS, events: LETTERS });

  const first = await worker.admin.json<Walked>("POST", "/admin/dead");
  expect(first.letters).toBeLessThan(LETTERS);
  const rest = await cli(worker.url, ["replay", "--all", "--after", first.next ?? "", "--json"]);
  expect([rest.code, rest.stderr]).toEqual([0, ""]);
  const { letters: more } = JSON.parse(rest.stdout);
  expect(first.letters + more).toBe(LETTERS);
  await worker.admin.settled(LETTERS);
  expect(keysIn(sandbox).sort()).toEqual([...keys].sort());
  expect((await worker.admin.counts()).dead).toMatchObject({ batches: 0, events: 0 });
  expect(await cli(worker.url, ["replay", "--all"])).toMatchObject({
    code: 0,
    stdout: "0 letters: 0 events planned, 0 refused again\n",
  });
});

test("letters whose replay is killed again and again are replayed each once", { timeout: 300_000 }, async () => {
  const many = 4 * LETTERS;
  const { sandbox, options, keys } = await storeLetters(many, 4);
  const seen: number[] = [];
  let after = "";
  // each life is longer than the one before, so that some end in the middle on a slow machine and on a fast one
  for (let ms = 100; seen.at(-1) !== 0 && seen.length < 10; ms *= 1.5) {
    const { admin, kill } = await started(options);
    seen.push((await admin.counts()).dead.batches);
    // from the start, and from where it went on before
    const replaying = admin.json<Walked>("POST", `/admin/dead${after}`).catch(() => undefined);
    await new Promise((resolve) => setTimeout(resolve, ms));
    await kill();
    const next = (await replaying)?.next;
    after = next === undefined ? "" : `?after=${next}`;
  }
  console.log(`letters that were left at each start: ${seen.join(", ")}`);
  expect(seen.filter((left) => left > 0 && left < many).length).toBeGreaterThan(0);
  const worker = await Worker.start(options);
  onTestFinished(() => worker.dispose());
  expect((await cli(worker.url, ["replay", "--all"])).code).toBe(0);
  await worker.admin.settled(many);
  expect((await worker.admin.counts()).dead).toMatchObject({ batches: 0, events: 0 });
  const { accepted, unknown } = await account(keys, sandbox, worker.admin);
  expect(accepted + unknown).toBe(many);
});

test("events that are refused again keep their letter, with new reasons; letters that come meanwhile wait", async () => {
  const sandbox = await startSandbox();
  const options = { upstream: `${sandbox.url}/api/events/bulk`, persist: new Folder().path };
  const strict = await Worker.start({ ...options, vars: { ...STRICT, SHARDS: 64 } });
  const wrong = { trafficTypeName: "account", eventTypeId: "a b" };
  const odd = '{ "key":"odd" , "big":12345678901234567890, "text":"],\\"event\\":" }';
  await strict.post(`[${JSON.stringify(event(0, wrong))},${odd},[{"key":"a"},{"key":"b"}],null,{"key":`);
  for (let request = 1; request < 80; request += 1) await strict.post([event(request, wrong)]);
  const before = await letters(strict);
  const lines = async (worker: Worker, id: string) => (await worker.admin.ask("GET", `/admin/dead/${id}`)).text();
  const first = before.find(({ events }) => events > 1)?.id ?? "";
  const was = await lines(strict, first);
  expect(was).toContain(`"event":${odd}`);
  await strict.dispose();

  const worker = await Worker.start({ ...options, vars: { SHARDS: 64 } });
  onTestFinished(() => worker.dispose());
  const walked = await worker.admin.json<Walked>("POST", "/admin/dead");
  await Promise.all(Array.from({ length: 60 }, (_, request) => worker.post([event(request, { key: "" })])));
  const rest = await worker.admin.json<Walked>("POST", `/admin/dead?after=${walked.next}`);
  expect(rest.next).toBeUndefined();
  expect([walked.letters + rest.letters, walked.sent + rest.sent]).toEqual([before.length, 0]);
  const now = (await letters(worker)).filter(({ id }) => before.some((one) => one.id === id));
  expect(now.map(({ id }) => id)).toEqual(before.map(({ id }) => id));
  expect(now.find(({ id }) => id !== first)?.codes).not.toHaveProperty("traffic_type_name_unknown");

  const is = await lines(worker, first);
  const without = (text: string) => text.replace(/"reasons":\[[^\n]*?\],"(event|text)"/g, "");
  expect(without(is)).toBe(without(was));
  expect(is).not.toContain("traffic_type_name_unknown");
  const parsed = parseNdjson<{ index: number; reasons: unknown[] }>(is);
  expect(parsed.map(({ index }) => index)).toEqual(parseNdjson<{ index: number }>(was).map(({ index }) => index));
  expect(parsed.every(({ reasons }) => reasons.length > 0)).toBe(true);

  // a second replay changes no letter
  await worker.admin.json("POST", `/admin/dead/${first}`);
  expect(await lines(worker, first)).toBe(is);
  expect(sandbox.ledger()).toEqual([]);
});

test("the events of a letter that pass are sent once, whenever it is replayed, also while earlier ones wait", async () => {
  const sandbox = await startSandbox();
  sandbox.setFaults([{ do: "status", status: 503, headers: { "retry-after": "3600" } }]);
  const options = { upstream: `${sandbox.url}/api/events/bulk`, persist: new Folder().path };
  const types = ["one", "two", "three"];
  const start = async (passing: number) => {
    const worker = await Worker.start({
      ...options,
      vars: { CHECK: { trafficTypes: ["user", ...types.slice(0, passing)] } },
    });
    onTestFinished(() => worker.dispose());
    return worker;
  };
  const strict = await start(0);
  await strict.post(types.map((type) => event(0, { key: type, trafficTypeName: type })));
  await strict.dispose();
  for (const passing of [1, 2, 3]) {
    const worker = await start(passing);
    const replay = () => worker.admin.json("POST", "/admin/dead");
    expect(await replay()).toEqual({ letters: 1, sent: 1, refused: 3 - passing });
    expect(await replay()).toMatchObject({ sent: 0, refused: 3 - passing });
    expect(await worker.admin.counts()).toMatchObject({ planned: { events: passing }, dead: { events: 3 - passing } });
    if (passing < 3) await worker.dispose();
    else {
      sandbox.setFaults([]);
      await worker.admin.json("POST", "/admin/resume");
      await worker.admin.settled(3);
    }
  }
  expect(keysIn(sandbox).sort()).toEqual(types.toSorted());
});

test("replay can be limited to events with a code, and to letters from before a time", async () => {
  const sandbox = await startSandbox();
  const options = { upstream: `${sandbox.url}/api/events/bulk`, persist: new Folder().path };
  const CHECK = { ...STRICT.CHECK, repair: "refuse" };
  const strict = await Worker.start({ ...options, vars: { CHECK } });
  const type = (key: string) => event(0, { key, trafficTypeName: "account" });
  await strict.post([type("type"), event(1, { key: "value", value: "5" }), type("type again")]);
  const [letter] = await letters(strict);
  const [code = ""] = Object.keys(letter?.codes ?? {}).filter((code) => code !== "traffic_type_name_unknown");
  expect(letter?.codes).toEqual({ traffic_type_name_unknown: 2, [code]: 1 });
  await strict.dispose();

  const worker = await Worker.start(options);
  const { admin, url } = worker;
  onTestFinished(() => worker.dispose());
  expect(await admin.json("POST", "/admin/dead?before=2020-01-01")).toEqual({ letters: 0, sent: 0, refused: 0 });
  expect(await admin.json("POST", `/admin/dead?code=${code}&before=2020-01-01`)).toMatchObject({ letters: 0 });
  const before = new Date(Date.now() + DAY_MS).toISOString();
  expect(await cli(url, ["replay", "--all", "--code", code, "--before", before])).toMatchObject({
    code: 0,
    stdout: "1 letter: 1 event planned, 2 refused again\n",
  });
  await admin.settled(3);
  expect(keysIn(sandbox)).toEqual(["value"]);
  expect((await letters({ admin }))[0]).toMatchObject({ id: letter?.id, codes: { traffic_type_name_unknown: 2 } });
  expect(await admin.json("POST", "/admin/dead?code=traffic_type_name_unknown")).toMatchObject({ sent: 2, refused: 0 });
  await admin.settled(3);
  expect(keysIn(sandbox)).toEqual(["value", "type", "type again"]);
});

test("a full shard takes no replay; the command says so and how to go on, and then sends all", {
  timeout: 300_000,
}, async () => {
  const sandbox = await startSandbox();
  sandbox.setFaults([{ do: "status", status: 503, headers: { "retry-after": "5" } }]);
  const options = { upstream: `${sandbox.url}/api/events/bulk`, persist: new Folder().path };
  const strict = await Worker.start({ ...options, vars: { ...STRICT, SHARDS: 1 } });
  onTestFinished(() => strict.dispose());
  const large = (name: string, count: number, changes = {}) =>
    events(count, { properties: { text: "x".repeat(5_000) }, ...changes }).map((one) => ({
      ...one,
      key: `${name} ${one.key}`,
    }));
  for (const name of ["r0", "r1", "r2"]) {
    expect((await strict.post(large(name, 150, { trafficTypeName: "account" }))).json.refused).toBe(150);
  }
  let held = 0;
  // the room that is left is smaller than a letter
  for (const count of [1_800, 100]) {
    for (let post = 0; post < 30; post += 1) {
      const { status, json } = await strict.post(large(`h${held}`, count));
      if (status === 503) break;
      expect([status, json.refused]).toEqual([202, 0]);
      held += count;
    }
  }
  await strict.dispose();

  const worker = await Worker.start({ ...options, vars: { SHARDS: 1 } });
  onTestFinished(() => worker.dispose());
  const { code, stdout, stderr } = await cli(worker.url, ["replay", "--all"]);
  expect([code, stdout]).toEqual([3, expect.stringMatching(/^\d letters?: \d+ events? planned, 0 refused again\n$/)]);
  expect(stderr).toContain("shard 0 is full: it takes no replay until it has sent some of its batches\n");
  const after = /replay --all --after (\S+) --url/.exec(stderr)?.[1] ?? "";
  const [{ id } = { id: "" }] = await letters(worker);
  expect((await worker.admin.ask("POST", `/admin/dead/${id}`)).status).toBe(503);

  sandbox.setFaults([]);
  await worker.admin.json("POST", "/admin/resume");
  const left = (await worker.admin.counts()).dead.events;
  await worker.admin.settled(held + 450 - left, 120);
  expect((await cli(worker.url, ["replay", "--all", "--after", after])).code).toBe(0);
  await worker.admin.settled(held + 450, 120);
  const keys = keysIn(sandbox).filter((key) => key.startsWith("r"));
  expect([keys.length, new Set(keys).size]).toEqual([450, 450]);
});

test("an interrupted or failed command says how to go on; otherwise it ends by itself", async () => {
  let asked: string[] = [];
  let answer: (request: IncomingMessage, response: ServerResponse) => void = () => {};
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    if (request.url === "/admin/counts") response.end(JSON.stringify({ shards: [{ dead: { batches: 3 } }] }));
    else answer(request, response);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const page = (next: string | undefined) => JSON.stringify({ letters: 1, sent: 1, refused: 0, next });
  const pages = ["0-1-a", "1-2-a", undefined];
  const paths = [
    "GET /admin/counts",
    "POST /admin/dead",
    "POST /admin/dead?after=0-1-a",
    "POST /admin/dead?after=1-2-a",
  ];

  answer = (_, response) => response.end(page(pages[asked.length - 2]));
  expect(await cli(url, ["replay", "--all"])).toMatchObject({
    code: 0,
    stdout: "3 letters: 3 events planned, 0 refused again\n",
    stderr: "",
  });
  expect(asked).toEqual(paths);

  asked = [];
  const interrupted = command(url, ["replay", "--all"]);
  answer = async (_, response) => {
    if (asked.length === 3) {
      interrupted.child.kill("SIGINT");
      await expect.poll(() => interrupted.stderr).toContain("stopping");
    }
    response.end(page(pages[asked.length - 2]));
  };
  const { code, stdout, stderr } = await interrupted.done;
  expect([code, stdout]).toEqual([3, "2 letters: 2 events planned, 0 refused again\n"]);
  expect(stderr).toContain(`  split-events worker replay --all --after 1-2-a --url '${url.href}'\n`);

  asked = [];
  answer = (request, response) => (asked.length === 3 ? request.socket.destroy() : response.end(page("0-1-a")));
  const broken = await cli(url, ["forget", "--code", "a b", "--json"]);
  expect(broken.code).toBe(2);
  expect(broken.stderr).toContain(`  split-events worker forget --code 'a b' --after 0-1-a --url '${url.href}'\n`);
  expect(broken.stderr).toContain("cannot be reached");
});

test("letters have reasons, client and time; they are listed and forgotten by code, by time, by id, or all", async () => {
  const { worker } = await start({ vars: { ...STRICT, CLIENT_KEY_SHOP: "shop-must-never-show" } });
  const none = { trafficTypeName: "account" };
  await worker.post([event(0, none), event(1, { key: "" }), event(2, { ...none, key: "" })]);
  await worker.post([event(3, none)], { authorization: "Bearer shop-must-never-show" });
  const all = await letters(worker);
  const [web, shop] = ["web", "shop"].map((client) => all.find((one) => one.client === client));
  expect([web, shop]).toMatchObject([
    { kind: "refused", events: 3, codes: { traffic_type_name_unknown: 2, key_empty: 2 } },
    { kind: "refused", events: 1, codes: { traffic_type_name_unknown: 1 } },
  ]);
  expect(Math.abs(Date.parse(web?.at ?? "") - Date.now())).toBeLessThan(60_000);
  const { stdout } = await cli(worker.url, ["list", "dead"]);
  expect(stdout).toMatch(/web\s+│\s+refused\s+│\s+3\s+│\s+traffic_type_name_unknown 2/);
  expect(stdout).toContain("key_empty 2");

  expect(await letters(worker, "&code=key_empty")).toEqual([web]);
  expect(await letters(worker, "&code=nothing")).toEqual([]);
  expect(await letters(worker, "&before=2020-01-01")).toEqual([]);
  expect(await letters(worker, `&before=${new Date(Date.now() + DAY_MS).toISOString()}`)).toHaveLength(2);
  for (const query of ["before=12", "before=", "code=", "after=x"]) {
    expect([query, (await worker.admin.ask("GET", `/admin/dead?${query}`)).status]).toEqual([query, 400]);
  }
  for (const query of ["", "?all&code=x", "?before=2020-01-01&code=x"]) {
    expect([query, (await worker.admin.ask("DELETE", `/admin/dead${query}`)).status]).toEqual([query, 400]);
  }
  for (const args of [["forget"], ["forget", "--all", "--code", "x"], ["forget", "id", "--all"]]) {
    expect((await cli(worker.url, args)).stderr).toContain("give one of an ID, --all, --before TIME and --code CODE");
  }

  const forgot = (args: string[]) => cli(worker.url, ["forget", ...args]).then(({ stdout }) => stdout);
  expect(await forgot(["--before", "2020-01-01"])).toBe("0 letters: 0 events forgotten\n");
  expect(await forgot(["--code", "key_empty"])).toBe("1 letter: 2 events forgotten\n");
  expect((await letters(worker)).find(({ id }) => id === web?.id)).toMatchObject({
    events: 1,
    codes: { traffic_type_name_unknown: 1 },
  });
  expect(await forgot([web?.id ?? ""])).toBe("1 letter: 1 event forgotten\n");
  expect(await forgot([web?.id ?? ""])).toBe("");
  expect(await forgot(["--all"])).toBe("1 letter: 1 event forgotten\n");
  expect((await worker.admin.counts()).dead).toEqual({ batches: 0, events: 0 });
  expect(await droppedOf(worker)).toEqual({ forgotten: 4 });
  expect(await worker.admin.totals()).toMatchObject({ taken: 4, accepted: 0 });
});

test("refused events are kept within the bounds of a request, of a client and of all; the rest is counted and logged", async () => {
  const vars = {
    SHARDS: 1,
    DEAD_REQUEST_BYTES: 20_000,
    DEAD_CLIENT_BYTES: 50_000,
    DEAD_BYTES: 80_000,
    CLIENT_KEY_SHOP: "shop-must-never-show",
  };
  const { worker, sandbox } = await start({ vars });
  const bomb = gzipSync(`${"{}\n".repeat(250_000)}${JSON.stringify(event(1))}`);
  expect(bomb.length).toBeLessThan(1_000);
  const post = (key: string) =>
    worker.ask({ headers: { authorization: `Bearer ${key}`, "content-encoding": "gzip" }, body: bomb });
  const bytes = async () => (await letters(worker)).reduce((sum, one) => sum + one.bytes, 0);

  const { status, json } = await post(KEY);
  expect([status, json.events, json.refused]).toEqual([202, 250_001, 250_000]);
  expect(await bytes()).toBeGreaterThan(19_000);
  expect(await bytes()).toBeLessThanOrEqual(20_000);
  const kept = (await worker.admin.counts()).dead.events;
  expect(json.notKept).toBe(250_000 - kept);
  let notKept = json.notKept as number;
  for (const key of [KEY, OTHER_KEY, KEY, "shop-must-never-show", "shop-must-never-show", "shop-must-never-show"]) {
    const answer = await post(key);
    expect(answer.status).toBe(202);
    notKept += answer.json.notKept as number;
  }
  const of = (client: string, all: Letter[]) =>
    all.filter((one) => one.client === client).reduce((sum, one) => sum + one.bytes, 0);
  const all = await letters(worker);
  expect(of("web", all)).toBeGreaterThan(49_000);
  expect(of("web", all)).toBeLessThanOrEqual(50_000);
  expect(await bytes()).toBeGreaterThan(79_000);
  expect(await bytes()).toBeLessThanOrEqual(80_000);
  const counts = await worker.admin.settled(7 * 250_001);
  expect(counts.dead.events + notKept).toBe(7 * 250_000);
  expect(sandbox.ledger()).toHaveLength(7);
  expect(await droppedOf(worker)).toEqual({ over_bound: notKept });
  expect(await worker.admin.totals()).toMatchObject({ accepted: 7 });
  // forgetting a letter makes room again
  await worker.admin.ask("DELETE", "/admin/dead?all");
  expect((await worker.post([event(0, { key: "" })])).json.notKept).toBeUndefined();
});

test("letters older than DEAD_DAYS are dropped in slices, even if no batch is sent", async () => {
  const { worker } = await start({ entrypoint: REDELIVER, vars: { SHARDS: 1, DEAD_DAYS: 30 } });
  const { parts } = refusedParts(350, 1);
  const old = parts.map((part, number) => (number < 300 ? { ...part, at: Date.now() - 31 * DAY_MS } : part));
  await handParts(worker.url, "split-events", old);
  await expect.poll(async () => (await worker.admin.counts()).dead.events, { timeout: 20_000 }).toBe(50);
  expect((await letters(worker)).every(({ at }) => Date.parse(at) > Date.now() - 30 * DAY_MS)).toBe(true);
  expect(await droppedOf(worker)).toEqual({ expired: 300 });
});

test("letters of the first version are kept, and a replay that it left half done is not repeated", async () => {
  const sandbox = await startSandbox();
  const entrypoint = fileURLToPath(new URL("entries/old-letters.ts", import.meta.url));
  const persist = new Folder().path;
  const options = { upstream: `${sandbox.url}/api/events/bulk`, persist, vars: { SHARDS: 1 } };
  const at = Date.now() - DAY_MS;
  const id = (digit: string, part: number | string) => `0-k${digit.repeat(32)}-${at.toString(36)}-${part}`;
  const line = (event: unknown, code: string) =>
    `${JSON.stringify({ index: 0, line: 1, byteOffset: 0, reasons: [{ code, path: "key", message: "m" }], event })}\n`;
  const planned = { shard: 0, at, client: "", kind: "batch", events: 1 };
  const old = {
    letters: [
      { id: id("b", 10), at: at + 1, events: 1, body: line(event(2, { key: "later" }), "first_code") },
      { id: `${id("a", 2)}~`, at, events: 1, body: line(event(1, { key: "earlier" }), "first_code") },
      {
        id: id("c", 0),
        at: at + 2,
        events: 2,
        body: line(event(3, { key: "planned" }), "first_code") + line(event(4, { key: "" }), "key_empty"),
      },
    ],
    planned: [
      { ...planned, request: `k${"c".repeat(32)}`, part: "0.0", body: JSON.stringify([event(3, { key: "planned" })]) },
    ],
  };
  const first = await Worker.start({ ...options, entrypoint });
  expect((await first.ask({ path: "/old", body: JSON.stringify(old) })).status).toBe(200);
  await first.dispose();

  const worker = await Worker.start({ ...options, vars: { ...options.vars, RATE: 0.001 } });
  onTestFinished(() => worker.dispose());
  expect(await letters(worker)).toMatchObject([
    { id: `${id("a", 2)}~`, client: "", events: 1, codes: { first_code: 1 } },
    { id: id("b", 10), client: "", events: 1, codes: { first_code: 1 } },
    { id: id("c", 0), client: "", events: 1, codes: { key_empty: 1 } },
  ]);
  expect(await worker.admin.json("POST", "/admin/dead")).toEqual({ letters: 3, sent: 2, refused: 1 });
});

test("forgetting a code that no line of a letter has leaves the letter as it is", async () => {
  const entrypoint = fileURLToPath(new URL("entries/old-letters.ts", import.meta.url));
  const { worker } = await start({ vars: { SHARDS: 1 }, entrypoint });
  await worker.post([event(0, { key: "" })]);
  await worker.ask({ path: "/recode", body: "code_of_before" });
  const held = await letters(worker);
  expect(held).toMatchObject([{ events: 1, codes: { code_of_before: 1 } }]);
  expect(await worker.admin.json("DELETE", "/admin/dead?code=code_of_before")).toEqual({ forgotten: 0, letters: 0 });
  expect(await letters(worker)).toEqual(held);
  await worker.ask({ path: "/recode", body: "outbox_full" });
  expect(await worker.admin.json("DELETE", "/admin/dead?code=outbox_full")).toEqual({ forgotten: 1, letters: 1 });
  expect(await letters(worker)).toEqual([]);
});
