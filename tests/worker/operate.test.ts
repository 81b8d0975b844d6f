import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { event, events } from "../support/events.js";
import { ADMIN_KEY, KEY, useWorker } from "./support.js";

const BIN = fileURLToPath(new URL("../../pkg/bin/split-events.js", import.meta.url));

const given = useWorker({ vars: { SHARDS: 2, RATE: 5, MAX_BODY_BYTES: 1_000_000 } });

interface Ran {
  code: number | null;
  out: string;
  err: string;
}

function cli(args: string[], key: string | undefined = ADMIN_KEY): Promise<Ran> {
  const env = { ...process.env, NO_COLOR: "1", SPLIT_WORKER_ADMIN_KEY: key };
  const child = spawn(process.execPath, [BIN, "worker", ...args, "--url", given.worker.url.href], { env });
  let [out, err] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    out += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    err += text;
  });
  return new Promise((resolve) => child.once("close", (code) => resolve({ code, out, err })));
}

test("without its own key /admin and /metrics are answered 401", async () => {
  for (const path of ["/admin/counts", "/admin/batches?state=unknown", "/metrics"]) {
    for (const headers of [{}, { authorization: `Bearer ${KEY}` }]) {
      const { status, json } = await given.worker.ask({ method: "GET", path, headers });
      expect([path, status, json]).toEqual([path, 401, { type: "about:blank", title: "Unauthorized", status: 401 }]);
    }
  }
});

test("all shards together keep the rate", async () => {
  const before = (await given.worker.admin.counts()).taken;
  const answers = Array.from({ length: 25 }, (_, request) =>
    given.worker.post(events(3).map((one) => ({ ...one, key: `rate ${request} ${one.key}` }))),
  );
  expect(new Set((await Promise.all(answers)).map(({ status }) => status))).toEqual(new Set([202]));
  await given.worker.admin.settled(before + 75);
  const times = given.sandbox.posts().map(({ at }) => at);
  expect(times).toHaveLength(25);
  const seconds = (Math.max(...times) - Math.min(...times)) / 1000;
  // 5 a second, of which the first 5 may go at once, and each shard may overdraw what it has in flight
  expect(seconds).toBeGreaterThan((25 - 5 - 2 * 4) / 5);
});

test("the command counts, lists, shows and resolves, and the metrics agree", async () => {
  const before = await given.worker.admin.counts();
  given.sandbox.setFaults([{ do: "reset", times: 1 }]);
  await given.worker.post([event(0, { key: "lost?" }), event(1, { key: "" })]);
  await given.worker.admin.settled(before.taken + 2);

  const counts = JSON.parse((await cli(["counts", "--json"])).out);
  expect(
    counts.shards.reduce((sum: number, { unknown }: { unknown: { events: number } }) => sum + unknown.events, 0),
  ).toBe(1);
  expect((await cli(["counts"])).out).toMatch(/unknown\s+│\s+1\s+│\s+1/);

  const listed = JSON.parse((await cli(["list", "unknown", "--json"])).out);
  const [{ id }] = listed.entries;
  expect((await cli(["list", "unknown"])).out).toContain(id);
  expect((await cli(["show", id])).out).toContain('"key":"lost?"');

  const metrics = await (await given.worker.admin.ask("GET", "/metrics")).text();
  expect(metrics).toMatch(/^split_events_held_events\{shard="\d",state="unknown"\} 1$/m);
  expect(metrics).toMatch(/^split_events_held_events\{shard="\d",state="dead"\} 1$/m);
  expect(metrics).toMatch(/^split_events_paused_seconds \d/m);

  expect(await cli(["resolve", id, "--as", "resend"])).toMatchObject({ code: 0, out: "1 batch resolved\n" });
  await given.worker.admin.settled(before.taken + 2);
  expect(given.sandbox.ledger()).toHaveLength(1);

  const [letter] = JSON.parse((await cli(["list", "dead", "--json"])).out).entries;
  expect(await cli(["replay", "--all"])).toMatchObject({
    code: 0,
    out: "1 letter: 0 events planned, 1 refused again\n",
  });
  expect(await cli(["forget", letter.id])).toMatchObject({ code: 0, out: "1 letter: 1 event forgotten\n" });
});

