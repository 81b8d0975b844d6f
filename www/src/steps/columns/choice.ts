import type { Look, Reading } from "../../link/protocol.js";

/** The fields that the step asks about. */
export const FIELDS = ["eventTypeId", "trafficTypeName", "key", "timestamp", "value"] as const;
export type Field = (typeof FIELDS)[number];

/** Where a field comes from: a column or path, a value that is the same for all, or nowhere. */
export type Source = { part: string } | { same: string } | "none";

/** What becomes of a column or path that is no field. */
export interface Property {
  part: string;
  isKept: boolean;
  name: string;
  type: "" | "text" | "number";
}

const PROPERTY = /^properties\.(.+?)(?::(text|number))?$/s;

/** Returns where a field comes from, by what the user chose, else by the look. */
export function sourceOf(field: Field, reading: Reading, look: Look): Source {
  const same = reading.set?.[field];
  if (same !== undefined) return { same: String(same) };
  const leftOut = entriesOf(reading).flatMap(([part, target]) => (target === "-" ? [part] : []));
  const part = look.parts.find(({ name, becomes }) => becomes.includes(field) && !leftOut.includes(name));
  if (part) return { part: part.name };
  const value = look.mapping.events?.[0]?.[field]?.value;
  return value === undefined ? "none" : { same: String(value) };
}

/** Returns how a field is read: by what the user chose, else as the look proposes. */
export function howRead(
  option: "decimal" | "timestampFormat" | "timestampUnit" | "timestampZone",
  reading: Reading,
  look: Look,
): string {
  const [field, member] = HOW[option];
  const proposed = look.isOwn || look.preset !== undefined ? undefined : look.mapping.events?.[0]?.[field]?.[member];
  return String(reading[option] ?? proposed ?? "");
}

const HOW = {
  decimal: ["value", "decimal"],
  timestampFormat: ["timestamp", "format"],
  timestampUnit: ["timestamp", "unit"],
  timestampZone: ["timestamp", "zone"],
} as const;

/** Returns the reading in which a field comes from somewhere else. */
export function withSource(field: Field, source: Source, reading: Reading, look: Look): Reading {
  const map = entriesOf(reading).filter(([, target]) => target !== field);
  const { [field]: _, ...set } = (reading.set ?? {}) as Record<string, unknown>;
  if (source === "none") return withoutSource(field, withChoices(reading, map, set), look);
  if ("same" in source) return withChoices(reading, map, { ...set, [field]: source.same });
  const others = map.filter(([part]) => part !== source.part);
  return withChoices(reading, [...others, [source.part, field]], set);
}

/** Returns the reading in which a field has no source: what the look proposes is no option, so the mapping changes. */
function withoutSource(field: Field, reading: Reading, look: Look): Reading {
  const events = look.base.events ?? [];
  const isProposed = events.some((event) => event[field] !== undefined);
  const own = look.parts.find(({ name, becomes }) => becomes.includes(field) && lettersOf(name) === lettersOf(field));
  const { preset: _, ...others } = reading;
  const left: Reading = isProposed
    ? { ...others, mapping: { ...look.base, events: events.map(({ [field]: __, ...event }) => event) } }
    : reading;
  return own ? withChoices(left, [...entriesOf(left), [own.name, "-"]], left.set ?? {}) : left;
}

function lettersOf(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z]/g, "");
}

/** Returns what becomes of a column or path as a property; `undefined` if it is a field. */
export function propertyOf(part: Look["parts"][number], reading: Reading): Property | undefined {
  const chosen = entriesOf(reading).find(([from]) => from === part.name)?.[1];
  const target = chosen ?? part.becomes[0] ?? "-";
  if (target === "-") return { part: part.name, isKept: false, name: plainName(part.name), type: "" };
  const [, name, type = ""] = PROPERTY.exec(target) ?? [];
  return name === undefined ? undefined : { part: part.name, isKept: true, name, type: type as Property["type"] };
}

/** Returns the reading in which a column or path is another property, or left out. */
export function withProperty({ part, isKept, name, type }: Property, reading: Reading): Reading {
  const others = entriesOf(reading).filter(([from]) => from !== part);
  const target = isKept ? `properties.${name === "" ? plainName(part) : name}${type === "" ? "" : `:${type}`}` : "-";
  return withChoices(reading, [...others, [part, target]], reading.set ?? {});
}

/** Returns the reading with an option changed; `undefined` and an empty text take it back. */
export function withOption<Name extends keyof Reading>(
  name: Name,
  value: Reading[Name] | "" | undefined,
  reading: Reading,
): Reading {
  const { [name]: _, ...others } = reading;
  return value === "" || value === undefined ? others : { ...others, [name]: value };
}

function withChoices(reading: Reading, map: readonly (readonly [string, string])[], set: object): Reading {
  const { map: _, set: __, ...others } = reading;
  return {
    ...others,
    ...(map.length > 0 && { map: Object.fromEntries(map) }),
    ...(Object.keys(set).length > 0 && { set: set as NonNullable<Reading["set"]> }),
  };
}

function entriesOf({ map = {} }: Reading): [string, string][] {
  return map instanceof Map ? [...map] : Object.entries(map as Record<string, string>);
}

function plainName(part: string): string {
  return part.replace(/^\//, "").replaceAll("/", ".");
}
