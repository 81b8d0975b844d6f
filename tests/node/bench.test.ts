import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const MAIN = "bench/main.ts";
const run = promisify(execFile);

function bench(...args: string[]) {
  return run(process.execPath, ["--expose-gc", MAIN, ...args], { cwd: ROOT });
}

test("the benchmark checks that all pipelines write the same events, and prints one JSON value", async () => {
  const { stdout } = await bench("--quick", "--json", "--case", "p4");
  const ms = expect.any(Number);
  expect(JSON.parse(stdout)).toEqual({
    cases: [{ case: "p4", runtime: "node", ours_ms: ms, peers: { sdk: ms, ajv: ms, zod: ms }, floor_ms: ms, mb: ms }],
    bars: [],
  });
  const [{ ours_ms, peers, floor_ms, mb }] = JSON.parse(stdout).cases;
  expect(Math.min(ours_ms, peers.sdk, peers.ajv, peers.zod, floor_ms)).toBeGreaterThan(0);
  expect(mb).toBeCloseTo(4, 1);
});

test("dirty events are repaired as the official SDK repairs them, or the benchmark stops", async () => {
  const { stdout } = await bench("--quick", "--markdown", "--case", "dirty");
  expect(stdout).toMatch(/^\| case \| MB \|.*\n\|---\|.*\n\| dirty: 10 % repaired, 1 % refused \| 4\.0 \|/m);
});

test("peers write the same events of tables and of other systems' records as ours, and bars say what is reached", async () => {
  const { stdout } = await bench("--quick", "--json", "--case", "csv-varied", "--case", "segment-dirty");
  const { cases, bars } = JSON.parse(stdout);
  expect(cases).toEqual([]);
  expect(bars).toMatchObject([
    { case: "csv-varied", against: [{ name: "papaparse", at_least: 16 }, { name: "csvParse" }, { at_most: 1.4 }] },
    { case: "segment-dirty", against: [{ name: "byHand", at_least: 4 }] },
  ]);
  for (const { ours_ms, against } of bars) {
    for (const { ms, ratio, at_least, reached } of against) {
      expect(ratio).toBeCloseTo(at_least ? ms / ours_ms : ours_ms / ms, 1);
      expect(reached).toBe(at_least ? ratio >= at_least : ratio <= 1.4);
    }
  }
});

test("a case that does not exist is an error that lists the cases", async () => {
  const failed = await bench("--case", "p5").catch((error: { code: number; stderr: string }) => error);
  expect(failed).toMatchObject({ code: 1, stderr: expect.stringMatching(/^no case is called p5\nusage: .*p4, p20/s) });
});

test("the benchmark of delivery sends every event each way, and prints one JSON value", async () => {
  const args = ["--expose-gc", "bench/delivery.ts", "--events", "2000", "--rounds", "1", "--json"];
  const { stdout } = await run(process.execPath, args, { cwd: ROOT });
  const { events, rows } = JSON.parse(stdout);
  expect(events).toBe(2000);
  expect(rows).toHaveLength(10);
  for (const { median, best, cpu } of rows) {
    for (const { ms, timesSdk, timesPlain } of [median, best, cpu]) {
      expect(Math.min(ms, timesSdk, timesPlain)).toBeGreaterThan(0);
    }
  }
});
