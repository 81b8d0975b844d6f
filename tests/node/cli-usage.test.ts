import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { API_KEY, type CliOptions, runCli, runJson } from "../support/cli.js";
import { event, events, ndjson } from "../support/events.js";
import { Folder } from "../support/folder.js";
import { startSandbox } from "../support/sandbox.js";

interface ErrorJson {
  error: { code: string; message: string };
}

/** Runs what must fail before anything happens: one line, the same in JSON, exit 2. */
async function failure(args: string[], options?: CliOptions): Promise<ErrorJson["error"]> {
  const asJson = await runJson<ErrorJson>(args, options);
  expect(Object.keys(asJson.json)).toEqual(["error"]);
  expect(asJson.code).toBe(2);
  const forPeople = await runCli(args, options);
  expect(forPeople).toMatchObject({ code: 2, stdout: "" });
  expect(forPeople.stderr).toBe(asJson.stderr);
  expect(forPeople.stderr).toBe(`split-events: ${asJson.json.error.message}\n`);
  return asJson.json.error;
}

test("no command, an unknown one, an unknown option, no file: one line that says where help is", async () => {
  expect(await failure([])).toMatchObject({
    code: "usage",
    message: expect.stringContaining("check, map, presets, plan, send, resume"),
  });
  expect((await failure(["chekc", "a.json"])).message).toContain("check");
  expect((await failure(["check", "--stirct", "a.json"])).message).toContain("did you mean --strict?");
  expect((await failure(["send", "--endpiont=http://x", "a.json"])).message).toContain("did you mean --endpoint?");
  expect((await failure(["send", "--timeoutMs", "5000", "a.json"])).message).toContain("did you mean --timeout?");
  expect((await failure(["check", "--max-events", "5", "a.json"])).message).toContain(
    "--max-events is an option of plan, send, not of check",
  );
  expect((await failure(["check", "--json=true", "a.json"])).message).toContain("--json takes no value");
  expect((await failure(["send", "--journal", "j", "--no-journal", "a.json"])).message).toContain("exclude each other");
  expect((await failure(["send"])).message).toContain("split-events send --help");
  const { message } = await failure(["worker", "list", "dead", "--url", "http://127.0.0.1:9", "--limti", "5"]);
  expect(message).toBe("unknown option --limti: did you mean --limit?; see split-events worker list --help");
});

test("a word that is none of the possible ones is named with them", async () => {
  const url = ["--url", "http://127.0.0.1:9"];
  expect((await failure(["worker", "list", "ded", ...url])).message).toBe(
    'state must be one of planned, dispatching, unknown, refused, dead, but is "ded"; see split-events worker list --help',
  );
  expect((await failure(["worker", "resolve", "--all", "x", "--as", "drop", ...url])).message).toMatch(
    /^--all must be one of planned, unknown, refused, but is "x"; see /,
  );
});

test("the value of an unknown option is not repeated", async () => {
  expect((await failure(["send", "--sekret=abc123xyz", "a.json"])).message).not.toContain("abc123xyz");
  expect((await failure(["send", "-sabc123xyz", "a.json"])).message).not.toContain("abc123xyz");
  expect((await failure(["send", "--sekret=it's abc'123xyz", "a.json"])).message).not.toContain("123xyz");
});

test("a time without a unit is milliseconds, and one that was probably meant in seconds is refused", async () => {
  const sandbox = await startSandbox();
  const path = new Folder().write("events.ndjson", ndjson(events(1)));
  const send = ["send", path, "--endpoint", sandbox.endpoint];
  for (const [flag, value, said] of [
    ["--timeout", "30", "did you mean 30s?"],
    ["--deadline", "99", "did you mean 99s?"],
    ["--pause-cap", "0.5", "did you mean 0.5s?"],
    ["--timeout", "30sec", "500ms, 30s, 2m or 1h"],
    ["--timeout", "-5", "500ms, 30s, 2m or 1h"],
    ["--timeout", "25d", "500ms, 30s, 2m or 1h"],
    ["--timeout", "0", "is 0"],
    ["--deadline", "0s", "is 0"],
    ["--pause-cap", "1000h", "--pause-cap must be a whole number of milliseconds"],
    ["--retries", "1000", "from 0 to 999"],
    ["--ledger-days", "0", "--ledger-days must be days, more than 0"],
    ["--resend", "other-key", "--resend does nothing without --ledger"],
  ] as const) {
    const { message } = await failure([...send, flag, value]);
    expect(message).toContain(said);
    expect(message).toContain(flag);
  }
  expect(sandbox.posts()).toEqual([]);
  sandbox.setFaults([{ post: 1, do: "hang" }]);
  const late = await runJson<{ batches: { attempts: { error: string }[] }[] }>([...send, "--timeout", "0.2s"]);
  expect(late.json.batches[0]?.attempts[0]?.error).toBe("no answer in 200 ms");
  for (const span of ["150", "50ms", "30s", "2m", "1h", "1.5s"]) {
    expect((await runCli([...send, "--timeout", "5s", "--deadline", span, "--pause-cap", span])).code).toBeLessThan(4);
  }
});

test("a key given as an argument is refused with the reason and never repeated", async () => {
  for (const argument of [
    ["--api-key", API_KEY],
    [`--api-key=${API_KEY}`],
    ["--apiKey", API_KEY],
    [`--key=${API_KEY}`],
    ["--sdk-key", API_KEY],
    ["--token", API_KEY],
    [`-k${API_KEY}`],
    ["-H", `Authorization: Bearer ${API_KEY}`],
  ]) {
    const error = await failure(["send", ...argument, "a.json"]);
    expect(error.code).toBe("key_as_argument");
    expect(error.message).toContain("SPLIT_API_KEY");
  }
});

