import { readFileSync } from "node:fs";
import { Batcher, check, init, type Receipt, type Report } from "split-events";
import { expect, test } from "vitest";
import { API_KEY, runCli, runJson } from "../support/cli.js";
import { Folder } from "../support/folder.js";
import { startSandbox } from "../support/sandbox.js";

const HEADER = "eventTypeId,trafficTypeName,key,timestamp,value,plan";
const NOW = Date.now();
const TABLE = `${HEADER}\r\npage_load,user,007,${NOW},1.5,gold\r\npage_load,user,"Ava, B.",${NOW},2,"a\nb"\r\n`;

test("a table is recognized by its header, and ordinary rows are clean", async () => {
  for (const input of [TABLE, TABLE.replaceAll(/,(?! )/g, "\t"), `\u{feff}${TABLE}`]) {
    const { code, json } = await runJson<Report>(["check", "-"], { input });
    expect(code).toBe(0);
    expect(json).toMatchObject({ events: 2, clean: 2, issues: [] });
  }
});

test("an issue in a table has the line and byte of its cell", async () => {
  const { code, json } = await runJson<Report>(["check", "-"], {
    input: `${TABLE}page_load,user,Bo,${NOW},many,\r\npage_load,user,Bo,${NOW},1,gold,x\r\n`,
  });
  expect(code).toBe(1);
  const row = Buffer.byteLength(TABLE);
  expect(json.issues.map(({ code, path, line, byteOffset }) => ({ code, path, line, byteOffset }))).toEqual([
    { code: "value_not_number", path: "value", line: 5, byteOffset: row + 32 },
    { code: "csv_too_many_cells", path: "", line: 6, byteOffset: row + 39 + 39 },
  ]);
});

test("--map assigns columns to fields", async () => {
  const input = `event,kind,user_id,at,plan\npage_load,user,Ava,${NOW},gold\n`;
  const map = ["event=eventTypeId", "kind=trafficTypeName", "user_id=key", "at=timestamp", "plan=-"];
  const { code, json } = await runJson<Report>(["check", ...map.flatMap((entry) => ["--map", entry]), "-"], { input });
  expect(code).toBe(0);
  expect(json).toMatchObject({ events: 1, clean: 1 });
});

test("a header without the columns that every event needs: exit 2 and one line that names them", async () => {
  const input = `event,user_id,timestamp\npage_load,Ava,${NOW}\n`;
  const { code, stdout, stderr } = await runCli(["check", "-"], { input });
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toMatch(/^split-events: standard input: .*eventTypeId, trafficTypeName, key.*\n$/);
});

test("a malformed --map is wrong usage", async () => {
  const input = TABLE;
  const notAPair = await runCli(["check", "--map", "user_id", "-"], { input });
  expect(notAPair).toMatchObject({ code: 2, stderr: expect.stringContaining("FROM=FIELD") });
  const noField = await runCli(["check", "--map", "user_id=country", "-"], { input });
  expect(noField).toMatchObject({ code: 2, stderr: expect.stringContaining('--map names no field "country"') });
});

test("refused rows of tables with several headers are written as events, or as their text if there is no event", async () => {
  const sandbox = await startSandbox();
  const folder = new Folder();
  const path = folder.write(
    "events.csv",
    `${TABLE}page load,user,Bo,${NOW},1,gold\npage_load,user,Bo,${NOW},1,"gold,2\n`,
  );
  const other = folder.write("other.csv", `eventTypeId,trafficTypeName,key,timestamp\npage_load,user,,${NOW}\n`);
  const refused = `${folder.path}/refused.ndjson`;
  const { code, json } = await runJson<Receipt>(
    ["send", "--endpoint", sandbox.endpoint, "--refused", refused, path, other],
    {
      env: { SPLIT_API_KEY: API_KEY },
    },
  );
  expect(code).toBe(1);
  expect(json).toMatchObject({ events: 5, accepted: 2, refused: 3, unknown: 0, unsent: 0 });
  const lines = readFileSync(refused, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(lines).toMatchObject([
    { line: 5, event: { eventTypeId: "page load", key: "Bo", value: 1, properties: { plan: "gold" } } },
    { line: 6, reasons: [{ code: "csv_quote_not_closed" }], text: `page_load,user,Bo,${NOW},1,"gold,2` },
    { line: 2, event: { eventTypeId: "page_load" } },
  ]);
});

test("check and Batcher take a map, and name what is wrong in it", async () => {
  await init();
  const input = `eventTypeId,trafficTypeName,user_id,timestamp\npage_load,user,Ava,${NOW}\n`;
  const map = { user_id: "key" };
  expect(await check(input, { map })).toMatchObject({ events: 1, clean: 1 });
  const batcher = new Batcher({ map, format: "csv" });
  const batches = [...batcher.push(input), ...batcher.finish()];
  expect(batches.map(({ body }) => JSON.parse(new TextDecoder().decode(body)))).toEqual([
    [{ eventTypeId: "page_load", trafficTypeName: "user", key: "Ava", timestamp: NOW }],
  ]);
  for (const wrong of ["user_id=key", ["key"], { user_id: "country" }, { user_id: 1 }] as never[]) {
    await expect(check(input, { map: wrong })).rejects.toMatchObject({ name: "ConfigError", code: "invalid_option" });
  }
});
