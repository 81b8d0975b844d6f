import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { check, init, presetMapping, presets } from "split-events";
import { expect, test } from "vitest";

interface Schema {
  properties?: Record<string, Schema>;
  $defs?: Record<string, Schema>;
  $ref?: string;
  enum?: string[];
}

const schema = JSON.parse(readFileSync("pkg/mapping.schema.json", "utf8")) as Schema;
const defs = schema.$defs ?? {};
const validate = new Ajv2020({ strict: false }).compile(schema);

/** Where an object of each definition stands in a mapping. */
const PLACES: Record<string, (inner: object) => object> = {
  mapping: (inner) => inner,
  signs: (inner) => ({ recognize: [inner] }),
  event: (inner) => ({ events: [inner] }),
  condition: (inner) => ({ events: [{ when: [{ path: "/a", exists: true, ...inner }] }] }),
  text: (inner) => ({ events: [{ key: { from: "/a", ...inner } }] }),
  timestamp: (inner) => ({ events: [{ timestamp: { from: "/a", ...inner } }] }),
  value: (inner) => ({ events: [{ value: { from: "/a", ...inner } }] }),
  properties: (inner) => ({ events: [{ properties: inner }] }),
  pairs: (inner) => ({ events: [{ properties: { pairs: { from: "/a/*", name: "/b", value: "/c", ...inner } } }] }),
  typedPath: (inner) => ({
    events: [{ properties: { pairs: { from: "/a/*", name: "/b", value: { from: "/c", ...inner } } } }],
  }),
};

/** Returns what the module says of a mapping; an empty text if it takes it. */
async function refusal(mapping: object): Promise<string> {
  try {
    await check("", { mapping: mapping as never });
    return "";
  } catch (error) {
    expect(error).toMatchObject({ name: "ConfigError", code: "invalid_mapping" });
    return (error as Error).message;
  }
}

test.each(Object.keys(PLACES))("the members of %s are those that the module allows", async (name) => {
  const place = PLACES[name] as (inner: object) => object;
  const wrong = place({ zzzz: 1 });
  expect(validate(wrong)).toBe(false);
  const message = await refusal(wrong);
  const [, allowed = ""] = / is none of ([\w$, ]+)/.exec(message) ?? [];
  const own = (name === "mapping" ? schema : defs[name])?.properties ?? {};
  expect(allowed.split(", ").sort(), message).toEqual(Object.keys(own).sort());
});

test("each word of the schema is one that the module allows, and it allows no other", async () => {
  for (const [name, place] of Object.entries(PLACES)) {
    const own = (name === "mapping" ? schema : defs[name])?.properties ?? {};
    for (const [member, part] of Object.entries(own)) {
      const words = (part.$ref === undefined ? part : defs[part.$ref.replace("#/$defs/", "")])?.enum;
      if (words === undefined) continue;
      for (const word of words) expect(await refusal(place({ [member]: word })), `${member} ${word}`).toBe("");
      const message = await refusal(place({ [member]: "zzzz" }));
      const [, allowed = ""] = / is none of ([\w, ]+)/.exec(message) ?? [];
      expect(allowed.split(", ").sort(), message).toEqual([...words].sort());
    }
  }
});

test("every preset, the mapping of the documentation, and no other form are valid by the schema", async () => {
  await init();
  for (const { name } of presets())
    expect([name, validate(presetMapping(name)), validate.errors]).toEqual([name, true, null]);
  const example = {
    records: "/batch/*",
    events: [
      {
        when: [{ path: "/type", in: ["track"] }],
        eventTypeId: { from: ["/event"], clean: true, prefix: "app." },
        trafficTypeName: { value: "user" },
        key: { from: ["/userId", "/anonymousId"] },
        timestamp: { from: "/timestamp", format: "iso", zone: "UTC" },
        value: { from: "/properties/revenue", decimal: "point" },
        properties: { from: "/properties", drop: ["revenue"], rename: { plan_name: "plan" } },
      },
    ],
  };
  expect([validate(example), await refusal(example)]).toEqual([true, ""]);
  for (const wrong of [
    { records: "batch" },
    { events: [] },
    { events: [{ key: "userId" }] },
    { events: [{ timestamp: { from: "/t", format: 1 } }] },
    { events: [{ properties: { rest: "yes" } }] },
    { events: [{ when: [{ path: "/type" }] }] },
  ]) {
    expect(validate(wrong), JSON.stringify(wrong)).toBe(false);
    expect(await refusal(wrong)).not.toBe("");
  }
});

test("an error in a mapping names the path, what was found, and what was probably meant", async () => {
  expect(await refusal({ events: [{ timestamp: { from: "/t", format: "isoo" } }] })).toBe(
    'mapping: /events/0/timestamp/format: "isoo" is none of auto, iso, dmy, mdy, ymd, serial: did you mean iso?',
  );
  expect(await refusal({ events: [{ eventTypeID: { from: "/t" } }] })).toMatch(
    /^mapping: \/events\/0\/eventTypeID: "eventTypeID" is none of .*: did you mean eventTypeId\?$/,
  );
});
