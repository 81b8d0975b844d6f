import { fileURLToPath } from "node:url";
import { createSandbox, type Fault, type Sandbox } from "split-events-sandbox";
import { expect, onTestFinished, test } from "vitest";
import { event, events } from "../support/events.js";
import { Folder } from "../support/folder.js";
import { type Said, Service } from "./service.js";
import { ADMIN_KEY, type Options, SERVICE_KEY, Worker } from "./support.js";

const LOOK = fileURLToPath(new URL("entries/look.ts", import.meta.url));
const HOUR = 3_600_000;
const hour: Fault = { do: "status", status: 503, headers: { "retry-after": "3600" } };

interface Shard {
  shard: number;
  up: boolean;
  error?: string;
  pausedMs: number;
}

interface Counts {
  pausedMs: number;
  pauseReason?: string;
  pausedSince?: string;
  plannedAgain?: number;
  shards: Shard[];
}

interface Waits {
  planned: { events: number };
}

async function startSandbox(): Promise<Sandbox> {
  const sandbox = await createSandbox();
  onTestFinished(() => sandbox.close());
  return sandbox;
}

async function start(options: Options): Promise<Worker> {
  const worker = await Worker.start({ entrypoint: LOOK, ...options });
  onTestFinished(() => worker.dispose());
  return worker;
}

const counts = (worker: Worker) => worker.admin.json<Counts>("GET", "/admin/counts");
const resume = (worker: Worker) => worker.admin.json<Counts>("POST", "/admin/resume");
const isPaused = (worker: Worker) => expect.poll(async () => (await counts(worker)).pausedMs).toBeGreaterThan(0);
const logs = async (worker: Worker, ...names: string[]) => {
  const lines = await worker.admin.json<({ event: string } & Record<string, unknown>)[]>("GET", "/logs");
  return lines.filter(({ event }) => names.includes(event));
};
/** Events for both of two shards. */
const spread = (name: string) =>
  Array.from({ length: 8 }, (_, request) => [event(request, { key: `${name} ${request}` })]);
const keys = (sandbox: Sandbox) => sandbox.ledger().map(({ event }) => (event as { key: string }).key);

test("resume ends a pause of an hour in every shard, also after a restart and a new event", async () => {
  const sandbox = await startSandbox();
  const options = { upstream: `${sandbox.url}/api/events/bulk`, persist: new Folder().path, vars: { SHARDS: 2 } };
  let worker = await start(options);
  sandbox.setFaults([hour]);
  for (const body of spread("a")) await worker.post(body);
  await isPaused(worker);
  sandbox.setFaults([]);
  expect(await resume(worker)).toMatchObject({ pausedMs: 0, plannedAgain: 0 });
  await expect.poll(() => keys(sandbox)).toHaveLength(8);

  sandbox.reset();
  sandbox.setFaults([hour]);
  for (const body of spread("b")) await worker.post(body);
  await isPaused(worker);
  await worker.dispose();
  sandbox.setFaults([]);
  worker = await start(options);
  for (const body of spread("c")) await worker.post(body);
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  expect(keys(sandbox), "it is paused still").toEqual([]);
  const { shards } = await resume(worker);
  expect(shards.map(({ pausedMs }) => pausedMs)).toEqual([0, 0]);
  await expect.poll(() => keys(sandbox)).toHaveLength(16);
});

test("no pause is longer than an hour, whatever the service asks for or an earlier version stored", async () => {
  const sandbox = await startSandbox();
  const options = { upstream: `${sandbox.url}/api/events/bulk`, persist: new Folder().path, vars: { SHARDS: 1 } };
  let worker = await start(options);
  sandbox.setFaults([{ do: "status", status: 503, headers: { "retry-after": "99999999999" } }]);
  await worker.post(events(1));
  await isPaused(worker);
  for (const again of [false, true]) {
    const { pausedMs, shards } = await counts(worker);
    expect(pausedMs, `restarted: ${again}`).toBeLessThanOrEqual(HOUR);
    expect(shards[0]?.pausedMs, `restarted: ${again}`).toBeLessThanOrEqual(HOUR);
    expect(pausedMs).toBeGreaterThan(HOUR - 60_000);
    await worker.admin.ask("GET", `/old-pause?until=${Date.now() + 1e14}`);
    await worker.dispose();
    worker = await start(options);
  }
});

