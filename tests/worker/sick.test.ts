import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { Cli } from "../support/cli.js";
import { event } from "../support/events.js";
import { ADMIN_KEY, useWorker } from "./support.js";

const given = useWorker({
  vars: { SHARDS: 3 },
  entrypoint: fileURLToPath(new URL("entries/look.ts", import.meta.url)),
});
const POSTS = 30;

type Sick = { sick?: { shard: number; error: string }[] };
type Page = Sick & { entries: { id: string }[]; next?: string };
type Walked = Sick & { letters: number; forgotten: number; full?: number[]; left?: number[]; next?: string };

const json = <T>(method: string, path: string, body?: unknown) => given.worker.admin.json<T>(method, path, body);
const cli = (...args: string[]) => {
  const env = { NO_COLOR: "1", SPLIT_WORKER_ADMIN_KEY: ADMIN_KEY };
  return new Cli(["worker", ...args, "--url", given.worker.url.href], { env }).done;
};
const shardOf = ({ id }: { id: string }) => Number(id.split("-")[0]);
const inShards = (entries: { id: string }[], ...shards: number[]) =>
  entries.filter((entry) => shards.includes(shardOf(entry))).map(({ id }) => id);
async function make(shard: number, how: string): Promise<void> {
  await given.worker.admin.ask("GET", `/sick?shard=${shard}&how=${how}`);
}

/** Reads all pages of a list. */
async function paged(path: string): Promise<Page[]> {
  const pages: Page[] = [];
  for (let after = ""; pages.length < 100; ) {
    const page = await json<Page>("GET", `${path}&limit=7${after}`);
    pages.push(page);
    if (page.next === undefined) break;
    after = `&after=${page.next}`;
  }
  return pages;
}

