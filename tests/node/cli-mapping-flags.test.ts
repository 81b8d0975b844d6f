import { type CheckOptions, check } from "split-events";
import { expect, test } from "vitest";
import { type CliOptions, runCli, runJson } from "../support/cli.js";
import { Folder } from "../support/folder.js";
import { startSandbox } from "../support/sandbox.js";

const TABLE = "event,user_id,at\npage_load,Ava,1795162530120\n";

/** Runs what must fail before anything is read: one line, exit 2. Returns the line without the command's name. */
async function failure(args: string[], options: CliOptions = { input: TABLE }): Promise<string> {
  const { code, stdout, stderr } = await runCli(args, options);
  expect({ code, stdout }, stderr).toEqual({ code: 2, stdout: "" });
  expect(stderr).toMatch(/^split-events: .+\n$/);
  return stderr.slice("split-events: ".length, -1);
}

const FIELDS = "eventTypeId, trafficTypeName, key, timestamp, value, environmentName";

test.each([
  ["user_id", '--map takes FROM=FIELD, as in user_id=key, but is "user_id"'],
  ["user_id=", `--map names no field; fields are ${FIELDS}, properties, properties.NAME and - to leave it out`],
  ["=key", "--map names no column or path before the =, as in user_id=key"],
  [
    "user_id=kye",
    `--map names no field "kye"; fields are ${FIELDS}, properties, properties.NAME and - to leave it out: did you mean key?`,
  ],
  ["user_id=userId", "did you mean key?"],
  ["at=time", "did you mean timestamp?"],
  ["plan=property.plan", "did you mean properties.plan?"],
])("--map %s names the flag, what is wrong, and the fields", async (map, said) => {
  expect(await failure(["check", "--map", map, "-"])).toContain(said);
});

test("two --map for one column are refused, and two for different ones are not", async () => {
  expect(await failure(["check", "--map", "a=key", "--map", "a=timestamp", "-"])).toContain(
    "--map is given twice for a: give each column once",
  );
  const flags = ["--map", "event=eventTypeId", "--map", "user_id=key", "--map", "at=timestamp"];
  const input = TABLE.replace("\n", ",trafficTypeName\n").replace("120\n", "120,user\n");
  expect((await runJson<{ events: number }>(["check", ...flags, "-"], { input })).json.events).toBe(1);
});

test.each([
  ["trafficTypeName", '--set takes FIELD=VALUE, as in trafficTypeName=user, but is "trafficTypeName"'],
  ["trafficTypeName=", "--set gives no value: write it behind the =, as in trafficTypeName=..."],
  ["=user", `--set names no field; fields are ${FIELDS}, properties.NAME`],
  [
    "trafficType=user",
    `--set names no field "trafficType"; fields are ${FIELDS}, properties.NAME: did you mean trafficTypeName?`,
  ],
  ["properties=x", '--set names no field "properties"'],
  ["-=x", '--set names no field "-"'],
  ["properties.n:number=x", "--set takes a number behind :number"],
])("--set %s names the flag, what is wrong, and the fields", async (set, said) => {
  expect(await failure(["check", "--set", set, "-"])).toContain(said);
});

test("two --set for one field are refused", async () => {
  const flags = ["--set", "trafficTypeName=user", "--set", "trafficTypeName=account"];
  expect(await failure(["check", ...flags, "-"])).toContain("--set is given twice for trafficTypeName");
});

test("a list without an item is refused", async () => {
  expect(await failure(["check", "--traffic-types", " , ", "-"])).toBe(
    '--traffic-types takes names with commas between them, as in user,account, but is " , "; see split-events check --help',
  );
});

test.each([
  ["--separator", "komma", "--separator must be"],
  ["--skip-rows", "x", "--skip-rows takes a number"],
  ["--decimal", "coma", 'must be "point" or "comma", but is "coma": did you mean comma?'],
  ["--timestamp-format", "isoo", 'but is "isoo": did you mean iso?'],
  ["--encoding", "latin-1", "--encoding must be"],
])("%s %s names the flag and what it takes", async (flag, value, said) => {
  expect(await failure(["check", flag, value, "-"])).toContain(said);
});

test("a mapping file that does not exist is named, with the command that makes one", async () => {
  expect(await failure(["check", "--mapping", "none.json", "-"])).toBe(
    "--mapping: there is no file none.json; split-events map FILE --write none.json makes one",
  );
  expect(await failure(["check", "--mapping", new Folder().path, "-"])).toMatch(/ cannot be read: it is a directory$/);
});

test("a preset and a mapping exclude each other", async () => {
  const file = new Folder().write("mapping.json", "{}");
  expect(await failure(["check", "--preset", "segment", "--mapping", file, "-"])).toMatch(
    /^--preset does not go with --mapping: /,
  );
});

test("in the API a map, a set or a mapping that is wrong is named as the option", async () => {
  const refused = async (options: unknown) => {
    const error = await check("", options as CheckOptions).catch((error: unknown) => error);
    expect(error).toMatchObject({ name: "ConfigError", code: "invalid_option" });
    return (error as Error).message;
  };
  expect(await refused({ map: { a: "kye" } })).toBe(
    `map["a"] must be one of ${FIELDS}, properties, properties.NAME, or - to leave it out, but is "kye": did you mean key?`,
  );
  expect(await refused({ map: { a: "" } })).toContain('but is ""');
  expect(await refused({ map: { " ": "key" } })).toContain("map must be of columns or paths with a name");
  expect(await refused({ set: { trafficType: "user" } })).toContain("did you mean trafficTypeName?");
  expect(await refused({ set: { key: null } })).toBe('set["key"] must be a string, number or boolean, but is null');
  expect(await refused({ set: { key: "" } })).toBe('set["key"] must be the value that every event has, but is ""');
  expect(await refused({ mapping: 5 })).toBe("mapping must be a mapping, as an object or as its JSON text, but is 5");
  expect(await refused({ preset: "segment", mapping: {} })).toContain("preset does not go with mapping");
});

test("nothing is sent when a flag is wrong", async () => {
  const sandbox = await startSandbox();
  const to = ["--endpoint", sandbox.endpoint, "-"];
  await failure(["send", "--map", "user_id=kye", ...to]);
  await failure(["send", "--mapping", "none.json", ...to]);
  expect(sandbox.posts()).toEqual([]);
});