test("a 503 after resume, to a request from before it, begins no pause", async () => {
  let answer = (): void => {};
  const held = new Promise<void>((resolve) => {
    answer = resolve;
  });
  const service = await Service.start(async () => {
    if (service.posts.length > 1) return { status: 202 };
    await held;
    return { status: 503, headers: { "retry-after": "3600" } };
  });
  const worker = await start({ upstream: service.upstream, vars: { SHARDS: 1 } });
  await worker.post(events(3));
  await expect.poll(() => service.posts.length).toBe(1);
  await resume(worker);
  answer();
  await expect.poll(() => service.accepted.length).toBe(3);
  expect(await logs(worker, "paused")).toEqual([]);
  expect(await counts(worker)).toMatchObject({ pausedMs: 0 });
});

test("a pause of a turn from before resume pauses no shard", async () => {
  const sandbox = await startSandbox();
  const worker = await start({ upstream: `${sandbox.url}/api/events/bulk`, vars: { SHARDS: 1 } });
  await worker.admin.ask("GET", "/turns?end=late");
  sandbox.setFaults([{ ...hour, times: 1 }]);
  await worker.post(events(3));
  await expect.poll(async () => (await counts(worker)).shards[0]?.pausedMs).toBeGreaterThan(0);
  await resume(worker);
  await worker.admin.ask("GET", "/turns?end=now");
  await expect.poll(() => keys(sandbox)).toHaveLength(3);
  expect(await counts(worker)).toMatchObject({ pausedMs: 0 });
  expect(await logs(worker, "paused")).toEqual([]);
});

test("the beginning of a pause, its reason and its end are logged once, and are in the counts", async () => {
  const sandbox = await startSandbox();
  const worker = await start({ upstream: `${sandbox.url}/api/events/bulk`, vars: { SHARDS: 2 } });
  sandbox.setFaults([hour]);
  for (const body of spread("a")) await worker.post(body);
  await isPaused(worker);
  const told = await counts(worker);
  expect(told.pauseReason).toBe("answered 503");
  expect(Date.now() - Date.parse(told.pausedSince ?? "")).toBeLessThan(30_000);
  const metrics = await (await worker.admin.ask("GET", "/metrics")).text();
  expect(Number(/^split_events_paused_seconds (\S+)$/m.exec(metrics)?.[1])).toBeGreaterThan(3_500);
  await resume(worker);
  await expect.poll(() => logs(worker, "paused", "pause_ended")).toHaveLength(3); // it is paused again
  sandbox.setFaults([{ do: "status", status: 429, headers: { "retry-after": "1" }, times: 1 }]);
  await resume(worker);
  await worker.admin.settled(8);
  await expect.poll(() => logs(worker, "paused", "pause_ended")).toHaveLength(6);
  const [first, ended, , , last, byTime] = await logs(worker, "paused", "pause_ended");
  expect(first).toMatchObject({ event: "paused", reason: "answered 503", level: "warn" });
  expect(first?.ms).toBeGreaterThan(HOUR - 10_000);
  expect([0, 1]).toContain(first?.shard);
  expect(ended).toMatchObject({ event: "pause_ended", by: "operator", reason: "answered 503" });
  expect(last).toMatchObject({ event: "paused", reason: "answered 429" });
  expect(byTime).toMatchObject({ event: "pause_ended", by: "time", reason: "answered 429" });
  expect(await counts(worker)).toMatchObject({ pausedMs: 0 });
});

test("the reason of a pause is the answer that asked for it, not a later one", async () => {
  const answers: Record<string, (said: Said) => void> = {};
  const service = await Service.start(({ keys: [key = ""] }) => {
    if (key === "before") return { status: 202 };
    return new Promise<Said>((resolve) => {
      answers[key] = resolve;
    });
  });
  const worker = await start({ upstream: service.upstream, vars: { SHARDS: 1 } });
  await worker.post([event(0, { key: "before" })]);
  await expect.poll(() => service.accepted).toHaveLength(1);
  for (const key of ["asks", "is wrong"]) await worker.post([event(0, { key })]);
  await expect.poll(() => Object.keys(answers)).toHaveLength(2);
  answers.asks?.({ status: 503, headers: { "retry-after": "3600" } });
  await expect.poll(async () => (await counts(worker)).shards[0]?.pausedMs).toBeGreaterThan(0);
  answers["is wrong"]?.({ status: 400 });
  await isPaused(worker);
  expect((await counts(worker)).pauseReason).toBe("answered 503");
  expect(await logs(worker, "paused")).toMatchObject([{ reason: "answered 503" }]);
});

test("after the key was corrected, resume sends at once what was refused only for the key", async () => {
  const service = await Service.start(() => ({ status: 401 }));
  const worker = await start({ upstream: service.upstream, vars: { SHARDS: 1 } });
  await worker.post(events(3));
  await expect.poll(async () => (await worker.admin.counts()).refused.events).toBe(3);
  await worker.post([event(4)]);
  expect((await counts(worker)).shards[0]?.pausedMs).toBeGreaterThan(0);
  service.answer = () => ({ status: 202 });
  expect(await resume(worker)).toMatchObject({ plannedAgain: 1 });
  await expect.poll(() => service.accepted).toHaveLength(4);
});

