import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { Cli } from "../support/cli.js";
import { event } from "../support/events.js";
import { Folder } from "../support/folder.js";
import { ADMIN_KEY, type Options, Worker } from "./support.js";

const LOOK = fileURLToPath(new URL("entries/look.ts", import.meta.url));
const POSTS = 16;

async function start(options: Options): Promise<Worker> {
  const worker = await Worker.start({ entrypoint: LOOK, ...options });
  onTestFinished(() => worker.dispose());
  return worker;
}

/** Makes letters in every shard, and no batches. */
async function fill(worker: Worker): Promise<void> {
  for (let number = 0; number < POSTS; number += 1) {
    // the name of a request, and by it the shard, follows from its Idempotency-Key
    const headers = { "idempotency-key": `post-${number}` };
    expect((await worker.post([event(number, { key: "" })], headers)).status).toBe(202);
  }
  expect(new Set((await worker.admin.dead()).map(({ id }) => id.split("-")[0])).size).toBe(4);
}

const known = ({ admin }: Worker) => admin.json<number[]>("GET", "/known");

test("letters of shards that never sent are listed, counted, replayed and forgotten after SHARDS was made smaller", async () => {
  const persist = new Folder().path;
  const before = await start({ persist, vars: { SHARDS: 4 } });
  await fill(before);
  await before.dispose();
  const { admin } = await start({ persist, vars: { SHARDS: 1 } });
  expect(await admin.dead()).toHaveLength(POSTS);
  expect((await admin.counts()).dead.events).toBe(POSTS);
  expect(await admin.json("POST", "/admin/dead")).toMatchObject({ letters: POSTS, refused: POSTS });
  expect(await admin.json("DELETE", "/admin/dead?all")).toEqual({ letters: POSTS, forgotten: POSTS });
});

test("a request is kept although the pace does not answer; a later request or object tells the pace of the shard", async () => {
  const persist = new Folder().path;
  const before = await start({ persist, vars: { SHARDS: 4 } });
  await before.admin.ask("GET", "/sick-pace?is");
  await fill(before);
  const lines = await before.admin.json<{ event: string; shard: number }[]>("GET", "/logs");
  const failed = lines.filter(({ event }) => event === "not_known").map(({ shard }) => shard);
  expect([...new Set(failed)].sort()).toEqual([0, 1, 2, 3]);
  await before.admin.ask("GET", "/sick-pace");
  await before.post([event(0, { key: "" })]);
  expect((await known(before)).length).toBeGreaterThan(0);
  await before.dispose();

  const again = await start({ persist, vars: { SHARDS: 4 } });
  await again.admin.counts();
  await expect.poll(() => known(again)).toEqual([0, 1, 2, 3]);
});

test("every command over all shards names a pace that does not answer, since only the pace knows all of them", async () => {
  const persist = new Folder().path;
  const before = await start({ persist, vars: { SHARDS: 4 } });
  await fill(before);
  await before.dispose();
  const worker = await start({ persist, vars: { SHARDS: 1 } });
  await worker.admin.ask("GET", "/sick-pace?is");
  const all = [
    [["list", "dead"], "GET", "dead"],
    [["list", "planned"], "GET", "batches?state=planned"],
    [["resolve", "--all", "unknown", "--as", "drop"], "POST", "batches?state=unknown", { as: "drop" }],
    [["replay", "--all"], "POST", "dead"],
    [["forget", "--all"], "DELETE", "dead?all"],
  ] as const;
  for (const [args, method, path, body] of all) {
    const env = { NO_COLOR: "1", SPLIT_WORKER_ADMIN_KEY: ADMIN_KEY };
    const { code, stderr } = await new Cli(["worker", ...args, "--url", worker.url.href], { env }).done;
    expect([code, stderr], args.join(" ")).toEqual([
      3,
      expect.stringMatching(
        /the pace does not answer \(.*pace is sick.*\): if SHARDS was larger once, the shards beyond it are left out, since only the pace knows them/,
      ),
    ]);
    expect(await worker.admin.json(method, `/admin/${path}`, body)).toMatchObject({
      pace: { up: false, error: expect.stringContaining("the pace is sick") },
    });
  }
  await worker.admin.ask("GET", "/sick-pace");
  // the letters of the other shards are still there
  const left = (await worker.admin.dead()).map(({ id }) => id.split("-")[0]);
  expect(new Set(left)).toEqual(new Set(["1", "2", "3"]));
});

test("the end of a pause is logged with the last logged shard and reason, and a shard that took nothing logs no resume", async () => {
  const { admin } = await start({ vars: { SHARDS: 2 } });
  const hold = (shard: number, ms: number, reason: string) =>
    admin.ask("GET", `/hold?${new URLSearchParams({ shard: `${shard}`, ms: `${ms}`, reason })}`);
  const told = async () => {
    const lines = await admin.json<{ event: string; shard?: number; reason?: string }[]>("GET", "/logs");
    const some = lines.filter(({ event }) => /pause|resumed/.test(event));
    return some.map(({ event, shard, reason }) => [event, shard, reason]);
  };
  await hold(0, 20_000, "answered 503");
  await hold(1, 30_000, "answered 429");
  expect(await admin.json("GET", "/admin/counts")).toMatchObject({ pauseReason: "answered 503" });
  await hold(1, 300_000, "answered 429");
  await hold(0, 310_000, "no answer");
  await admin.json("POST", "/admin/resume");
  expect(await told()).toEqual([
    ["paused", 0, "answered 503"],
    ["pause_longer", 1, "answered 429"],
    ["pause_ended", 1, "answered 429"],
  ]);
});
