import { mkdirSync, openAsBlob, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { zstdCompressSync } from "node:zlib";
import { check, type Input, InputError, Sources, send } from "split-events";
import { describe, expect, test } from "vitest";
import { runCli, runJson } from "../support/cli.js";
import { events, ndjson } from "../support/events.js";
import { Folder } from "../support/folder.js";
import { failure } from "../support/input-error.js";
import { startSandbox } from "../support/sandbox.js";

const fixture = (name: string) => fileURLToPath(new URL(`../fixtures/formats/${name}`, import.meta.url));
const read = (name: string) => readFileSync(fixture(name));

async function* chunks(bytes: Uint8Array, size = 1000) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

/** Returns the bodies that an input is sent as. */
async function sent(input: Input, options: { sheet?: string } = {}): Promise<Record<string, unknown>[]> {
  const found: Record<string, unknown>[] = [];
  const fetch = async (_: string, init?: RequestInit) => {
    found.push(...JSON.parse(new TextDecoder().decode(init?.body as Uint8Array)));
    return new Response(null, { status: 202 });
  };
  await send(input, { apiKey: "containers", concurrency: 1, now: false, fetch, ...options });
  return found;
}

/** Returns the bytes with some of them changed behind each place where `mark` stands. */
function changed(bytes: Uint8Array, mark: string, behind: number, to: (byte: number) => number): Buffer {
  const copy = Buffer.from(bytes);
  for (let at = copy.indexOf(mark, 0, "latin1"); at >= 0; at = copy.indexOf(mark, at + 1, "latin1")) {
    copy[at + behind] = to(copy[at + behind] as number);
  }
  return copy;
}

describe("zip", () => {
  test("each member is a source, and issues name it", async () => {
    const report = await check(new Sources([{ name: "export.zip", input: read("amplitude.zip") }]));
    expect(report.issues[0]).toMatchObject({ file: "export.zip/305/305_2026-11-20_1#0.json.gz", line: 1 });
    expect(report.issues.some(({ file }) => file === "export.zip/305/305_2026-11-20_2#0.json.gz")).toBe(true);
  });

  test("it is read from a stream, too, and a file in it that the system made is left out", async () => {
    expect(await check(chunks(read("tables.zip"), 7))).toMatchObject({ events: 12, refused: 0 });
  });

  test("a damaged member is named, and what stands before it is read", async () => {
    const zip = Buffer.from(read("amplitude.zip"));
    const second = zip.indexOf("305_2026-11-20_2#0.json.gz") + 60;
    zip[second] = (zip[second] as number) ^ 0xff;
    const error = await failure(check(zip));
    expect(error.message).toContain("305/305_2026-11-20_2#0.json.gz: the gzip data is corrupt");
    expect(error).toMatchObject({ code: "stream_failed", cause: { code: "gzip_corrupt" }, report: { events: 6 } });
  });

  test("a checksum that does not fit is damage", async () => {
    const wrong = changed(read("tables.zip"), "PK\x01\x02", 16, (byte) => byte ^ 1);
    expect(await failure(check(wrong))).toMatchObject({ cause: { code: "zip_corrupt" } });
  });

  test.each([
    ["encrypted", 6, 8, 1, "it is encrypted"],
    ["compressed by LZMA", 8, 10, 14, "by LZMA, which is not read"],
    ["compressed by an unknown method", 8, 10, 77, "by method 77, which is not read"],
  ])("a member that is %s is named with that", async (_, local, central, value, message) => {
    const set = (byte: number) => (value === 1 ? byte | 1 : value);
    const zip = changed(changed(read("tables.zip"), "PK\x03\x04", local, set), "PK\x01\x02", central, set);
    const error = await failure(check(zip));
    expect(error.message).toContain("one.ndjson: it is ");
    expect(error.message).toContain(message);
    expect(error).toMatchObject({ cause: { code: "zip_unsupported" } });
  });

  test("one that is cut off is damaged", async () => {
    const error = await failure(check(read("tables.zip").subarray(0, -30)));
    expect(error).toMatchObject({ cause: { code: "zip_corrupt" } });
  });
});

describe("zstd", () => {
  const frame = (count: number) => zstdCompressSync(ndjson(events(count)), { params: { 201: 1 } });
  const skipped = Buffer.from([0x50, 0x2a, 0x4d, 0x18, 4, 0, 0, 0, 1, 2, 3, 4]);

  test("all frames are read, and those that are to be skipped are skipped", async () => {
    const packed = Buffer.concat([skipped, frame(2), skipped, frame(3)]);
    for (const size of [1, 7, 1000]) expect(await check(chunks(packed, size))).toMatchObject({ events: 5, clean: 5 });
  });

  test.each([
    ["is cut off", (packed: Buffer) => packed.subarray(0, -1), "the zstd data is cut off in its frame 2"],
    ["has a wrong checksum", (packed: Buffer) => changedAt(packed, -1), "the zstd data is damaged in its frame 2"],
    ["is followed by other bytes", (packed: Buffer) => Buffer.concat([packed, Buffer.from("other")]), "in its frame 3"],
  ])("data that %s is one error, with what was read before", async (_, damage, message) => {
    const error = await failure(check(damage(Buffer.concat([frame(2), frame(3)]))));
    expect(error.message).toContain(message);
    expect(error).toMatchObject({ cause: { code: "zstd_corrupt" } });
    expect(error.report?.events).toBeGreaterThanOrEqual(2);
  });

  test("a frame that needs more memory than others take is refused", async () => {
    const large = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, 0xff, 1, 0, 0]);
    expect(await failure(check(large))).toMatchObject({ cause: { code: "zstd_unsupported" } });
  });

  function changedAt(bytes: Buffer, at: number): Buffer {
    const copy = Buffer.from(bytes);
    copy[copy.length + at] = (copy[copy.length + at] as number) ^ 1;
    return copy;
  }
});