test("while one service key replaces another, the one that the service accepts is used, and no batch is refused", async () => {
  const NEW_KEY = "sdk-key-c95d2e71-must-never-show";
  const service = await Service.start(({ key }) => ({ status: key === NEW_KEY ? 202 : 401 }));
  const vars = { SHARDS: 1, SPLIT_API_KEY: `${SERVICE_KEY}\n${NEW_KEY}\n` };
  const worker = await start({ upstream: service.upstream, vars });
  await worker.post(events(3));
  await expect.poll(() => service.accepted).toHaveLength(3);
  await worker.post([event(4)]);
  await expect.poll(() => service.accepted).toHaveLength(4);
  expect(service.posts.map(({ key }) => key)).toEqual([SERVICE_KEY, NEW_KEY, NEW_KEY]);
  expect((await worker.admin.counts()).refused.events).toBe(0);

  service.answer = ({ key }) => ({ status: 400, body: `what is ${key}?` });
  await worker.post([event(5)]);
  await expect.poll(async () => (await worker.admin.counts()).refused.events).toBe(1);
  const [refused] = await worker.admin.batches("refused");
  expect(JSON.stringify(refused)).toContain("what is [key]?");
  expect(JSON.stringify([refused, await logs(worker, "settled", "key_changed")])).not.toMatch(/must-never-show/);
});

test("a planned batch can be dropped, or sent now: before the others, and the pause ends", async () => {
  const sandbox = await startSandbox();
  const worker = await start({ upstream: `${sandbox.url}/api/events/bulk`, vars: { SHARDS: 1 } });
  sandbox.setFaults([hour]);
  for (const name of ["one", "two", "three", "four"]) await worker.post([event(0, { key: name })]);
  await isPaused(worker);
  sandbox.setFaults([]);
  const planned = await worker.admin.batches("planned");
  expect(planned).toHaveLength(4);
  const [, dropped, , first] = planned;
  const say = (id: string | undefined, as: string) => worker.admin.ask("POST", `/admin/batches/${id}`, { as });
  expect((await say(dropped?.id, "accepted")).status).toBe(409);
  expect((await say(dropped?.id, "drop")).status).toBe(200);
  expect((await say(dropped?.id, "drop")).status).toBe(404);
  expect((await say(first?.id, "send")).status).toBe(200);
  await expect.poll(() => keys(sandbox)).toHaveLength(3);
  expect(keys(sandbox)[0]).toBe("four");
  expect(keys(sandbox)).not.toContain("two");
  expect(await counts(worker)).toMatchObject({ pausedMs: 0 });

  sandbox.setFaults([hour]);
  for (const name of ["five", "six"]) await worker.post([event(0, { key: name })]);
  await isPaused(worker);
  const all = (as: string) => worker.admin.json("POST", "/admin/batches?state=planned", { as });
  expect(await all("drop")).toEqual({ resolved: 2 });
  await worker.post([event(0, { key: "seven" })]);
  sandbox.setFaults([]);
  expect(await all("send")).toEqual({ resolved: 1 });
  await expect.poll(() => keys(sandbox)).toHaveLength(4);
  expect(keys(sandbox).at(-1)).toBe("seven");
});

test("a batch that is being sent cannot be resolved, and the answer says why", async () => {
  let answer = (): void => {};
  const held = new Promise<void>((resolve) => {
    answer = resolve;
  });
  const service = await Service.start(async () => {
    await held;
    return { status: 202 };
  });
  const worker = await start({ upstream: service.upstream, vars: { SHARDS: 1 } });
  expect((await worker.post(events(1))).status).toBe(202);
  await expect.poll(() => service.posts.length).toBe(1);
  const listed = await worker.admin.json<{ entries: { id: string }[] }>("GET", "/admin/batches?state=dispatching");
  const id = listed.entries[0]?.id;
  for (const as of ["drop", "send", "resend", "accepted"]) {
    const response = await worker.admin.ask("POST", `/admin/batches/${id}`, { as });
    expect([response.status, await response.text()]).toEqual([409, expect.stringContaining("being sent just now")]);
  }
  answer();
  await expect.poll(() => service.accepted.length).toBe(1);
});

