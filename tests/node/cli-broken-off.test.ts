import { gzipSync } from "node:zlib";
import type { Report } from "split-events";
import { expect, test } from "vitest";
import { runCli, runJson } from "../support/cli.js";
import { event, events, ndjson } from "../support/events.js";
import { Folder } from "../support/folder.js";

const whole = gzipSync(ndjson([...events(3), event(3, { key: "" })]));
/** A member that is whole, and of the next the beginning. */
const cut = () => new Folder().write("cut.gz", Buffer.concat([whole, whole.subarray(0, 20)]));
const reason = /cut off/;

test.each(["check", "plan"])("%s tells what was read of an input that breaks off: exit 2", async (command) => {
  const path = cut();
  const { code, stdout, stderr } = await runCli([command, path]);
  expect(code).toBe(2);
  expect(stdout).toMatch(/^4 events: 3 can be sent, 1 refused; the input was not read to its end\n/);
  expect(stdout).toContain("key_empty");
  expect(stderr).toMatch(new RegExp(`^split-events: .*${path}: .*${reason.source}.*\n$`));
});

test.each(["check", "plan"])("%s --json has what was read, and why that is not all", async (command) => {
  const { code, json, stderr } = await runJson<Report>([command, "--json", cut()]);
  expect(code).toBe(2);
  expect(json).toMatchObject({ events: 4, clean: 3, refused: 1, issueCounts: { key_empty: 1 }, complete: false });
  expect(json).toMatchObject({ error: { code: "stream_failed", message: expect.stringMatching(reason) } });
  expect(stderr).toMatch(reason);
});

test.each(["check", "plan"])("%s says only why where no event was read", async (command) => {
  const nothing = new Folder().write("nothing.gz", whole.subarray(0, 12));
  const { code, stdout, stderr } = await runCli([command, nothing]);
  expect([code, stdout]).toEqual([2, ""]);
  expect(stderr).toMatch(reason);
  const { json } = await runJson<Report>([command, "--json", nothing]);
  expect(json).toMatchObject({ events: 0, error: { code: "stream_failed" } });
});

test.each(["check", "plan"])("%s of an input that is read to its end has no word of it", async (command) => {
  const { json } = await runJson<Report>([command, new Folder().write("whole.gz", whole)]);
  expect(json).not.toHaveProperty("complete");
  expect(json).not.toHaveProperty("error");
});
