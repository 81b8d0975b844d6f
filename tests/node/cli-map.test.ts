import { readdirSync, readFileSync } from "node:fs";
import { Batcher, init, type Mapping, type Report, type Suggestion, suggestMapping } from "split-events";
import { expect, test } from "vitest";
import { runCli, runJson } from "../support/cli.js";
import { Folder } from "../support/folder.js";

const SOURCES = "tests/fixtures/sources";

/** What a fixture is to become. */
interface Expected {
  file: string;
  preset: string | null;
  /** The flags with which `send` reads it. */
  flags: string[];
  records: number;
  skipped: number;
  events: object[];
}

const fixtures = readdirSync(SOURCES)
  .filter((name) => name.endsWith(".expected.json"))
  .map((name) => JSON.parse(readFileSync(`${SOURCES}/${name}`, "utf8")) as Expected)
  // its beacons are read as wrapped events unless the preset is named
  .filter(({ preset }) => preset !== "rum-agent");

/** The flags without those that `map` is to find out. */
function untold(flags: readonly string[]): string[] {
  const pairs = flags.flatMap((flag, at) => (at % 2 === 0 ? [[flag, flags[at + 1] ?? ""]] : []));
  return pairs.filter(([flag = ""]) => ["--set", "--timestamp-zone", "--encoding"].includes(flag)).flat();
}

function eventsOf(bytes: Uint8Array, mapping: Mapping, flags: readonly string[]): object[] {
  const encoding = flags.includes("--encoding") ? ({ encoding: "windows-1252" } as const) : {};
  const batcher = new Batcher({ mapping, now: false, ...encoding });
  const batches = [...batcher.push(bytes), ...batcher.finish()];
  return batches.flatMap(({ body }) => JSON.parse(new TextDecoder().decode(body)) as object[]);
}

test.each(fixtures)(
  "map proposes the mapping that reads $file, with no flag but those that the file cannot tell",
  async ({ file, preset, flags, events }) => {
    const path = `${SOURCES}/${file}`;
    const own = untold(flags);
    const { code, json } = await runJson<Suggestion>(["map", ...own, path]);
    expect({ code, preset: json.preset ?? null, missing: json.missing }).toEqual({ code: 0, preset, missing: [] });
    await init();
    expect(eventsOf(readFileSync(path), json.mapping, flags)).toEqual(events);
    expect(json.first.length).toBeGreaterThan(0);
  },
);

const GERMAN = `Ereignis;Nutzer;Zeitpunkt;Betrag;Land
Bestellung abgeschlossen;u-1;20.11.2026 09:15:30;1.234,50 €;DE
Seite gesehen;u-2;21.11.2026 10:00:00;;AT
`;

test("a table with German names is read by its names and its values", async () => {
  const options = { timestampZone: "Europe/Berlin", set: { trafficTypeName: "user" } };
  const { mapping, parts, missing, isTable } = await suggestMapping(GERMAN, options);
  expect({ isTable, missing }).toEqual({ isTable: true, missing: [] });
  expect(Object.fromEntries(parts.map(({ name, becomes }) => [name, becomes.join()]))).toEqual({
    Ereignis: "eventTypeId",
    Nutzer: "key",
    Zeitpunkt: "timestamp",
    Betrag: "value",
    Land: "properties.Land",
  });
  expect(eventsOf(new TextEncoder().encode(GERMAN), mapping, [])).toEqual([
    {
      eventTypeId: "Bestellung_abgeschlossen",
      trafficTypeName: "user",
      key: "u-1",
      timestamp: Date.UTC(2026, 10, 20, 8, 15, 30),
      value: 1234.5,
      properties: { Land: "DE" },
    },
    {
      eventTypeId: "Seite_gesehen",
      trafficTypeName: "user",
      key: "u-2",
      timestamp: Date.UTC(2026, 10, 21, 9),
      properties: { Land: "AT" },
    },
  ]);
});

test("JSON that no preset is for is read by its names, however deep they stand", async () => {
  const input = `${JSON.stringify({ kind: 1, action: "Signed Up", user: { id: "u-1" }, ts: 1795162530, attributes: { plan: "gold" } })}\n`;
  const { mapping, parts } = await suggestMapping(input, { set: { trafficTypeName: "user" } });
  expect(Object.fromEntries(parts.map(({ name, becomes }) => [name, becomes.join()]))).toMatchObject({
    "/action": "eventTypeId",
    "/user/id": "key",
    "/ts": "timestamp",
    "/attributes/plan": "properties.plan",
    "/kind": "",
  });
  expect(eventsOf(new TextEncoder().encode(input), mapping, [])).toEqual([
    {
      eventTypeId: "Signed_Up",
      trafficTypeName: "user",
      key: "u-1",
      timestamp: 1795162530000,
      properties: { plan: "gold" },
    },
  ]);
});

test("what is missing is shown with the flag that says it, and exit 1", async () => {
  const path = new Folder().write("export.csv", GERMAN);
  const { code, stdout, stderr } = await runCli(["map", path]);
  expect({ code, stderr }).toEqual({ code: 1, stderr: "" });
  expect(stdout).toContain("a table of 5 columns; 2 things to say");
  expect(stdout).toMatch(/^Ereignis +eventTypeId +Bestellung abgeschlossen/m);
  expect(stdout).toMatch(
    /^trafficTypeName +--set trafficTypeName=user +no part of a record is the traffic type of its key$/m,
  );
  expect(stdout).toMatch(/^timestamp +--timestamp-zone UTC +the times name no zone$/m);
  expect(stdout).toMatch(
    /^ {2}→ \{"trafficTypeName":"user","eventTypeId":"Seite_gesehen",.*"timestamp":1795255200000/m,
  );
  expect(stdout).toContain("--set trafficTypeName=user --timestamp-zone UTC --write mapping.json");
});

test("--write keeps the mapping with the flags in it, and check reads the file with it", async () => {
  const folder = new Folder();
  const path = folder.write("export.csv", GERMAN);
  const file = `${folder.path}/mapping.json`;
  const flags = ["--set", "trafficTypeName=user", "--timestamp-zone", "Europe/Berlin", "--map", "Land=-"];
  const { code, stdout } = await runCli(["map", ...flags, "--write", file, path]);
  expect(code, stdout).toBe(0);
  expect(stdout).toMatch(
    /^line 2: Bestellung abgeschlossen;u-1;.*\n {2}→ \{"trafficTypeName":"user","eventTypeId":"Bestellung_abgeschlossen"/m,
  );
  const written = JSON.parse(readFileSync(file, "utf8")) as Mapping;
  expect(written.events?.[0]).toMatchObject({
    trafficTypeName: { value: "user" },
    timestamp: { zone: "Europe/Berlin" },
  });
  const { json } = await runJson<Report>(["check", "--mapping", file, "--now", "off", path]);
  expect(json).toMatchObject({ events: 2, clean: 2 });
});

test("--write does not overwrite the input", async () => {
  const path = new Folder().write("export.csv", GERMAN);
  const { code, stderr } = await runCli(["map", "--write", path, path]);
  expect({ code, stderr }).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("--write would overwrite the input"),
  });
});