describe("Parquet", () => {
  test("it is read from a stream, too", async () => {
    expect(await check(chunks(read("pyarrow-snappy.parquet"), 7))).toMatchObject({ events: 12, refused: 0 });
  });

  test("one that is cut off is damaged", async () => {
    const error = await failure(check(read("polars.parquet").subarray(0, -100)));
    expect(error.message).toContain("the Parquet file is damaged or cut off");
    expect(error).toMatchObject({ cause: { code: "parquet_corrupt" } });
  });

  test("row groups before a damaged one are read", async () => {
    const file = Buffer.from(read("pyarrow-gzip.parquet"));
    // the last member of gzip is in the last row group
    const member = file.lastIndexOf(Buffer.from([0x1f, 0x8b]));
    file.fill(0xff, member + 10, member + 16);
    const error = await failure(check(file));
    expect(error).toMatchObject({ cause: { code: "parquet_corrupt" }, report: { events: 10 } });
  });

  test("a table whose header begins with PAR1 is a table", async () => {
    const text = "PAR1,eventTypeId,trafficTypeName,key,timestamp\n1,a,user,k,1795168800000\n";
    expect(await check(new TextEncoder().encode(text))).toMatchObject({ events: 1, clean: 1 });
  });

  test("a nested file has its properties", async () => {
    const [first] = await sent(await openAsBlob(fixture("pyarrow-nested.parquet")));
    expect(first?.properties).toEqual({ plan: "free", id: 1, price: 12.5, day: "2026-02-28", ok: true, small: 0.1 });
  });
});

describe("workbooks", () => {
  test("if several sheets have cells, the error names them", async () => {
    const error = await failure(check(read("sheets.xlsx")));
    expect(error.message).toContain('2 sheets with cells, "Events" and "More"');
    expect(error).toMatchObject({ cause: { code: "sheet_not_named" } });
  });

  test("a sheet that does not exist is refused with those that do", async () => {
    const error = await failure(check(read("sheets.xlsx"), { sheet: "Evnts" }));
    expect(error.message).toContain('the workbook has no sheet "Evnts", but "Events", "More"');
  });

  test("cells are what the sheet shows", async () => {
    const [first] = await sent(read("sheets.xlsx"), { sheet: "Events" });
    expect(first).toMatchObject({ key: "007", timestamp: 1795168800000, value: 0.3 });
    expect(first?.properties).toEqual({
      plan: "  two\nlines ",
      time: "10:30:00",
      passed: "26:30:00",
      both: "1900-02-28T12:00:00.500",
      ok: true,
    });
  });

  test("issues name sheet and row", async () => {
    const source = { name: "book.xlsx", input: read("sheets.xlsx"), sheet: "More" };
    const report = await check(new Sources([source]));
    expect(report.issues[0]).toMatchObject({ file: "book.xlsx/More", line: 2 });
  });

  test.each(["openpyxl.xlsx", "openpyxl-1904.xlsx", "xlsxwriter.xlsx"])("times of %s have no zone", async (name) => {
    const report = await check(read(name));
    expect(report.issues[0]).toMatchObject({ code: "timestamp_zone_missing", got: '"2026-11-20T10:00:00"' });
    const got = report.issues.filter(({ code }) => code === "timestamp_zone_missing").map(({ got }) => got);
    expect(got.slice(0, 3)).toEqual([
      '"2026-11-20T10:00:00"',
      '"2026-11-20T10:20:34.567"',
      '"2026-11-20T10:41:09.134"',
    ]);
  });

  test("one that is damaged is named so", async () => {
    const zip = changed(read("xlsxwriter.xlsx"), "PK\x01\x02", 16, (byte) => byte ^ 1);
    expect(await failure(check(zip))).toBeInstanceOf(InputError);
  });
});

describe("the command", () => {
  test("a folder is read with its folders, by name, and says what it leaves out", async () => {
    const folder = new Folder();
    mkdirSync(folder.file("a"));
    folder.write("b.ndjson", ndjson(events(2)));
    folder.write("a/c.ndjson", ndjson(events(3)));
    folder.write("a/notes.pdf", "%PDF-");
    folder.write(".hidden.ndjson", "x");
    folder.write("_SUCCESS", "");
    const { json, stderr } = await runJson(["check", folder.path, "--json"]);
    expect(json).toMatchObject({ events: 5 });
    expect(stderr).toContain("reading 2 files (2 .ndjson), left out");
    expect(stderr).toContain("notes.pdf");
  });

  test("an import of a folder of containers is resumed by reading them again", async () => {
    const sandbox = await startSandbox();
    const folder = new Folder();
    mkdirSync(folder.file("data"));
    folder.write("data/a.parquet", read("pyarrow-gzip.parquet"));
    folder.write("data/b.zip", read("tables.zip"));
    const flags = ["--endpoint", sandbox.endpoint, "--journal", folder.file("journal"), "--max-events", "5"];
    const data = folder.file("data");
    const stopped = await runCli(["send", data, ...flags, "--json", "--deadline", "1ms"]);
    const before = JSON.parse(stopped.stdout);
    expect(before.accepted + before.unsent).toBe(24);
    const { json } = await runJson(["resume", "--journal", folder.file("journal"), "--json"]);
    expect(json).toMatchObject({ accepted: 24, unsent: 0 });
  });

  test("--sheet names the sheet", async () => {
    const { json } = await runJson(["check", fixture("sheets.xlsx"), "--sheet", "More", "--json"]);
    expect(json).toMatchObject({ events: 1, clean: 1 });
  });
});
