import { gzipSync } from "node:zlib";
import { Batcher, check, KnownKeys, type Report } from "split-events";
import { expect, test } from "vitest";
import { runCli, runJson } from "../support/cli.js";
import { event, ndjson } from "../support/events.js";
import { Folder } from "../support/folder.js";

const input = ndjson([event(0, { key: "Ava" }), event(1, { key: "Bob" })]);

test("an array of known keys warns of every other key, and the report has the share that matches", async () => {
  const report = await check(input, { knownKeys: ["Ava", "Cy"] });
  expect(report).toMatchObject({ clean: 2, warned: 1, issueCounts: { key_not_known: 1 } });
  expect(report.keyMatches).toEqual([{ trafficType: "user", events: 2, known: 1, share: 0.5 }]);
  expect(report.keys).toEqual({ uuid: 0, integer: 0, email: 0, other: 2, capitals: 2, spaces: 0 });
});

test("without known keys the report has no matches", async () => {
  const report = await check(input);
  expect(report).not.toHaveProperty("keyMatches");
  expect(report).not.toHaveProperty("keyHint");
});

test("known keys are read once and used in many checks, and in a Batcher", async () => {
  const knownKeys = await KnownKeys.read(new Blob(["id,key\n1,Ava\n2,Ava\n"]));
  expect(knownKeys.size).toBe(1);
  for (let n = 0; n < 2; n += 1) {
    expect((await check(input, { knownKeys })).keyMatches?.[0]).toMatchObject({ known: 1 });
  }
  const batcher = new Batcher({ knownKeys });
  batcher.push(input);
  batcher.finish();
  expect(batcher.report.issueCounts).toEqual({ key_not_known: 1 });
});

test("a list in gzip is read however it is cut", async () => {
  const packed = gzipSync("Ava\nBob\n");
  async function* cut(size: number) {
    for (let at = 0; at < packed.length; at += size) yield packed.subarray(at, at + size);
  }
  for (const size of [1, 2, 7, 1000]) expect((await KnownKeys.read(cut(size))).size).toBe(2);
  await expect(KnownKeys.read(packed.subarray(0, 15))).rejects.toMatchObject({ code: "stream_failed" });
});

test("known keys of a wrong type or without any key are refused", async () => {
  // @ts-expect-error the name of a file is not a list
  await expect(check(input, { knownKeys: 7 })).rejects.toMatchObject({ code: "invalid_option" });
  await expect(check(input, { knownKeys: "keys.txt" })).rejects.toMatchObject({ code: "invalid_option" });
  // @ts-expect-error numbers are not keys
  await expect(check(input, { knownKeys: [7] })).rejects.toMatchObject({ code: "invalid_option" });
  await expect(check(input, { knownKeys: [] })).rejects.toMatchObject({ code: "known_keys_empty" });
  await expect(KnownKeys.read("a,b\n1,2", { column: "c" })).rejects.toMatchObject({ code: "known_keys_column" });
});

test("--known-keys takes a column of a gzip file and shows share and hint", async () => {
  const keys = Array.from({ length: 40 }, (_, n) => `USER-${n}`);
  const table = `time;user id\n${keys.map((key) => `1;${key}`).join("\n")}\n`;
  const list = new Folder().write("keys.csv.gz", gzipSync(table));
  const events = ndjson(keys.map((key, n) => event(n, { key: key.toLowerCase() })));
  const args = ["check", "--known-keys", list, "--known-keys-column", "user id", "-"];
  const { code, json } = await runJson<Report>(args, { input: events });
  expect(code).toBe(0);
  expect(json.keyMatches).toEqual([{ trafficType: "user", events: 40, known: 0, share: 0 }]);
  expect(json.keyHint).toMatchObject({ code: "case", trafficType: "user" });
  const { stdout } = await runCli(args, { input: events });
  expect(stdout).toContain("Known keys: in 0 of 40 events of traffic type user (0 %)");
  expect(stdout).toContain("the keys differ only in capital letters");
});

test("a list that cannot be read ends the command before anything is checked", async () => {
  const missing = await runCli(["check", "--known-keys", "/no/such/file", "-"], { input });
  expect(missing).toMatchObject({ code: 2, stdout: "" });
  expect(missing.stderr).toContain("there is no such file");
  const list = new Folder().write("keys.csv", "user,time\nAva,1\n");
  const column = await runCli(["check", "--known-keys", list, "--known-keys-column", "key", "-"], { input });
  expect(column.code).toBe(2);
  expect(column.stderr).toContain("--known-keys-column must name a column of the list: user, time");
});
