import { expect, test } from "vitest";
import { Cli } from "../support/cli.js";
import { event } from "../support/events.js";
import { ADMIN_KEY, useWorker } from "./support.js";

const given = useWorker({ vars: { SHARDS: 1 } });
const headers = { authorization: `Bearer ${ADMIN_KEY}` };

test.each(["2.5", "0", "x", "-1", "1001", "1e2", ""])(
  "limit=%s is answered 400 with what it must be",
  async (limit) => {
    for (const path of ["batches?state=unknown", "dead?code=x"]) {
      const { status, json } = await given.worker.ask({
        method: "GET",
        path: `/admin/${path}&limit=${limit}`,
        headers,
      });
      expect([status, json.detail]).toEqual([400, "limit must be a whole number from 1 to 1000"]);
    }
  },
);

test("a limit from 1 to 1,000, or no limit, is taken", async () => {
  for (const limit of ["&limit=1", "&limit=1000", ""]) {
    const asked = { method: "GET", path: `/admin/batches?state=unknown${limit}`, headers };
    expect((await given.worker.ask(asked)).status).toBe(200);
  }
});

const asked = async (method: string, path: string) => {
  const { status, json, headers: answered, text } = await given.worker.ask({ method, path, headers });
  return { status, detail: json?.detail, allow: answered.get("allow"), text };
};
const cli = (...args: string[]) => {
  const env = { NO_COLOR: "1", SPLIT_WORKER_ADMIN_KEY: ADMIN_KEY };
  return new Cli(["worker", ...args, "--url", given.worker.url.href], { env }).done;
};
const letters = async () =>
  (await given.worker.admin.json<{ entries: { id: string; codes: object }[] }>("GET", "/admin/dead")).entries;

test("a parameter that would be ignored is refused, so that no letter is forgotten or replayed by mistake", async () => {
  await given.worker.post([event(0, { key: "", value: undefined })]);
  for (const [method, path, detail] of [
    ["DELETE", "dead?all=false", /^all must be empty or true/],
    ["DELETE", "dead?all=0", /^all must be empty or true/],
    ["DELETE", "dead?cod=key_empty", /^unknown parameter "cod": this path takes all, code, before, after$/],
    ["DELETE", "dead?all&before=2026-01-01", /^give one of all, before=TIME and code=CODE$/],
    ["DELETE", "dead?before=2026-02-31", /^before must be an existing day or time/],
    ["DELETE", "dead?before=2020-01-01&before=2030-01-01", /^before is given twice: give it once$/],
    ["POST", "dead?all=true", /^unknown parameter "all": this path takes code, before, after$/],
    ["POST", "dead?before=2026-13-01", /^before must be/],
    ["POST", "dead?before=2026-11-30T25:00:00Z", /^before must be/],
    ["POST", "dead?before=2026-11-30%20or%20so", /^before must be/],
    ["POST", "dead?code=", /^code must be a code, such as key_missing$/],
    ["GET", "dead?state=dead", /^unknown parameter "state"/],
    ["GET", "dead?after=1.2.3", /^after must be the next of an earlier answer$/],
    ["GET", "batches?state=unknown&after=foo", /^after must be the next of an earlier answer$/],
    ["GET", "batches?state=unknown&code=x", /^unknown parameter "code": this path takes state, limit, after$/],
    ["GET", "batches?state=dead", /^state must be planned, dispatching, unknown or refused$/],
    ["POST", "resume?shard=1", /^unknown parameter "shard": this path takes none$/],
    ["GET", "counts?x", /unknown parameter/],
    ["GET", "health?x", /unknown parameter/],
    ["DELETE", "dead/0-x?x", /unknown parameter/],
  ] as const) {
    const { status, detail: is } = await asked(method, `/admin/${path}`);
    expect([method, path, status, is]).toEqual([method, path, 400, expect.stringMatching(detail)]);
  }
  expect((await asked("GET", "/metrics?x")).status).toBe(400);
  expect(await letters()).toHaveLength(1);
  for (const before of ["2026-01-01", "2026-11", "2026-02-28T23:59:59.5Z", "2026-02-28T23:59:59%2b02:00"]) {
    expect(await given.worker.admin.json("POST", `/admin/dead?before=${before}`)).toMatchObject({ letters: 0 });
  }
  expect(await given.worker.admin.json("POST", "/admin/dead?code=key_missing")).toMatchObject({ letters: 0 });
  expect(await given.worker.admin.json("POST", "/admin/dead?code=key_empty")).toMatchObject({ letters: 1, refused: 1 });
});

