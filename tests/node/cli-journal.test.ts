import { once } from "node:events";
import { appendFileSync, readFileSync, renameSync, utimesSync } from "node:fs";
import { gzipSync } from "node:zlib";
import type { Receipt, Unknown } from "split-events";
import { directoryStore } from "split-events/stores/directory";
import { expect, onTestFinished, test } from "vitest";
import { API_KEY, Cli, runCli, runJson } from "../support/cli.js";
import { type Event, event, events, ndjson, parseNdjson } from "../support/events.js";
import { Folder } from "../support/folder.js";
import { HeldServer } from "../support/held-server.js";
import { startSandbox } from "../support/sandbox.js";

interface Trouble {
  error: { code: string; message: string };
}

const keys = (sandbox: Awaited<ReturnType<typeof startSandbox>>) =>
  sandbox.ledger().map(({ event }) => (event as Event).key);

const sums = ({ accepted, refused, unknown, unsent }: Receipt) => ({ accepted, refused, unknown, unsent });

/** Sends 10 events two by two, and stops it with Ctrl-C once the first batch is on its way. */
async function stopped(path: string, ...options: string[]): Promise<{ receipt: Receipt; stderr: string }> {
  const server = await HeldServer.start();
  const args = ["send", path, "--endpoint", server.endpoint, "--max-events", "2", "--json", ...options];
  const cli = new Cli(args);
  await server.posts(1);
  cli.child.kill("SIGINT");
  await cli.says("stopping");
  server.answer(202);
  const { stdout, stderr } = await cli.done;
  return { receipt: JSON.parse(stdout) as Receipt, stderr };
}

/** What is wrong, in one line, with exit code 2. */
async function trouble(args: string[], options = {}): Promise<Trouble["error"]> {
  const { code, json, stderr } = await runJson<Trouble>(args, options);
  expect(code).toBe(2);
  expect(stderr).toMatch(/^split-events: [^\n]+\n$/);
  return json.error;
}

for (const [kind, name, content] of [
  ["a file", "events.ndjson", ndjson(events(10))],
  ["a gzip file", "events.json.gz", gzipSync(JSON.stringify(events(10)))],
] as const) {
  test(`resume sends what Ctrl-C left of ${kind}, from another folder and to the same endpoint`, async () => {
    const folder = new Folder();
    const path = folder.write(name, content);
    const journal = folder.file("journal");
    const { receipt, stderr } = await stopped(path, "--journal", journal);
    expect(sums(receipt)).toEqual({ accepted: 2, refused: 0, unknown: 0, unsent: 8 });
    expect(stderr).toContain(`split-events resume --journal ${journal}`);

    const sandbox = await startSandbox();
    const resumed = await runJson<Receipt>(["resume", "--journal", "journal", "--endpoint", sandbox.endpoint], {
      cwd: folder.path,
    });
    expect(resumed.code).toBe(0);
    expect(sums(resumed.json)).toEqual({ accepted: 10, refused: 0, unknown: 0, unsent: 0 });
    expect(keys(sandbox).sort()).toEqual(
      events(10)
        .slice(2)
        .map(({ key }) => key),
    );
    expect(resumed.json.batches.map(({ from }) => from.file)).toEqual(Array(5).fill(path));
  });
}

test("resume posts to the endpoint of the import, and sends the events that were refused for a wrong key", async () => {
  const folder = new Folder();
  const sandbox = await startSandbox();
  sandbox.setFaults([{ post: 2, do: "status", status: 401 }]);
  const args = ["send", folder.write("e.ndjson", ndjson(events(6))), "--journal", folder.file("j")];
  const pace = ["--max-events", "2", "--concurrency", "1"];
  const first = await runJson<Receipt>([...args, "--endpoint", sandbox.endpoint, ...pace]);
  expect(sums(first.json)).toEqual({ accepted: 2, refused: 2, unknown: 0, unsent: 2 });
  const second = await runJson<Receipt>(["resume", "--journal", folder.file("j")]);
  expect(sums(second.json)).toEqual({ accepted: 6, refused: 0, unknown: 0, unsent: 0 });
  expect(sandbox.posts()).toHaveLength(4);
});

test("no journal keeps the endpoint's query, which may hold a secret, and resume asks for it", async () => {
  const folder = new Folder();
  const path = folder.write("events.ndjson", ndjson(events(10)));
  const server = await HeldServer.start();
  const endpoint = `${server.endpoint}?token=hunter2`;
  const cli = new Cli(["send", path, "--endpoint", endpoint, "--journal", folder.file("j")]);
  await server.posts(1);
  cli.child.kill("SIGKILL");
  await cli.done;
  const { code, message } = await trouble(["resume", "--journal", folder.file("j")]);
  expect(code).toBe("endpoint_missing");
  expect(message).toContain("--endpoint");
  expect(readFileSync(folder.file("j/store.log"), "latin1")).not.toContain("hunter2");
});