test("no key: one line that names the variable, and nothing is sent", async () => {
  const sandbox = await startSandbox();
  const path = new Folder().write("events.ndjson", ndjson(events(1)));
  for (const SPLIT_API_KEY of [undefined, ""]) {
    const error = await failure(["send", path, "--endpoint", sandbox.endpoint], { env: { SPLIT_API_KEY } });
    expect(error).toMatchObject({ code: "no_key", message: expect.stringContaining("SPLIT_API_KEY") });
  }
  expect(sandbox.posts()).toEqual([]);
});

test("a key that no header may hold is refused and not repeated", async () => {
  const path = new Folder().write("events.ndjson", ndjson(events(1)));
  for (const SPLIT_API_KEY of [`${API_KEY}\nX-Other: 1`, `${API_KEY}\u00e9`, `${API_KEY} `]) {
    await failure(["send", path], { env: { SPLIT_API_KEY } });
  }
});

test("a missing file, a folder without events or an unreadable file is named, and nothing is sent", async () => {
  const sandbox = await startSandbox();
  const folder = new Folder();
  const good = folder.write("good.ndjson", ndjson(events(1)));
  for (const [path, code] of [
    [folder.file("missing.json"), "file_not_found"],
    [new Folder().path, "folder_empty"],
    [`${good}/inside`, "file_unreadable"],
  ] as const) {
    for (const command of ["check", "plan", "send"]) {
      const options = command === "send" ? ["--endpoint", sandbox.endpoint] : [];
      const error = await failure([command, good, path, ...options]);
      expect(error.code).toBe(code);
      expect(error.message).toContain(path);
    }
  }
  expect(sandbox.posts()).toEqual([]);
});

test("an input given twice is refused, even by two names", async () => {
  const folder = new Folder();
  const path = folder.write("events.ndjson", ndjson(events(1)));
  expect(await failure(["check", path, `${folder.path}/./events.ndjson`])).toMatchObject({ code: "file_twice" });
  expect(await failure(["check", "-", path, "-"])).toMatchObject({ code: "file_twice" });
});

test("control characters in a file's name do not reach the terminal", async () => {
  const { message } = await failure(["check", "bad\u001b[31m\u009b2J\nname.json"]);
  expect(message).toContain("bad\\u001b[31m\\u009b2J\\nname.json");
});

test("a wrong value is refused with the name of its flag", async () => {
  const path = new Folder().write("events.ndjson", ndjson(events(1)));
  for (const [option, value, said] of [
    ["--format", "xml", '"xml"'],
    ["--endpoint", "ftp://127.0.0.1/", '"ftp:"'],
    ["--endpoint", "nowhere", "as in https://"],
    ["--concurrency", "0", "is 0"],
    ["--timeout", "0", "is 0"],
    ["--timestamp-unit", "hours", '"hours"'],
    ["--now", "yesterday", '"yesterday"'],
    ["--now", "0", "is 0"],
  ] as const) {
    const { message } = await failure(["send", option, value, path]);
    expect(message).toContain(option);
    expect(message).toContain(said);
  }
});

test("credentials in an endpoint are refused and not repeated", async () => {
  const path = new Folder().write("events.ndjson", ndjson(events(1)));
  const { message } = await failure(["send", path, "--endpoint", "http://someone:hunter2@127.0.0.1:9/x?token=s3cret"]);
  expect(message).not.toMatch(/hunter2|s3cret/);
});

test("--version is the package's", async () => {
  const { version } = JSON.parse(readFileSync("pkg/package.json", "utf8")) as { version: string };
  expect(await runCli(["--version"])).toEqual({ code: 0, stdout: `${version}\n`, stderr: "" });
});

test("each command's help has an example that runs", async () => {
  const sandbox = await startSandbox();
  const folder = new Folder();
  for (const name of ["events.json", "part-1.ndjson"]) folder.write(name, ndjson([event(0)]));
  for (const command of ["check", "plan", "send"]) {
    const { code, stdout, stderr } = await runCli([command, "--help"]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const examples = stdout.split("\n").filter((line) => line.startsWith("  split-events "));
    expect(examples.length).toBeGreaterThan(1);
    for (const example of examples) {
      const [args = "", input] = example.replace("  split-events ", "").split("<");
      const words = args.trim().replace("part-*.ndjson", "part-1.ndjson").split(/\s+/);
      const endpoint = command === "send" ? ["--endpoint", sandbox.endpoint] : [];
      const result = await runCli([...words, ...endpoint], {
        cwd: folder.path,
        ...(input ? { input: readFileSync(folder.file(input.trim())) } : {}),
      });
      expect(result, example).toMatchObject({ code: 0 });
    }
  }
});

test("a reader that leaves early, such as head, ends the command quietly", async () => {
  const input = ndjson(Array.from({ length: 3000 }, (_, i) => ({ [`field${i}`]: "\u0001".repeat(50) })));
  const path = new Folder().write("events.ndjson", input);
  const child = spawn(process.execPath, ["pkg/bin/split-events.js", "check", "--json", path]);
  let stderr = "";
  child.stderr.on("data", (data) => {
    stderr += data;
  });
  child.stdout.destroy();
  const [code, signal] = await once(child, "close");
  expect({ code, signal, stderr }).toEqual({ code: 1, signal: null, stderr: "" });
});

test("a long result is written to its end before the command ends", async () => {
  const changes = { eventTypeId: "\u20ac", key: "", timestamp: "x", value: "y", trafficTypeName: "" };
  const { code, json, stdout } = await runJson<{ issues: unknown[] }>(["check", "-"], {
    input: ndjson(events(500, changes)),
  });
  expect(code).toBe(1);
  expect(json.issues).toHaveLength(500);
  expect(stdout.length).toBeGreaterThan(100_000);
});
