import { spawn } from "node:child_process";
import { existsSync, openSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import type { Receipt, Unknown } from "split-events";
import { expect, test } from "vitest";
import { API_KEY, runCli, runJson } from "../support/cli.js";
import { type Event, event, events, ndjson } from "../support/events.js";
import { Folder } from "../support/folder.js";
import { startSandbox } from "../support/sandbox.js";

const BIN = fileURLToPath(new URL("../../pkg/bin/split-events.js", import.meta.url));
const sums = ({ accepted, refused, unknown, unsent }: Receipt) => ({ accepted, refused, unknown, unsent });

/** A folder of the test's own for what the command keeps. */
function start() {
  const folder = new Folder();
  const state = folder.file("state");
  const kept = () => (existsSync(state) ? readdirSync(state, { recursive: true }) : []);
  /** The directory in the last line. */
  const journal = (stderr: string) => {
    const [, command, path = ""] = /\n {2}split-events (resume|unknown) --journal (\S+)\n$/.exec(stderr) ?? [];
    return { command, path };
  };
  return { folder, state, kept, journal, options: { env: { XDG_STATE_HOME: state } } };
}

test("an import that is accepted, refused or unreadable leaves no journal, not even an empty folder", async () => {
  const { folder, state, options } = start();
  const sandbox = await startSandbox();
  const endpoint = ["--endpoint", sandbox.endpoint];
  const good = folder.write("good.ndjson", ndjson(events(5)));
  const refused = folder.write("refused.ndjson", ndjson([event(0, { key: "" }), event(1)]));
  const none = folder.write("none.ndjson", "no events\n");
  const whole = gzipSync(Array.from({ length: 500 }, () => JSON.stringify(event(Math.random()))).join("\n"));
  const cut = folder.write("cut.ndjson.gz", whole.subarray(0, whole.length / 2));
  expect((await runCli(["send", good, ...endpoint], options)).code).toBe(0);
  expect((await runCli(["send", refused, ...endpoint], options)).code).toBe(1);
  expect((await runCli(["send", none, ...endpoint], options)).code).toBe(2);
  expect((await runCli(["send", cut, ...endpoint], options)).code).toBe(3);
  expect((await runCli(["send", "-", ...endpoint], { ...options, input: ndjson(events(5)) })).code).toBe(0);
  expect(existsSync(state)).toBe(false);
});

for (const kind of ["a file", "a standard input"] as const) {
  test(`the events of ${kind} that a wrong key cost are kept for their owner only, and the printed command sends and removes them`, async () => {
    const { folder, state, kept, journal, options } = start();
    const sandbox = await startSandbox();
    sandbox.setFaults([{ post: 2, do: "status", status: 401, times: 1 }]);
    const input = ndjson(events(10));
    const name = kind === "a file" ? folder.write("e.ndjson", input) : "-";
    const pace = ["--max-events", "2", "--concurrency", "1", "--endpoint", sandbox.endpoint];
    const given = name === "-" ? { ...options, input } : options;
    const { code, stdout, stderr } = await runCli(["send", name, ...pace], given);
    expect(code).toBe(3);
    const { command, path } = journal(stderr);
    expect(command).toBe("resume");
    expect(stdout).toContain(`split-events resume --journal ${path}`);
    expect(path.startsWith(join(state, "split-events", "2"))).toBe(true);
    expect(statSync(path).mode & 0o777).toBe(0o700);
    expect(readdirSync(path)).toEqual(["store.log"]);
    expect(statSync(join(path, "store.log")).mode & 0o777).toBe(0o600);
    const log = readFileSync(join(path, "store.log"), "latin1");
    expect(log).not.toContain(API_KEY);
    // what was accepted is not in it, and of a file nothing is
    const keys = Array.from({ length: 10 }, (_, at) => log.includes(`user-${at}"`));
    expect(keys).toEqual(keys.map((_, at) => name === "-" && at >= 2));

    const resumed = await runJson<Receipt>(["resume", "--journal", path], options);
    expect(sums(resumed.json)).toEqual({ accepted: 10, refused: 0, unknown: 0, unsent: 0 });
    expect(new Set(sandbox.ledger().map(({ event }) => (event as Event).key)).size).toBe(10);
    expect(sandbox.ledger()).toHaveLength(10);
    expect(kept()).toEqual([]);
    expect((await runJson(["resume", "--journal", path], options)).json).toMatchObject({
      error: { code: "journal_missing" },
    });
  });
}

test("if only unknown batches are left, the last line lists them, and resume removes the journal once they are decided", async () => {
  const { folder, kept, journal, options } = start();
  const sandbox = await startSandbox();
  sandbox.setFaults([{ post: 2, do: "reset", take: true }]);
  const args = ["send", folder.write("e.ndjson", ndjson(events(6))), "--endpoint", sandbox.endpoint];
  const { code, stderr } = await runJson<Receipt>([...args, "--max-events", "2", "--concurrency", "1"], options);
  expect(code).toBe(3);
  const { command, path } = journal(stderr);
  expect(command).toBe("unknown");
  const [open] = (await runJson<Unknown[]>(["unknown", "--journal", path], options)).json;
  expect((await runJson<Receipt>(["resume", "--journal", path], options)).json).toMatchObject({ unknown: 2 });
  expect(kept()).not.toEqual([]);
  await runJson(["resolve", "--journal", path, open?.id as string, "--as", "accepted"], options);
  const resumed = await runJson<Receipt>(["resume", "--journal", path], options);
  expect(resumed).toMatchObject({ code: 0, json: { accepted: 6, unknown: 0 } });
  expect(kept()).toEqual([]);
});

test("a journal that was given by name stays, wherever it is", async () => {
  const { folder, state, kept, options } = start();
  const sandbox = await startSandbox();
  const path = join(state, "split-events", "mine");
  const args = ["send", folder.write("e.ndjson", ndjson(events(6))), "--endpoint", sandbox.endpoint];
  await runCli([...args, "--journal", path], options);
  expect((await runJson<Receipt>(["resume", "--journal", path], options)).json).toMatchObject({ accepted: 6 });
  expect(kept()).toContain(join("split-events", "mine", "store.log"));
});

test("--no-journal keeps no journal and says what follows; if none can be written, the import goes on and one line says so", async () => {
  const { folder, state, options } = start();
  const sandbox = await startSandbox();
  sandbox.setFaults([{ do: "status", status: 401 }]);
  const args = ["send", folder.write("e.ndjson", ndjson(events(6))), "--endpoint", sandbox.endpoint];
  const send = [...args, "--max-events", "2"];
  const without = await runJson<Receipt>([...send, "--no-journal"], options);
  expect(without.code).toBe(3);
  expect(without.stderr).toMatch(/\nsplit-events: nothing can be resumed, since --no-journal [^\n]+\n$/);
  expect(existsSync(state)).toBe(false);

  const file = folder.write("file", "");
  const unwritable = await runJson<Receipt>(send, { env: { XDG_STATE_HOME: file } });
  expect(unwritable.code).toBe(3);
  expect(sums(unwritable.json)).toEqual(sums(without.json));
  expect(unwritable.stderr).toMatch(/\nsplit-events: nothing can be resumed: \S+ cannot be written: [^\n]+\n$/);
  const text = await runCli(send, { env: { XDG_STATE_HOME: file } });
  expect(text.stdout).not.toContain("split-events resume");
});

test("a large standard input that is read to its end after a stop is kept on disk, not in memory", async () => {
  const { folder, kept, journal, options } = start();
  const sandbox = await startSandbox();
  sandbox.setFaults([{ do: "status", status: 401, times: 1 }]);
  const long = { properties: { text: "x".repeat(10_000) } };
  const path = folder.write("e.ndjson", ndjson(events(3_000, long)));
  const args = [BIN, "send", "-", "--endpoint", sandbox.endpoint, "--json"];
  const child = spawn(process.execPath, args, {
    env: { ...process.env, SPLIT_API_KEY: API_KEY, ...options.env },
    stdio: [openSync(path, "r"), "ignore", "pipe"],
  });
  let stderr = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  await new Promise((resolve) => child.once("close", resolve));
  const { path: written } = journal(stderr);
  expect(statSync(join(written, "store.log")).size).toBeGreaterThan(30_000_000);
  const resumed = await runJson<Receipt>(["resume", "--journal", written], options);
  expect(resumed.json).toMatchObject({ accepted: 3_000, complete: true });
  expect(sandbox.ledger()).toHaveLength(3_000);
  expect(kept()).toEqual([]);
});
