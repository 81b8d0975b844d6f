import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { runCli } from "../support/cli.js";
import { events, ndjson } from "../support/events.js";
import { Folder } from "../support/folder.js";
import { startSandbox } from "../support/sandbox.js";

const hook = pathToFileURL(join(import.meta.dirname, "../support/fail-command.mjs")).href;

test("send says in one line that the module failed, keeps its journal, and prints the command that goes on", async () => {
  const sandbox = await startSandbox();
  const folder = new Folder();
  const file = folder.write("events.ndjson", ndjson(events(50)));
  sandbox.setFaults([{ do: "hang", post: 3, take: false }]);
  const delivery = ["--endpoint", sandbox.endpoint, "--max-events", "10", "--concurrency", "1"];
  const env = { NODE_OPTIONS: `--import=${hook}`, FAIL_AT: "3", XDG_STATE_HOME: folder.path };
  const failed = await runCli(["send", file, ...delivery], { env });
  expect(failed.code, failed.stderr).toBe(3);
  expect(failed.stderr).toContain("the module failed during the delivery: what was in flight is unknown\n");
  expect(failed.stderr).not.toMatch(/wasm|unreachable|\.js:\d/);
  const [, command = ""] = /^\s*(split-events resume .+)$/m.exec(failed.stderr) ?? [];
  expect(command).not.toBe("");
  const resumed = await runCli([...command.split(" ").slice(1), "--endpoint", sandbox.endpoint], {
    env: { XDG_STATE_HOME: folder.path },
  });
  expect(resumed.code, resumed.stderr).toBe(3); // ten are unknown
  const keys = sandbox.ledger().map(({ event }) => (event as { key: string }).key);
  expect([keys.length, new Set(keys).size]).toEqual([40, 40]);
});

test("a module that fails in the first request, without a journal, is told as well", async () => {
  const sandbox = await startSandbox();
  const file = new Folder().write("events.ndjson", ndjson(events(5)));
  sandbox.setFaults([{ do: "hang" }]);
  const env = { NODE_OPTIONS: `--import=${hook}`, FAIL_AT: "1" };
  const failed = await runCli(["send", file, "--endpoint", sandbox.endpoint, "--no-journal", "--json"], { env });
  expect(failed.code, failed.stderr).toBe(3);
  expect(JSON.parse(failed.stdout)).toMatchObject({ events: 5, unknown: 5, complete: false });
  expect(failed.stderr).toContain("nothing can be resumed");
});