test("a letter's reasons are the codes that refused its events, and no notes", async () => {
  const [letter] = await letters();
  expect(letter?.codes).toEqual({ key_empty: 1 });
  expect(await given.worker.admin.json("DELETE", "/admin/dead?code=value_missing")).toEqual({
    forgotten: 0,
    letters: 0,
  });
  expect((await given.worker.admin.ask("GET", `/admin/dead/${letter?.id}`)).status).toBe(200);
});

test("a wrong method is answered 405 with the right ones, and HEAD is GET without a body", async () => {
  for (const [path, allow] of [
    ["/metrics", "GET, HEAD"],
    ["/admin/health", "GET, HEAD"],
    ["/admin/counts", "GET, HEAD"],
    ["/admin/resume", "POST"],
    ["/admin/batches", "GET, HEAD, POST"],
    ["/admin/batches/x", "GET, HEAD, POST"],
    ["/admin/dead", "GET, HEAD, POST, DELETE"],
    ["/admin/dead/x", "GET, HEAD, POST, DELETE"],
  ] as const) {
    const { status, allow: is, detail } = await asked("PUT", path);
    const named = path.replace(/x$/, "ID");
    expect([path, status, is, detail]).toEqual([path, 405, allow, `${named} takes ${allow}, not PUT`]);
    if (allow === "POST") continue;
    const [get, head] = [await asked("GET", path), await given.worker.admin.ask("HEAD", path)];
    expect([path, head.status, await head.text()]).toEqual([path, get.status, ""]);
  }
  expect((await asked("POST", "/metrics")).status).toBe(405);
  for (const path of ["/admin/x", "/admin/", "/admin/dead/x/y", "/admin/counts/x", "/admin/constructor"]) {
    expect([path, (await asked("GET", path)).status]).toEqual([path, 404]);
  }
});

test("every reason for dropping is in the metrics from the beginning", async () => {
  const { text } = await asked("GET", "/metrics");
  for (const why of ["resolved", "forgotten", "expired", "over_bound"]) {
    expect(text).toContain(`split_events_events_total{shard="0",what="dropped",why="${why}"} 0\n`);
  }
});

test("a list goes on after a batch that was resolved meanwhile, and ends", async () => {
  given.sandbox.setFaults([{ do: "status", status: 503, headers: { "retry-after": "3600" } }]);
  const keys = ["a", "b", "c", "d", "e"];
  for (const key of keys) await given.worker.post([event(0, { key })]);
  const seen: string[] = [];
  let after = "";
  for (let pages = 0; pages < 10; pages += 1) {
    const page = await given.worker.admin.json<{ entries: { id: string; events: number }[]; next?: string }>(
      "GET",
      `/admin/batches?state=planned&limit=2${after}`,
    );
    seen.push(...(await given.worker.admin.keysOf(page.entries)));
    for (const { id } of page.entries) await given.worker.admin.json("POST", `/admin/batches/${id}`, { as: "drop" });
    if (page.next === undefined) break;
    after = `&after=${page.next}`;
  }
  expect(seen).toEqual(keys);
  expect((await cli("counts")).stdout).toMatch(/dropped 5 \(resolved 5\), in 1 shard\n/);
});