test.each(["throws", "hangs"])("a shard that %s hides no other, and is named", async (how) => {
  const sandbox = await startSandbox();
  const worker = await start({ upstream: `${sandbox.url}/api/events/bulk`, vars: { SHARDS: 2 } });
  await worker.admin.ask("GET", `/sick?shard=1&how=${how}`);
  const { shards } = await counts(worker);
  expect(shards).toMatchObject([
    { shard: 0, up: true },
    { shard: 1, up: false, error: expect.any(String) },
  ]);
  const metrics = await (await worker.admin.ask("GET", "/metrics")).text();
  expect(metrics).toMatch(/^split_events_up\{shard="0"\} 1$/m);
  expect(metrics).toMatch(/^split_events_up\{shard="1"\} 0$/m);
  expect(metrics).toMatch(/^split_events_held_events\{shard="0",state="planned"\} 0$/m);
  if (how === "throws") expect((await resume(worker)).shards).toMatchObject([{ up: true }, { up: false }]);
  expect(JSON.stringify(shards)).not.toContain(ADMIN_KEY);
});

test("a shard that resume does not reach keeps its own pause, is named, and holds no other back", async () => {
  const sandbox = await startSandbox();
  const worker = await start({ upstream: `${sandbox.url}/api/events/bulk`, vars: { SHARDS: 2 } });
  sandbox.setFaults([hour]);
  for (const body of spread("a")) await worker.post(body);
  await isPaused(worker);
  const deaf = (await counts(worker)).shards.find(({ pausedMs }) => pausedMs > 0)?.shard ?? 0;
  await worker.admin.ask("GET", `/sick?shard=${deaf}&how=is deaf`);
  sandbox.setFaults([]);
  const resumed = await resume(worker);
  expect(resumed.shards[deaf]).toMatchObject({ up: false, error: expect.stringContaining("deaf") });
  const waits = async () => (await counts(worker)).shards.map((shard) => (shard as unknown as Waits).planned.events);
  await expect.poll(async () => (await waits())[1 - deaf]).toBe(0);
  expect((await waits())[deaf]).toBeGreaterThan(0);
  for (const body of spread("b")) await worker.post(body);
  await expect.poll(async () => (await waits())[1 - deaf]).toBe(0);
  const { pausedMs, shards } = await counts(worker);
  expect([pausedMs, shards[1 - deaf]?.pausedMs]).toEqual([0, 0]);
  expect(shards[deaf]?.pausedMs).toBeGreaterThan(HOUR / 2);
  const metrics = await (await worker.admin.ask("GET", "/metrics")).text();
  expect(metrics).toMatch(/^split_events_paused_seconds 3\d{3}/m);
  expect(metrics).toMatch(new RegExp(`^split_events_shard_paused_seconds\\{shard="${1 - deaf}"\\} 0$`, "m"));
});

test("the counts have what waits in the queue, if the runtime tells", async () => {
  const sandbox = await startSandbox();
  const worker = await start({ upstream: `${sandbox.url}/api/events/bulk`, buffer: "queue" });
  const ask = (path: string, headers: Record<string, string> = {}) =>
    fetch(new URL(path, worker.url), { headers: { authorization: `Bearer ${ADMIN_KEY}`, ...headers } });
  expect(await (await ask("/admin/counts")).json()).toMatchObject({ queue: { messages: 0, bytes: 0 } });
  expect(await (await ask("/metrics")).text()).toMatch(/^split_events_queue_backlog_messages 0$/m);
  const silent = { "x-fails": "queue" };
  expect(await (await ask("/admin/counts", silent)).json()).not.toHaveProperty("queue");
  expect(await (await ask("/metrics", silent)).text()).not.toContain("queue_backlog");
});

test("sending a planned batch now ends the pause of every shard, also of one without planned batches", async () => {
  const sandbox = await startSandbox();
  const worker = await start({ upstream: `${sandbox.url}/api/events/bulk`, vars: { SHARDS: 2 } });
  sandbox.setFaults([hour]);
  for (const body of spread("held")) expect((await worker.post(body)).status).toBe(202);
  await isPaused(worker);
  sandbox.setFaults([]);
  const { shards } = await counts(worker);
  const own = shards.find(({ pausedMs }) => pausedMs > 0)?.shard;
  expect(own).toBeDefined();
  const planned = await worker.admin.batches("planned");
  for (const { id } of planned.filter(({ id }) => id.startsWith(`${own}-`))) {
    await worker.admin.json("POST", `/admin/batches/${id}`, { as: "drop" });
  }
  const other = planned.find(({ id }) => !id.startsWith(`${own}-`));
  await worker.admin.json("POST", `/admin/batches/${other?.id}`, { as: "send" });
  for (const body of spread("after")) expect((await worker.post(body)).status).toBe(202);
  await expect.poll(() => keys(sandbox).filter((key) => key.startsWith("after")).length).toBe(8);
  await expect.poll(async () => (await counts(worker)).shards.map(({ pausedMs }) => pausedMs)).toEqual([0, 0]);
});
