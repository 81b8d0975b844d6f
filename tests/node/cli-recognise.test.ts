import type { Receipt, Report } from "split-events";
import { expect, test } from "vitest";
import { runCli, runJson } from "../support/cli.js";
import { startSandbox } from "../support/sandbox.js";

const SEGMENT = "tests/fixtures/sources/segment.ndjson";
const USER = ["--set", "trafficTypeName=user"];

test("check and plan read an export that they recognise, and say so with records, skipped and events", async () => {
  for (const command of ["check", "plan"]) {
    const { stdout } = await runCli([command, ...USER, SEGMENT]);
    expect(stdout).toMatch(/^read as an export of Segment \(preset segment\): \d+ records, \d+ skipped, \d+ events$/m);
    const { json } = await runJson<Report>([command, ...USER, SEGMENT]);
    expect(json.preset).toBe("segment");
    expect(json.records).toBe(json.events + (json.skipped ?? 0));
    expect(json.skipped).toBeGreaterThan(0);
  }
});

test("a missing traffic type is asked for in one line", async () => {
  const { code, stdout, stderr } = await runCli(["check", SEGMENT]);
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toMatch(/^split-events: \S+segment\.ndjson: .*trafficTypeName.*--set trafficTypeName=user.*\n$/);
});

test("send sends nothing of an export whose preset is not named, and prints the command that does", async () => {
  const sandbox = await startSandbox();
  const to = ["--endpoint", sandbox.endpoint, SEGMENT];
  const { code, stdout, stderr } = await runCli(["send", ...to]);
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toContain("looks like an export");
  expect(stderr).toMatch(
    /\n {2}split-events send --preset segment --set trafficTypeName=user --endpoint \S+ \S+segment\.ndjson\n$/,
  );
  expect(sandbox.posts()).toEqual([]);

  const { json, stdout: receipt } = await runJson<Receipt>(["send", ...USER, ...to]);
  expect(json.preset).toBe("segment");
  expect(json.accepted).toBeGreaterThan(0);
  expect(json.accepted + json.refused).toBe(json.events);
  expect(receipt).not.toBe("");
  expect(sandbox.ledger()).toHaveLength(json.accepted);
});

test("--preset none takes every record for an event", async () => {
  const { json } = await runJson<Report>(["check", "--preset", "none", SEGMENT]);
  expect(json).not.toHaveProperty("preset");
  expect(json.refused).toBe(json.events);
});
