import { suggestMapping } from "split-events";
import { expect, test } from "vitest";
import type { Look, Reading } from "../../www/src/link/protocol.js";
import {
  howRead,
  propertyOf,
  sourceOf,
  withOption,
  withProperty,
  withSource,
} from "../../www/src/steps/columns/choice.js";
import { checkOptions, isOwnShape, withoutOverlay } from "../../www/src/thread/reading.js";

const TABLE = "event,user_id,time,amount,plan\nsignup,u1,2026-11-20 10:00:00,12.5,gold\n";
const OWN = '{"eventTypeId":"a","trafficTypeName":"user","key":"u","timestamp":1795162530120}';

async function lookAt(text: string, reading: Reading = {}): Promise<Look> {
  const found = await suggestMapping(text, reading);
  const { mapping: base } = await suggestMapping(text, withoutOverlay(reading));
  return { ...found, base, isOwn: isOwnShape(found) };
}

test("a field comes from what the look proposes, or from what the user chooses", async () => {
  const look = await lookAt(TABLE);
  expect(sourceOf("key", {}, look)).toEqual({ part: "user_id" });
  expect(sourceOf("trafficTypeName", {}, look)).toBe("none");

  const same = withSource("trafficTypeName", { same: "user" }, {}, look);
  expect(same).toEqual({ set: { trafficTypeName: "user" } });
  expect(sourceOf("trafficTypeName", same, look)).toEqual({ same: "user" });

  const part = withSource("trafficTypeName", { part: "plan" }, same, look);
  expect(part).toEqual({ map: { plan: "trafficTypeName" } });
  const after = await lookAt(TABLE, part);
  expect(sourceOf("trafficTypeName", part, after)).toEqual({ part: "plan" });
});

test("a field that has a source can be left out", async () => {
  const look = await lookAt(TABLE);
  const reading = withSource("value", "none", { set: { trafficTypeName: "user" } }, look);
  const after = await lookAt(TABLE, reading);
  expect(sourceOf("value", reading, after)).toBe("none");
  expect(after.parts.find(({ name }) => name === "amount")?.becomes).toEqual(["properties.amount"]);
});

test("so can one that has the name of its column", async () => {
  const text = TABLE.replace("amount", "value");
  const said: Reading = { set: { trafficTypeName: "user" }, timestampZone: "UTC" };
  const reading = withSource("value", "none", said, await lookAt(text, said));
  const after = await lookAt(text, reading);
  expect(sourceOf("value", reading, after)).toBe("none");
  expect(after.first[0]?.events[0]).toMatchObject({ key: "u1", properties: { plan: "gold" } });
  expect(after.first[0]?.events[0]).not.toHaveProperty("value");
});

test("a column is a property, renamed, typed or left out", async () => {
  const look = await lookAt(TABLE);
  const part = look.parts.find(({ name }) => name === "plan") as Look["parts"][number];
  const plain = propertyOf(part, {});
  expect(plain).toEqual({ part: "plan", isKept: true, name: "plan", type: "" });
  const renamed = withProperty({ part: "plan", isKept: true, name: "tariff", type: "text" }, {});
  expect(renamed).toEqual({ map: { plan: "properties.tariff:text" } });
  expect(propertyOf(part, renamed)).toEqual({ part: "plan", isKept: true, name: "tariff", type: "text" });
  const out = withProperty({ part: "plan", isKept: false, name: "plan", type: "" }, renamed);
  expect(out).toEqual({ map: { plan: "-" } });
  expect((await lookAt(TABLE, out)).first[0]?.events[0]).not.toHaveProperty("properties");
});

test("how a field is read is what the look proposes until the user says it", async () => {
  const look = await lookAt("eventTypeId;trafficTypeName;key;timestamp;value\na;user;u;20.11.2026 10:00;1.234,50 €\n");
  expect(howRead("decimal", {}, look)).toBe("comma");
  expect(howRead("timestampFormat", {}, look)).toBe("dmy");
  expect(howRead("decimal", withOption("decimal", "point", {}), look)).toBe("point");
  expect(withOption("decimal", "", { decimal: "comma" })).toEqual({});
});

test("files in the service's own shape are checked by the options alone, others by the mapping of the look", async () => {
  const reading: Reading = { set: { trafficTypeName: "user" }, separator: "," };
  expect(checkOptions({}, await lookAt(OWN))).toEqual({});
  const look = await lookAt(TABLE, reading);
  expect(checkOptions(reading, look)).toEqual({ separator: ",", mapping: look.mapping });
  expect(checkOptions(reading, { ...look, preset: "segment" })).toEqual({ ...reading, preset: "segment" });
});
