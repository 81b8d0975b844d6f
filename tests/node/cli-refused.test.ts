import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import type { Receipt } from "split-events";
import { expect, test } from "vitest";
import { runCli, runJson } from "../support/cli.js";
import { type Event, event, ndjson, parseNdjson } from "../support/events.js";
import { Folder } from "../support/folder.js";
import { startSandbox } from "../support/sandbox.js";

const HEADER = "eventTypeId,trafficTypeName,key,timestamp,plan";
const REASONS = "split_events_reasons";
const RIGHT = "page_load,user,Ava,1645557824000,gold";
const WRONG = 'page_load,user,,1645557824000,"=1+1 ""x"""';

interface Sent {
  receipt: Receipt;
  /** The file of refused events. */
  refused: string;
  folder: Folder;
}

/** Sends files and returns what `--refused` has written. */
async function sent(files: Record<string, string | Uint8Array>, ...args: string[]): Promise<Sent & { path: string }> {
  const sandbox = await startSandbox();
  const folder = new Folder();
  const paths = Object.entries(files).map(([name, content]) => {
    const path = folder.file(name);
    writeFileSync(path, content);
    return path;
  });
  const path = folder.write("refused", "from last time\n".repeat(100));
  const endpoint = ["--endpoint", sandbox.endpoint];
  const { json } = await runJson<Receipt>(["send", ...paths, ...endpoint, "--refused", path, ...args]);
  return { receipt: json, refused: readFileSync(path, "utf8"), folder, path };
}

test("a table's refused rows are a table with their reasons, which is sent again once it is corrected", async () => {
  const table = `\ufeff${HEADER}\r\n${RIGHT}\r\n${WRONG}\r\n${RIGHT},more\r\n${WRONG}\r\n`;
  const first = await sent({ "a.csv": table });
  expect(first.receipt).toMatchObject({ events: 4, accepted: 1, refused: 3 });
  const reasons = '"key_missing: key is missing"\r\n';
  const marked = WRONG.replace("=", "'=");
  expect(first.refused).toBe(
    `\ufeff${HEADER},${REASONS}\r\n${marked},${reasons}${RIGHT},more,"csv_too_many_cells: the row has more cells than the header"\r\n${marked},${reasons}`,
  );

  const sandbox = await startSandbox();
  writeFileSync(first.path, first.refused.replaceAll("user,,", "user,Ben,").replace(",gold,more,", ",gold more,"));
  const again = await runJson<Receipt>(["send", first.path, "--endpoint", sandbox.endpoint]);
  expect(again).toMatchObject({ code: 0, json: { events: 3, accepted: 3, clean: 3 } });
  const plans = sandbox.ledger().map(({ event }) => (event as Event).properties);
  expect(plans).toEqual([{ plan: '=1+1 "x"' }, { plan: "gold more" }, { plan: '=1+1 "x"' }]);
  expect(readdirSync(first.folder.path).sort()).toEqual(["a.csv", "refused"]);
});

test("tables with one header stay a table: several files, gzip, tabs", async () => {
  const tabs = (text: string) => text.replaceAll(",", "\t");
  const table = tabs(`${HEADER}\n${WRONG}\n`);
  const { refused } = await sent({ "a.tsv": table, "b.tsv.gz": gzipSync(table) });
  expect(refused.split("\n")).toHaveLength(4);
  expect(refused.startsWith(tabs(`${HEADER},${REASONS}\n`))).toBe(true);
});

test("what did not all come in one table is NDJSON, whichever comes first", async () => {
  const json = ndjson([event(0, { key: "" })]);
  const table = `${HEADER}\n${WRONG}\n`;
  const other = `${HEADER},seats\n${WRONG},1\n`;
  for (const files of [{ a: table, b: json }, { a: json, b: table }, { a: table, b: other }, { a: json }]) {
    const { refused, receipt } = await sent(files);
    const lines = parseNdjson<{ state: string; event: Event }>(refused);
    expect(lines).toHaveLength(receipt.refused);
    expect(lines.every(({ state, event }) => state === "refused" && event.trafficTypeName === "user")).toBe(true);
  }
});

test("an event that the service refuses is no row: the file is NDJSON", async () => {
  const sandbox = await startSandbox();
  sandbox.setFaults([{ post: 1, do: "status", status: 400 }]);
  const folder = new Folder();
  const [path, refused] = [folder.write("a.csv", `${HEADER}\n${WRONG}\n${RIGHT}\n`), folder.file("refused")];
  await runCli(["send", path, "--endpoint", sandbox.endpoint, "--refused", refused]);
  expect(parseNdjson<{ index: number }>(readFileSync(refused, "utf8")).map(({ index }) => index)).toEqual([0, 1]);
});

test("a table on standard input gives a table; a pipe gets NDJSON", async () => {
  const sandbox = await startSandbox();
  const folder = new Folder();
  const input = `${HEADER}\n${WRONG}\n`;
  const send = ["send", "-", "--endpoint", sandbox.endpoint, "--refused"];
  await runCli([...send, folder.file("refused")], { input });
  expect(readFileSync(folder.file("refused"), "utf8")).toContain(`${HEADER},${REASONS}\n`);
  execFileSync("mkfifo", [folder.file("pipe")]);
  const read = readFile(folder.file("pipe"), "utf8");
  await runCli([...send, folder.file("pipe")], { input });
  expect(await read).toMatch(/^\{"index":0,.*"state":"refused",/);
});

test("columns are mapped in a corrected table as in the one before", async () => {
  const rows = ["trafficTypeName,event,who,at,=a", "user,signup,Ava,1645557824000,=b", "user,signup,,1645557824000,=c"];
  const flags = ["--map", "event=eventTypeId", "--map", "who=key", "--map", "at=timestamp", "--map", "=a=properties.a"];
  const sandbox = await startSandbox();
  const folder = new Folder();
  const [path, refused] = [folder.write("a.csv", `${rows.join("\n")}\n`), folder.file("refused")];
  const send = [...flags, "--endpoint", sandbox.endpoint, "--refused", refused];
  expect((await runCli(["send", path, ...send])).code).toBe(1);
  const written = readFileSync(refused, "utf8");
  expect(written).toMatch(
    /^trafficTypeName,event,who,at,'=a,split_events_reasons\nuser,signup,,1645557824000,'=c,"key_missing/,
  );
  const corrected = folder.write("corrected.csv", written.replace("signup,,", "signup,Ben,"));
  expect((await runCli(["send", corrected, ...send])).code).toBe(0);
  const properties = sandbox.ledger().map(({ event }) => (event as Event).properties);
  expect(properties).toEqual([{ a: "=b" }, { a: "=c" }]);
});