describe("one shard of three", () => {
  let planned: { id: string }[];
  let dead: { id: string }[];
  beforeAll(async () => {
    given.sandbox.setFaults([{ do: "status", status: 503, headers: { "retry-after": "3600" } }]);
    for (let post = 0; post < POSTS; post += 1) await given.worker.post([event(post), event(post, { key: "" })]);
    await vi.waitFor(async () => {
      expect((await json<{ pausedMs: number }>("GET", "/admin/counts")).pausedMs).toBeGreaterThan(0);
    });
    planned = (await json<Page>("GET", "/admin/batches?state=planned")).entries;
    dead = (await json<Page>("GET", "/admin/dead")).entries;
    expect([planned.length, dead.length]).toEqual([POSTS, POSTS]);
  });

  test.each(["throws", "hangs"])("is named within 5 s and hides no other: it %s", async (how) => {
    await make(1, how);
    const began = Date.now();
    const [batch] = inShards(planned, 1);
    const [letter] = inShards(dead, 1);
    const [held, letters, command, single] = await Promise.all([
      json<Page>("GET", "/admin/batches?state=planned"),
      json<Page>("GET", "/admin/dead"),
      cli("list", "dead"),
      Promise.all(
        [
          ["GET", `batches/${batch}`],
          ["POST", `batches/${batch}`, { as: "drop" }],
          ["GET", `dead/${letter}`],
          ["POST", `dead/${letter}`],
          ["DELETE", `dead/${letter}`],
        ].map(async ([method, path, body]) => {
          const answer = await given.worker.admin.ask(method as string, `/admin/${path}`, body);
          return [answer.status, ((await answer.json()) as { detail: string }).detail];
        }),
      ),
    ]);
    expect(Date.now() - began).toBeLessThan(12_000);
    const named = [{ shard: 1, error: expect.stringMatching(how === "throws" ? /sick/ : /no answer in 5 s/) }];
    expect([inShards(held.entries, 0, 1, 2), held.sick]).toEqual([inShards(planned, 0, 2), named]);
    expect([inShards(letters.entries, 0, 1, 2), letters.sick]).toEqual([inShards(dead, 0, 2), named]);
    expect([command.code, command.stderr]).toEqual([3, expect.stringContaining("shard 1 does not answer")]);
    expect(command.stdout).toContain(letters.entries[0]?.id);
    expect(single).toEqual(single.map(() => [503, expect.stringContaining("shard 1 does not answer")]));
    expect(single[1]?.[1]).toContain("it may have carried out the request all the same");
    await make(1, "");
  });

  test("that fails is left out of a list's pages, is named once, and the pages end", async () => {
    await make(1, "throws");
    for (const [path, all] of [
      ["/admin/batches?state=planned", planned],
      ["/admin/dead?code=key_empty", dead],
    ] as const) {
      const pages = await paged(path);
      expect(pages.flatMap(({ entries }) => entries.map(({ id }) => id))).toEqual(inShards(all, 0, 2));
      expect(pages.flatMap(({ sick = [] }) => sick.map(({ shard }) => shard))).toEqual([1]);
    }
    await make(1, "");
  });

  test("that fails is not among the shards that the counts are over", async () => {
    await make(1, "throws");
    const { code, stdout } = await cli("counts");
    expect([code, stdout]).toEqual([3, expect.stringContaining("in 2 of 3 shards\n")]);
    await make(1, "");
    expect((await cli("counts")).stdout).toContain(", in 3 shards\n");
  });

  test.each(["is full", "throws"])(
    "holds no other back from a replay, and keeps its place for the next: it %s",
    async (how) => {
      await make(1, how);
      const others = inShards(dead, 0, 2).length;
      const walked = await json<Walked>("POST", "/admin/dead");
      const why = how === "is full" ? { full: [1] } : { sick: [{ shard: 1, error: expect.any(String) }] };
      expect(walked).toMatchObject({ letters: others, left: [1], next: expect.any(String), ...why });
      // it is asked again alone
      expect(await json("POST", `/admin/dead?after=${walked.next}`)).toMatchObject({ letters: 0, left: [1], ...why });

      const command = await cli("replay", "--all");
      expect([command.code, command.stdout]).toEqual([3, expect.stringMatching(`^${others} letters: `)]);
      expect(command.stderr).toContain(how === "is full" ? "shard 1 is full" : "shard 1 does not answer");
      const after = /replay --all --after (\S+) --url/.exec(command.stderr)?.[1] ?? "";
      await make(1, "");
      const rest = await cli("replay", "--all", "--after", after);
      expect([rest.code, rest.stdout]).toEqual([0, expect.stringMatching(`^${POSTS - others} letters: `)]);
    },
  );

  test("that failed is asked again by the same command once it answers, and then no shard is left", async () => {
    await make(1, "throws");
    const { next } = await json<Walked>("POST", "/admin/dead");
    await make(1, "");
    // the place of a walk that was stopped in shard 2 after shard 1 was left
    const [until, place] = (next ?? "").replace(".only", "").split("_") as [string, string];
    const after = `${until}_2-0.only~${place}`;
    const { code, stdout, stderr } = await cli("replay", "--all", "--after", after);
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(`${inShards(dead, 1, 2).length} letters: 0 events planned`);

    await make(1, "throws");
    const sick = await cli("replay", "--all", "--after", after);
    expect(sick.code).toBe(3);
    expect(sick.stderr).toMatch(
      /^split-events: shard 1 does not answer \(.*\): it may have done so all the same: look again\n[\s\S]*this goes on:\n/,
    );
    await make(1, "");
  });

  test("that fails may have carried out the request to resolve all, and the command says so", async () => {
    await make(1, "throws");
    const { code, stdout, stderr } = await cli("resolve", "--all", "unknown", "--as", "drop");
    expect([code, stdout]).toEqual([3, "0 batches resolved\n"]);
    expect(stderr).toMatch(/shard 1 does not answer \(.*\): it may have done so all the same: look again\n/);
    await make(1, "");
  });

  test("is asked to resolve all at the same time as the others", async () => {
    for (const shard of [0, 1, 2]) await make(shard, "waits for all");
    expect(await json("POST", "/admin/batches?state=unknown", { as: "drop" })).toEqual({ resolved: 0 });
    for (const shard of [0, 1, 2]) await make(shard, "");
  });

  test("that fails loses no letter when all are forgotten, and the letters of the others are", async () => {
    await make(1, "throws");
    const walked = await json<Walked>("DELETE", "/admin/dead?code=key_empty");
    expect(walked).toMatchObject({ forgotten: inShards(dead, 0, 2).length, left: [1] });
    await make(1, "");
    expect(await json("DELETE", `/admin/dead?code=key_empty&after=${walked.next}`)).toEqual({
      forgotten: inShards(dead, 1).length,
      letters: inShards(dead, 1).length,
    });
  });

  test("sends a batch when it is told to although the pace does not answer, and the answer says so", async () => {
    await given.worker.admin.ask("GET", "/sick-pace?is");
    const [id] = inShards(planned, 1);
    const pace = { up: false, error: expect.stringContaining("the pace is sick") };
    expect(await json("POST", `/admin/batches/${id}`, { as: "send" })).toEqual({ resolved: 1, pace });
    const { code, stdout, stderr } = await cli("resolve", "--all", "planned", "--as", "send");
    expect([code, stdout]).toEqual([3, `${POSTS} batches resolved\n`]);
    expect(stderr).toMatch(
      /the pace does not answer \(.*\), so a pause of all shards goes on: use split-events worker resume when it answers/,
    );

    const metrics = await (await given.worker.admin.ask("GET", "/metrics")).text();
    expect(metrics).toMatch(/^split_events_pace_up 0$/m);
    expect(metrics).not.toContain("split_events_paused_seconds");
    await given.worker.admin.ask("GET", "/sick-pace");
    given.sandbox.setFaults([]);
    expect(await json("POST", `/admin/batches/${id}`, { as: "send" })).toEqual({ resolved: 1 });
    await given.worker.admin.settled(2 * POSTS);
    expect(await (await given.worker.admin.ask("GET", "/metrics")).text()).toMatch(/^split_events_paused_seconds 0$/m);
  });
});