test("the command refuses wrong flags, and says how to go on only if it began", async () => {
  for (const [args, said] of [
    [["replay", "x", "--after", "y"], "--after is for many letters: give either an ID or --after"],
    [["replay", "x", "--code", "y"], "--code is for many letters: give either an ID or --code"],
    [["forget", "x", "--after", "y"], "--after is for many letters: give either an ID or --after"],
    [["resolve", "x", "--as", "foo"], '--as takes send, drop, resend or accepted, but is "foo"'],
    [["resolve", "--all", "unknown", "--as", "send"], "--as must be resend, drop or accepted with --all unknown"],
    [["forget", "--before", "2030-01-01", "--after", "bad"], "after must be the next of an earlier answer"],
    [["replay", "--all", "--before", "soon"], "before must be an existing day or time"],
  ] as const) {
    const { code, stderr } = await cli(...args);
    expect([args, code, stderr]).toEqual([args, 2, expect.stringContaining(said)]);
    expect(stderr).not.toContain("this goes on");
  }
  for (let post = 0; post < 2; post += 1) await given.worker.post([event(post, { key: "" })]);
  const { stdout } = await cli("list", "dead", "--limit", "1", "--code", "key_empty", "--before", "2099-01-01");
  expect(stdout).toMatch(/the next ones: --after \S+ --code key_empty --before 2099-01-01\n/);
  expect((await cli("replay", "--all", "--code", "no_such", "--before", "2099-01-01")).stdout).toMatch(/^0 letters/);
  expect((await cli("replay", "--all", "--code", "key_empty")).stdout).toMatch(
    /^3 letters: 0 events planned, 3 refused/,
  );
});

test("a path that cannot be decoded is answered 400, whatever the method", async () => {
  for (const [method, path] of [
    ["GET", "/admin/%E0"],
    ["GET", "/admin/batches/%E0"],
    ["POST", "/admin/batches/%"],
    ["GET", "/admin/dead/%E0%A4"],
    ["DELETE", "/admin/dead/%ff"],
  ] as const) {
    const { status, json } = await given.worker.ask({ method, path, headers });
    expect([path, status, json.detail]).toEqual([path, 400, expect.stringContaining("write % as %25")]);
  }
  expect((await given.worker.ask({ method: "GET", path: "/admin/batches/%25", headers })).status).toBe(404);
});

test("a body that would be ignored is refused, and no change is made", async () => {
  given.sandbox.setFaults([{ do: "status", status: 503, headers: { "retry-after": "3600" } }]);
  await given.worker.post([event(0)]);
  const held = async () => (await given.worker.admin.counts()).planned.events;
  await expect.poll(held).toBe(1);
  const [batch] = (await given.worker.admin.json<{ entries: { id: string }[] }>("GET", "/admin/batches?state=planned"))
    .entries;
  const dead = await letters();
  const [letter] = dead;
  const notRead = /^this path takes no body/;
  const other = /^the body has "id", and may have only "as": send \{"as": WORD\}$/;
  for (const [method, path, body, detail] of [
    ["POST", "batches?state=planned", '{"as":"drop","id":"only-this"}', other],
    ["POST", `batches/${batch?.id}`, '{"as":"drop","id":"x"}', other],
    ["POST", "batches?state=planned", '["drop"]', /^the body must be \{"as": WORD\}/],
    ["POST", "batches?state=planned", "null", /^the body must be \{"as": WORD\}/],
    ["POST", "dead", '{"code":"x"}', notRead],
    ["POST", `dead/${letter?.id}`, "{}", notRead],
    ["POST", "resume", "junk", notRead],
    ["DELETE", "dead?all", '{"before":"2020-01-01"}', notRead],
    ["DELETE", `dead/${letter?.id}`, "x".repeat(100_000), notRead],
  ] as const) {
    const { status, json } = await given.worker.ask({ method, path: `/admin/${path}`, headers, body });
    expect([method, path, status, json.detail]).toEqual([method, path, 400, expect.stringMatching(detail)]);
  }
  expect([await held(), await letters()]).toEqual([1, dead]);
  expect((await given.worker.ask({ method: "POST", path: "/admin/dead?code=none", headers, body: "" })).status).toBe(
    200,
  );
  expect(await given.worker.admin.json("POST", "/admin/batches?state=planned", { as: "drop" })).toEqual({
    resolved: 1,
  });
});