test("resume sends what had been read of standard input, and the receipt says that it was not read to its end", async () => {
  const folder = new Folder();
  const server = await HeldServer.start();
  const args = ["send", "-", "--endpoint", server.endpoint, "--max-events", "2", "--journal", folder.file("j")];
  const cli = new Cli(args, {}, "pipe");
  cli.child.stdin?.write(ndjson([event(0), event(1), event(2), event(3, { key: "" }), event(4), event(5)]));
  await server.posts(1);
  cli.child.kill("SIGKILL");
  await cli.done;

  const sandbox = await startSandbox();
  const unknown = folder.file("unknown");
  const resume = ["resume", "--journal", folder.file("j"), "--endpoint", sandbox.endpoint, "--unknown", unknown];
  const { code, json } = await runJson<Receipt>(resume);
  expect(code).toBe(3);
  expect(json).toMatchObject({ accepted: 2, refused: 1, unknown: 2, unsent: 0, complete: false });
  expect(keys(sandbox)).toEqual(["user-2", "user-4"]);
  const lines = parseNdjson<{ event: Event; file?: string; reasons: { code: string }[] }>(
    readFileSync(unknown, "utf8"),
  );
  expect(lines.map(({ event }) => event.key)).toEqual(["user-0", "user-1"]);
  expect(lines[0]).toMatchObject({ file: "-", reasons: [{ code: "crashed" }] });
});

test("standard input that was read to its end is complete after a crash", async () => {
  const folder = new Folder();
  const sandbox = await startSandbox();
  sandbox.setFaults([{ post: 2, do: "hang", take: true }]);
  const args = ["send", "-", "--endpoint", sandbox.endpoint, "--max-events", "2", "--journal", folder.file("j")];
  const cli = new Cli([...args, "--concurrency", "2"], { input: ndjson(events(6)) });
  await expect.poll(() => journalKeys(folder.file("j")), { timeout: 20_000 }).toContain("ended");
  cli.child.kill("SIGKILL");
  await cli.done;
  const { json } = await runJson<Receipt>(["resume", "--journal", folder.file("j")]);
  expect(json).toMatchObject({ events: 6, refused: 0, unsent: 0, complete: true });
  expect(json.unknown).toBeGreaterThanOrEqual(2);
});

/** Without taking the lock: as the log has them. */
function journalKeys(path: string): string[] {
  const log = readFileSync(`${path}/store.log`, "latin1");
  return log.includes("ended") ? ["ended"] : [];
}

test("resume of a finished import needs no key and no source, prints the same receipt, and sends nothing", async () => {
  const folder = new Folder();
  const sandbox = await startSandbox();
  const path = folder.write("e.ndjson", ndjson([...events(5), event(5, { key: "" })]));
  const journal = ["--journal", folder.file("j")];
  const { json } = await runJson<Receipt>(["send", path, "--endpoint", sandbox.endpoint, ...journal]);
  renameSync(path, `${path}.moved`);
  const noKey = { env: { SPLIT_API_KEY: undefined } };
  const again = await runJson<Receipt>(["resume", ...journal], noKey);
  expect(again.json).toEqual(json);
  expect(again.code).toBe(1);
  expect(again.stderr).toContain("finished");
  expect(await runJson(["unknown", ...journal], noKey)).toMatchObject({ code: 0, json: [] });
  expect((await runCli(["unknown", ...journal], noKey)).stdout).toBe("Nothing is unknown.\n");
  expect(sandbox.posts()).toHaveLength(1);

  renameSync(`${path}.moved`, path);
  const refused = folder.file("refused");
  expect((await runJson<Receipt>(["resume", ...journal, "--refused", refused], noKey)).json).toEqual(json);
  expect(parseNdjson<{ index: number }>(readFileSync(refused, "utf8")).map(({ index }) => index)).toEqual([5]);
  expect(sandbox.posts()).toHaveLength(1);
});

test("a source that has changed or moved is refused with one line that says how", async () => {
  const folder = new Folder();
  const path = folder.write("events.ndjson", ndjson(events(10)));
  const journal = folder.file("j");
  await stopped(path, "--journal", journal);
  const sandbox = await startSandbox();
  const resume = ["resume", "--journal", journal, "--endpoint", sandbox.endpoint];

  const { atime, mtime } = { atime: new Date(), mtime: new Date(2020, 1, 1) };
  renameSync(path, `${path}.moved`);
  expect(await trouble(resume)).toEqual({ code: "source_moved", message: expect.stringContaining(path) });
  renameSync(`${path}.moved`, path);
  const content = readFileSync(path);
  utimesSync(path, atime, mtime);
  expect(await trouble(resume)).toEqual({ code: "source_changed", message: expect.stringContaining("2020-0") });
  appendFileSync(path, ndjson(events(1)));
  const grown = await trouble(resume);
  expect(grown.code).toBe("source_changed");
  expect(grown.message).toContain(`it had ${content.length.toLocaleString("en-US")} bytes`);
  expect(sandbox.posts()).toEqual([]);
});