test("the command shows a pause, drops planned batches, and resumes", async () => {
  const before = await given.worker.admin.counts();
  given.sandbox.setFaults([{ do: "status", status: 503, headers: { "retry-after": "3600" } }]);
  for (const key of ["paused 1", "paused 2"]) await given.worker.post([event(0, { key })]);
  await expect
    .poll(async () => (await cli(["counts"])).out, { timeout: 10_000 })
    .toMatch(/^all shards pause for (5\d|60) min, since \S+: the service answered 503$/m);
  expect((await cli(["list", "planned"])).out).toContain("2 entries");
  const { entries } = JSON.parse((await cli(["list", "planned", "--json"])).out);
  expect(await cli(["resolve", entries[0].id, "--as", "accepted"])).toMatchObject({ code: 2, out: "" });
  expect((await cli(["resolve", entries[0].id, "--as", "accepted"])).err).toContain(
    "the batch is planned: it can be resolved as send or drop",
  );
  expect(await cli(["resolve", entries[0].id, "--as", "drop"])).toMatchObject({ code: 0, out: "1 batch resolved\n" });
  given.sandbox.setFaults([]);
  const resumed = await cli(["resume"]);
  expect([resumed.code, resumed.out]).toEqual([0, expect.stringMatching(/^0 refused batches will be sent again\n/)]);
  expect(resumed.out).not.toContain("pause for");
  await given.worker.admin.settled(before.taken + 2);
  expect(given.sandbox.ledger()).toHaveLength(1);
});

test("the counts and the metrics say how full each shard is, and the command how full the fullest is", async () => {
  interface Full {
    shard: number;
    bytes: { held: number; limit: number };
  }
  const shards = async () => (await given.worker.admin.json<{ shards: Full[] }>("GET", "/admin/counts")).shards;
  expect((await shards()).map(({ bytes }) => bytes)).toEqual([0, 1].map(() => ({ held: 0, limit: 48_000_000 })));
  given.sandbox.setFaults([{ do: "status", status: 503, headers: { "retry-after": "3600" } }]);
  const body = JSON.stringify(events(3_000));
  await given.worker.post(body);
  const [fullest, other] = (await shards()).sort((one, other) => other.bytes.held - one.bytes.held);
  expect(fullest?.bytes.held).toBeGreaterThan(body.length * 0.9);
  expect(other?.bytes.held).toBe(0);
  const [shard, held] = [fullest?.shard, fullest?.bytes.held ?? 0];
  const metrics = await (await given.worker.admin.ask("GET", "/metrics")).text();
  expect(metrics).toContain(`split_events_held_bytes{shard="${shard}"} ${held}\n`);
  expect(metrics).toContain(`split_events_held_bytes_limit{shard="${shard}"} 48000000\n`);
  const line = `the fullest shard is shard ${shard}: 0 % full, ${(held / 1000).toLocaleString("en", { maximumFractionDigits: 1 })} kB of 48 MB\n`;
  expect((await cli(["counts"])).out).toContain(line);
  await given.worker.admin.json("POST", "/admin/batches?state=planned", { as: "drop" });
  expect((await shards()).map(({ bytes }) => bytes.held)).toEqual([0, 0]);
  given.sandbox.setFaults([]);
  await given.worker.admin.json("POST", "/admin/resume");
});

test("the command says what is wrong in one line, without the key", async () => {
  const wrong = await cli(["counts"], "wrong-key");
  expect(wrong.code).toBe(2);
  expect(wrong.err).toMatch(/^split-events: http\S+ does not know this SPLIT_WORKER_ADMIN_KEY\n$/);
  expect((await cli(["show", "nothing"])).err).toContain('no batch or dead letter has the id "nothing"');
  expect((await cli(["resolve", "--as", "drop"])).err).toContain("give either an ID or --all STATE");
});
