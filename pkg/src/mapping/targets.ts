import { NEEDED, SCALARS } from "../options/fields.js";
import type { EventMapping, FieldMapping, Mapping } from "../options/mapping.js";

/** Returns the fields that every event needs and for which the mapping has no source. `names` are the columns or members. */
export function missingFields({ events = [{ ownNames: true }] }: Mapping, names: readonly string[] = []): string[] {
  const isGiven = (event: EventMapping, field: string) =>
    (event.event ?? event[field]) !== undefined ||
    (event.ownNames === true && names.some((name) => isSame(name, field)));
  return NEEDED.filter((field) => events.some((event) => !isGiven(event, field)));
}

/** Returns what a column or path becomes in the events of its record, as `["key"]`; none if it is left out. */
export function targetsOf({ events = [{ ownNames: true }] }: Mapping, name: string): string[] {
  return [...new Set(events.flatMap((event) => targetsIn(event, name)))];
}

function targetsIn(event: EventMapping, name: string): string[] {
  if (event.event !== undefined) return targetsOfWhole([event.event].flat(), name);
  const { properties = {}, ownNames } = event;
  const found: string[] = SCALARS.filter((field) => reads(event[field], name));
  for (const [property, source] of Object.entries(properties.add ?? {})) {
    if (reads(source, name)) found.push(`properties.${property}`);
  }
  if (found.length > 0) return found;
  const own = ownNames ? SCALARS.find((field) => event[field] === undefined && isSame(name, field)) : undefined;
  if (own !== undefined) return [own];
  const property = propertyOf(event, name);
  if (property === undefined) return [];
  const { drop = [], keep, rename = {} } = properties;
  if ([property, name].some((one) => drop.includes(one)) || (keep && !keep.includes(property))) return [];
  return [`properties.${rename[property] ?? property}`];
}

/** Returns what a part of a record is in an event that stands in it as a whole. */
function targetsOfWhole(events: readonly string[], name: string): string[] {
  const from = events.find((path) => pointer(name).startsWith(`${pointer(path)}/`));
  return from === undefined ? [] : [dotted(pointer(name).slice(pointer(from).length + 1))];
}

/** Returns the name of the property that a column or path is in the objects of properties, or as one of the rest. */
function propertyOf({ properties = {}, ownNames }: EventMapping, name: string): string | undefined {
  for (const from of [properties.from ?? [], ownNames ? "properties" : []].flat()) {
    const within = pointer(from);
    if (pointer(name).startsWith(`${within}/`)) return dotted(pointer(name).slice(within.length + 1));
  }
  if (!(properties.rest || ownNames)) return undefined;
  if (ownNames && name.startsWith("properties.")) return name.slice("properties.".length);
  return name.startsWith("/") ? dotted(name.slice(1)) : name;
}

function reads({ from = [], template = "" }: FieldMapping = {}, name: string): boolean {
  return [from].flat().some((path) => isSame(path, name)) || template.includes(`{${name}}`);
}

/** Returns whether two names are of the same column or path. */
function isSame(one: string, other: string): boolean {
  return pointer(one) === pointer(other) || letters(one) === letters(other);
}

function pointer(name: string): string {
  return name.startsWith("/") ? name : `/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`;
}

/** Columns are found whatever their case and what parts their words. */
function letters(name: string): string {
  return name.replace(/^\//, "").toLowerCase().replaceAll(/[_ -]/g, "");
}

function dotted(path: string): string {
  return path.replaceAll("/", ".").replaceAll("~1", "/").replaceAll("~0", "~");
}
