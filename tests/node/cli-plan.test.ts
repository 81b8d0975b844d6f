import type { Receipt, Report } from "split-events";
import { expect, test } from "vitest";
import { runCli, runJson } from "../support/cli.js";
import { event, events, ndjson } from "../support/events.js";
import { Folder } from "../support/folder.js";
import { startSandbox } from "../support/sandbox.js";

type Plan = Report & { batches: { events: number; bytes: number }[] };

test("the plan has the report and the batches, and no more", async () => {
  const { code, json } = await runJson<Plan>(["plan", "-"], { input: ndjson(events(501)) });
  expect(code).toBe(0);
  expect(Object.keys(json).sort()).toEqual(
    ["events", "clean", "repaired", "refused", "warned", "issueCounts", "issues", "keys", "batches"].sort(),
  );
  expect(json).toMatchObject({ events: 501, clean: 501 });
  expect(json.batches.map((batch) => batch.events)).toEqual([500, 1]);
  for (const batch of json.batches) expect(Object.keys(batch).sort()).toEqual(["bytes", "events"]);
});

test("the planned batches are those that are posted, to the byte, under both caps and over several files", async () => {
  const sandbox = await startSandbox();
  const folder = new Folder();
  const long = { properties: { text: "x".repeat(200) } };
  const files = [
    folder.write("a.ndjson", ndjson([...events(40), event(40, { key: "" }), ...events(7, long)])),
    folder.write("b.json", JSON.stringify([event(0, { trafficTypeName: "User" }), ...events(30, long)], null, 2)),
  ];
  const caps = ["--max-events", "10", "--max-bytes", "2000"];
  const plan = await runJson<Plan>(["plan", ...caps, ...files]);
  expect(sandbox.posts()).toEqual([]);

  const sent = await runJson<Receipt>(["send", ...caps, ...files, "--endpoint", sandbox.endpoint]);
  const { batches, ...report } = plan.json;
  expect(sent.json).toMatchObject(report);
  expect(sent.json.batches.map(({ events, bytes }) => ({ events, bytes }))).toEqual(batches);
  const posted = sandbox.posts().map(({ events, bytes }) => ({ events, bytes }));
  expect(sorted(posted)).toEqual(sorted(batches));
  expect(Math.max(...batches.map((batch) => batch.events))).toBe(10);
  expect(Math.max(...batches.map((batch) => batch.bytes))).toBeLessThanOrEqual(2000);
});

test("a plan needs no key and no endpoint", async () => {
  const { code } = await runJson<Plan>(["plan", "-"], { input: ndjson(events(1)), env: { SPLIT_API_KEY: undefined } });
  expect(code).toBe(0);
});

test("a refused event: exit 1; nothing that could be an event: exit 2", async () => {
  const refused = await runJson<Plan>(["plan", "-"], { input: ndjson([event(0, { key: "" })]) });
  expect(refused.code).toBe(1);
  expect(refused.json.batches).toEqual([]);
  const empty = await runJson<Plan>(["plan", "-"], { input: "" });
  expect(empty.code).toBe(2);
  expect(empty.json).toMatchObject({ events: 0, batches: [] });
});

test("an impossible cap is wrong usage", async () => {
  for (const [cap, value] of [
    ["--max-events", "0"],
    ["--max-events", "many"],
    ["--max-bytes", "-1"],
  ] as const) {
    const { code, json } = await runJson<{ error: { code: string; message: string } }>(["plan", cap, value, "-"]);
    expect(code).toBe(2);
    expect(json.error.message).toContain(value);
  }
});

test("without --json the batches are summed up in words", async () => {
  const { stdout } = await runCli(["plan", "-"], { input: ndjson(events(501)) });
  expect(stdout).toMatch(/^2 batches would be sent, \d+(\.\d)? kB in all\. The largest: 500 events, \d+(\.\d)? kB\.$/m);
});

function sorted(batches: { events: number | null; bytes: number }[]): string[] {
  return batches.map(({ events, bytes }) => `${events} ${bytes}`).sort();
}