test("unknown batches are listed by id, and each decision about them is carried out", async () => {
  const folder = new Folder();
  const sandbox = await startSandbox();
  sandbox.setFaults([
    { post: 2, do: "reset", take: true },
    { post: 3, do: "status", status: 500, take: false },
    { post: 5, do: "status", status: 500, take: true },
  ]);
  const journal = ["--journal", folder.file("j")];
  const noKey = { env: { SPLIT_API_KEY: undefined } };
  const args = ["send", folder.write("e.ndjson", ndjson(events(10))), "--endpoint", sandbox.endpoint, ...journal];
  const text = await runCli([...args, "--max-events", "2", "--concurrency", "1"]);
  expect(text.code).toBe(3);
  expect(text.stdout).toContain(`split-events unknown --journal ${folder.file("j")}`);

  const { json: open } = await runJson<Unknown[]>(["unknown", ...journal], noKey);
  expect(open.map(({ events, from }) => [events, from.index])).toEqual([
    [2, 2],
    [2, 4],
    [2, 8],
  ]);
  const table = (await runCli(["unknown", ...journal], noKey)).stdout;
  for (const { id } of open) expect(table).toContain(id);
  expect(table).toContain("6 events in 3 batches");

  const ids = open.map(({ id }) => id);
  for (const [at, as] of ["accepted", "resend", "drop"].entries()) {
    const { code, json } = await runJson(["resolve", ...journal, ids[at] as string, "--as", as], noKey);
    expect({ code, json }).toEqual({ code: 0, json: { ids: [ids[at]], as, unknown: 2 - at } });
  }
  expect(await trouble(["resolve", ...journal, ids[0] as string, "--as", "drop"], noKey)).toMatchObject({
    code: "not_unknown",
  });
  expect(await trouble(["resolve", ...journal, ids[0] as string, "--as", "lost"], noKey)).toMatchObject({
    code: "usage",
  });
  // all of it is taken back, and decided once more
  const decided = (await runCli(["unknown", ...journal], noKey)).stdout;
  expect(decided).toContain("decided: accepted");
  expect(decided).toContain("--as unknown");
  const back = await runJson(["resolve", ...journal, "--all", "--as", "unknown"], noKey);
  expect(back.json).toEqual({ ids, as: "unknown", unknown: 3 });
  expect((await runCli(["resolve", ...journal, "--all", ids[0] as string, "--as", "drop"], noKey)).code).toBe(2);
  expect((await runCli(["resolve", ...journal, "--as", "drop"], noKey)).stderr).toContain("--all");
  const two = await runCli(["resolve", ...journal, ids[0] as string, ids[1] as string, "--as", "resend"], noKey);
  expect(two.stdout).toContain("2 batches are sent again by the next resume");
  await runCli(["resolve", ...journal, ids[0] as string, "--as", "unknown"], noKey);
  await runCli(["resolve", ...journal, ids[0] as string, "--as", "accepted"], noKey);
  await runCli(["resolve", ...journal, "--all", "--as", "drop"], noKey);
  const { json } = await runJson<Receipt>(["resume", ...journal]);
  expect(sums(json)).toEqual({ accepted: 8, refused: 0, unknown: 2, unsent: 0 });
  const words = (await runCli(["resume", ...journal])).stdout;
  expect(words).toContain("Given up:");
  expect(words).not.toContain("split-events unknown");
  expect(keys(sandbox).sort()).toEqual(
    events(10)
      .map(({ key }) => key)
      .sort(),
  );
});

test("a missing, empty, used or locked journal, and one that is a ledger: one line each, and exit 2", async () => {
  const folder = new Folder();
  const path = folder.write("e.ndjson", ndjson(events(4)));
  const sandbox = await startSandbox();
  for (const command of [["resume"], ["unknown"], ["resolve", "x", "--as", "drop"]]) {
    expect(await trouble([...command, "--journal", folder.file("none")])).toMatchObject({ code: "journal_missing" });
    expect(await trouble(command)).toMatchObject({ code: "usage", message: expect.stringContaining("--journal") });
  }
  const empty = await directoryStore(folder.file("empty"));
  await empty.close();
  expect(await trouble(["resume", "--journal", folder.file("empty")])).toMatchObject({ code: "journal_empty" });

  const send = ["send", path, "--endpoint", sandbox.endpoint, "--ledger", folder.file("l"), "--journal"];
  expect((await runCli([...send, folder.file("j")])).code).toBe(0);
  expect(await trouble([...send, folder.file("j")])).toMatchObject({ code: "journal_used" });
  expect(await trouble([...send, folder.file("l")])).toMatchObject({ code: "same_directory" });
  expect(await trouble(["resume", "--journal", folder.file("l")])).toMatchObject({ code: "journal_unreadable" });
  const ledger = ["send", path, "--endpoint", sandbox.endpoint, "--ledger", folder.file("j")];
  expect(await trouble(ledger)).toMatchObject({ code: "ledger_unreadable" });

  const held = await directoryStore(folder.file("j"));
  onTestFinished(() => held.close());
  const locked = await trouble(["resume", "--journal", folder.file("j")]);
  expect(locked).toEqual({ code: "store_locked", message: expect.stringContaining(`process ${process.pid}`) });
  expect(sandbox.posts()).toHaveLength(1);
});

