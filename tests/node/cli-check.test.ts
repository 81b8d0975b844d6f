import type { Report } from "split-events";
import { expect, test } from "vitest";
import { runCli, runJson } from "../support/cli.js";
import { type Event, event, events, ndjson } from "../support/events.js";
import { Folder } from "../support/folder.js";
import { startSandbox } from "../support/sandbox.js";

const EXAMPLE = "tests/data/sending-event-data.json";

test("the documentation's example is repaired, and each repair is reported with its place", async () => {
  const { code, json, stderr } = await runJson<Report>(["check", EXAMPLE]);
  expect(code).toBe(0);
  expect(stderr).toBe("");
  expect(json).toMatchObject({ events: 2, clean: 0, repaired: 2, refused: 0, warned: 2 });
  expect(json.issueCounts).toEqual({ timestamp_old: 2, timestamp_seconds: 2, timestamp_string: 2 });
  expect(json.issues).toHaveLength(6);
  for (const issue of json.issues) {
    expect(Object.keys(issue).sort()).toEqual(
      ["byteOffset", "code", "file", "got", "hint", "index", "line", "message", "path", "severity"].sort(),
    );
  }
  expect(json.issues[0]).toMatchObject({ path: "timestamp", index: 0, line: 1, got: '"1645557823"', file: EXAMPLE });
  expect(json.issues[5]).toMatchObject({ path: "timestamp", index: 1, line: 2, got: '"1645557824"', file: EXAMPLE });
});

test("clean events: exit 0", async () => {
  const { code, json } = await runJson<Report>(["check", "-"], { input: ndjson(events(3)) });
  expect(code).toBe(0);
  expect(json).toMatchObject({ events: 3, clean: 3, issues: [] });
});

test("a refused event: exit 1", async () => {
  const { code, json } = await runJson<Report>(["check", "-"], { input: ndjson([event(0), event(1, { key: "" })]) });
  expect(code).toBe(1);
  expect(json).toMatchObject({ events: 2, clean: 1, refused: 1 });
  expect(json.issues[0]).toMatchObject({ code: "key_empty", index: 1, line: 2, file: "-" });
});

test("--strict refuses what would be repaired", async () => {
  const { code, json } = await runJson<Report>(["check", "--strict", EXAMPLE]);
  expect(code).toBe(1);
  expect(json).toMatchObject({ repaired: 0, refused: 2 });
});

test("--normalize-names turns spaces in names into _", async () => {
  const input = ndjson([event(0, { eventTypeId: "page load" })]);
  expect((await runJson<Report>(["check", "-"], { input })).json).toMatchObject({ refused: 1 });
  const { code, json } = await runJson<Report>(["check", "--normalize-names", "-"], { input });
  expect(code).toBe(0);
  expect(json).toMatchObject({ repaired: 1, issueCounts: { event_type_id_normalized: 1 } });
});

test("--traffic-types refuses events of any other", async () => {
  const input = ndjson([event(0), event(1, { trafficTypeName: "account" }), event(2, { trafficTypeName: "usr" })]);
  const { code, json } = await runJson<Report>(["check", "--traffic-types", "user, account", "-"], { input });
  expect(code).toBe(1);
  expect(json).toMatchObject({ clean: 2, issueCounts: { traffic_type_name_unknown: 1 } });
});

test("--flatten turns nested objects in properties into dotted names", async () => {
  const sandbox = await startSandbox();
  const input = ndjson([event(0, { properties: { place: { country: "CA", tags: ["a"] }, n: 1 } })]);
  expect((await runJson<Report>(["check", "-"], { input })).json.issueCounts).toEqual({ property_not_scalar: 1 });
  const { code, json } = await runJson<Report>(["send", "--flatten", "-", "--endpoint", sandbox.endpoint], { input });
  expect(code).toBe(0);
  expect(json).toMatchObject({ repaired: 1, issueCounts: { property_flattened: 1, property_not_scalar: 1 } });
  expect(json.issues.map(({ path }) => path)).toEqual(["properties.place", "properties.place.tags"]);
  const properties = sandbox.ledger().map(({ event }) => (event as Event).properties);
  expect(properties).toEqual([{ "place.country": "CA", "place.tags": null, n: 1 }]);
});

test("--timestamp-unit sets the unit, and a number that is no time in it is refused", async () => {
  const seconds = Math.round(Date.now() / 1000);
  const input = ndjson([event(0, { timestamp: seconds }), event(1, { timestamp: seconds * 1000 })]);
  const check = async (unit: string) => {
    const { json } = await runJson<Report>(["check", "--timestamp-unit", unit, "-"], { input });
    return [json.issueCounts, json.clean, json.repaired, json.refused];
  };
  expect(await check("auto")).toEqual([{ timestamp_seconds: 1 }, 1, 1, 0]);
  expect(await check("s")).toEqual([{ timestamp_seconds: 1, timestamp_out_of_range: 1 }, 0, 1, 1]);
  expect(await check("ms")).toEqual([{ timestamp_out_of_range: 1 }, 1, 0, 1]);
  expect(await check("us")).toEqual([{ timestamp_out_of_range: 2 }, 0, 0, 2]);
  expect(await check("ns")).toEqual([{ timestamp_out_of_range: 2 }, 0, 0, 2]);
});