test("of two processes on one journal the second fails, and nothing is sent twice", async () => {
  const folder = new Folder();
  const path = folder.write("events.ndjson", ndjson(events(10)));
  const server = await HeldServer.start();
  const send = ["send", path, "--endpoint", server.endpoint, "--max-events", "2", "--journal", folder.file("j")];
  const cli = new Cli([...send, "--json"]);
  await server.posts(1);
  for (const args of [send, ["resume", "--journal", folder.file("j")]]) {
    expect(await trouble(args)).toMatchObject({ code: "store_locked" });
  }
  server.answer(202);
  expect(JSON.parse((await cli.done).stdout)).toMatchObject({ accepted: 10 });
  expect(server.bodies).toHaveLength(5);
});

test("--retries, --deadline, --rate, --on-unknown and --csv work", async () => {
  const folder = new Folder();
  const sandbox = await startSandbox();
  const path = folder.write("e.ndjson", ndjson(events(6)));
  const send = ["send", path, "--endpoint", sandbox.endpoint, "--max-events", "2", "--csv", folder.file("r.csv")];

  sandbox.setFaults([{ do: "status", status: 408 }]);
  const retried = await runJson<Receipt>([...send, "--retries", "1"]);
  expect(sandbox.posts()).toHaveLength(6);
  expect(sums(retried.json)).toMatchObject({ unsent: 6 });

  sandbox.reset();
  sandbox.setFaults([{ post: 2, do: "status", status: 500, take: true }]);
  const atLeastOnce = await runJson<Receipt>([...send, "--on-unknown", "retry"]);
  expect(sums(atLeastOnce.json)).toMatchObject({ accepted: 6, unknown: 0 });
  expect(sandbox.ledger()).toHaveLength(8);
  const rows = readFileSync(folder.file("r.csv"), "utf8").trimEnd().split("\r\n");
  expect(rows).toHaveLength(4);
  expect(rows[0]).toMatch(/^id,events,bytes,state,/);

  sandbox.reset();
  sandbox.setFaults([{ do: "status", status: 429, headers: { "retry-after": "3600" } }]);
  const late = await runJson<Receipt>([...send, "--deadline", "60000"]);
  expect(late.json).toMatchObject({ unsent: 6, stopped: { reason: "deadline" } });

  sandbox.reset();
  expect((await runCli([...send, "--rate", "5"])).code).toBe(0);
  const times = sandbox.posts().map(({ at }) => at);
  expect((times[2] as number) - (times[1] as number)).toBeGreaterThan(150);

  for (const wrong of [
    ["--rate", "fast"],
    ["--retries", "-1"],
    ["--on-unknown", "drop"],
    ["--deadline", "0"],
  ]) {
    expect((await runCli([...send, ...wrong])).code).toBe(2);
  }
  expect((await runCli([...send, "--csv", path])).code).toBe(2);
});

test("a process that is killed leaves no key behind, even if the service repeats it", async () => {
  const folder = new Folder();
  const sandbox = await startSandbox();
  sandbox.setFaults([{ do: "status", status: 500, body: `Bearer ${API_KEY}` }]);
  const args = ["send", folder.write("e.ndjson", ndjson(events(10))), "--endpoint", sandbox.endpoint];
  const files = ["--journal", "j", "--ledger", "l", "--csv", "csv", "--unknown", "u", "--unsent", "n"];
  const cli = new Cli([...args, ...files, "--max-events", "2"], {
    cwd: folder.path,
    env: { SPLIT_EVENTS_DEBUG: "1" },
  });
  const exited = once(cli.child, "close");
  await cli.done;
  await exited;
  for (const name of ["j/store.log", "l/store.log", "csv", "u", "n"]) {
    const text = readFileSync(folder.file(name), "latin1");
    expect(text.length).toBeGreaterThan(0);
    expect(text).not.toContain(API_KEY);
    expect(text).not.toMatch(/authorization|bearer sdk/i);
  }
});