test("old timestamps and those ahead are warned of by this machine's clock or by --now, and not with --now off", async () => {
  const day = 86_400_000;
  const input = ndjson([-91, -89, 0, 2].map((days, n) => event(n, { timestamp: Date.now() + days * day })));
  const check = async (...args: string[]) => {
    const { code, json } = await runJson<Report>(["check", ...args, "-"], { input });
    expect({ code, clean: json.clean }).toEqual({ code: 0, clean: 4 });
    return [json.issueCounts, json.warned];
  };
  expect(await check()).toEqual([{ timestamp_old: 1, timestamp_ahead: 1 }, 2]);
  expect(await check("--now", String(Date.now() + 30 * day))).toEqual([{ timestamp_old: 2 }, 2]);
  expect(await check("--now", "off")).toEqual([{}, 0]);
});

test("--format overrides what the first bytes look like", async () => {
  const input = `not an event\n${ndjson([event(0)])}`;
  expect((await runCli(["check", "-"], { input })).code).toBe(2);
  const { json } = await runJson<Report>(["check", "--format", "ndjson", "-"], { input });
  expect(json).toMatchObject({ events: 2, clean: 1, refused: 1 });
});

test("several files are one import, and each issue names its file", async () => {
  const folder = new Folder();
  const first = folder.write("first.ndjson", ndjson([event(0), event(1, { key: " a " })]));
  const second = folder.write("second.json", JSON.stringify([event(2, { key: "" }), event(3)], null, 2));
  const { code, json } = await runJson<Report>(["check", first, second, "-"], {
    input: ndjson([event(4, { timestamp: 0 })]),
  });
  expect(code).toBe(1);
  expect(json).toMatchObject({ events: 5, clean: 2, repaired: 1, refused: 2 });
  expect(json.issues.map(({ code, index, line, file }) => ({ code, index, line, file }))).toEqual([
    { code: "key_trimmed", index: 1, line: 2, file: first },
    { code: "key_empty", index: 2, line: 5, file: second },
    { code: "timestamp_not_positive", index: 4, line: 1, file: "-" },
  ]);
});

test("a file that is read in many chunks is counted to the event", async () => {
  const path = new Folder().write("many.ndjson", ndjson(events(5000)));
  const { code, json } = await runJson<Report>(["check", path]);
  expect(code).toBe(0);
  expect(json).toMatchObject({ events: 5000, clean: 5000 });
});

test("an empty array: exit 0 without an issue", async () => {
  const { code, json, stderr } = await runJson<Report>(["check", "-"], { input: "[]" });
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(json).toMatchObject({ events: 0, issues: [] });
});

test("an array that is cut off: exit 1 and one line", async () => {
  const { code, json, stderr } = await runJson<Report>(["check", "-"], { input: `[${JSON.stringify(event(0))},\n` });
  expect(code).toBe(1);
  expect(json).toMatchObject({ events: 1, clean: 1, issueCounts: { array_not_closed: 1 } });
  expect(stderr).toMatch(/^split-events: standard input:2: .*\n$/);
});

for (const [what, content, issue] of [
  ["an empty file", "", "empty_input"],
  ["a file of white space", " \n\n", "empty_input"],
  ["a file that is not JSON", "hello, world\n", "input_not_events"],
  ["a file in UTF-16 without a mark", Buffer.from("[{}]", "utf16le"), "input_utf16"],
] as const) {
  test(`${what}: the report as usual, one line that names the file, exit 2`, async () => {
    const path = new Folder().write("trouble.json", content);
    const { code, json, stderr } = await runJson<Report>(["check", path]);
    expect(code).toBe(2);
    expect(json).toMatchObject({ events: 0, issueCounts: { [issue]: 1 } });
    expect(json.issues).toMatchObject([{ code: issue, severity: "error", index: null, file: path }]);
    expect(stderr).toMatch(/^split-events: \S+trouble\.json(:\d+)?: .+; .+\n$/);

    const forPeople = await runCli(["check", path]);
    expect(forPeople).toEqual({ code: 2, stdout: "", stderr });
  });
}

test("--json keeps every character, and escapes those that a terminal obeys", async () => {
  const key = "\u009b31m\u007f\u202e ";
  const { json, stdout } = await runJson<Report>(["check", "-"], { input: ndjson([event(0, { key })]) });
  expect(JSON.parse(json.issues[0]?.got ?? "")).toBe(key);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: it looks for them
  expect(stdout.trimEnd()).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e]/);
});

test("without --json the verdict comes first, then the counts, then the issues", async () => {
  const { code, stdout, stderr } = await runCli(["check", EXAMPLE]);
  expect(code).toBe(0);
  expect(stderr).toBe("");
  expect(stdout.split("\n")[0]).toBe("2 events: 2 can be sent (2 repaired)");
  expect(stdout).toMatch(/^repaired +2 /m);
  expect(stdout).toMatch(/^warned +2 /m);
  expect(stdout).toMatch(/^timestamp_seconds +2 +tests\/data\/sending-event-data\.json:1$/m);
  expect(stdout).toContain('found: "1645557823"');
  expect(stdout).not.toContain("\u001b");
});
