import { propertyTarget } from "../options/fields.js";
import type { EventMapping, FieldMapping, Mapping } from "../options/mapping.js";
import type { OptionsOf } from "../options/table.js";

/** The options that are laid over a mapping. */
export type Overlay = Pick<
  OptionsOf<"Batcher">,
  "map" | "set" | "decimal" | "timestampFormat" | "timestampUnit" | "timestampZone"
>;

type Field = "timestamp" | "value" | "key";

/** Returns the mapping with the options laid over it, as the module lays them over, so that it can be kept as a file. */
export function overlaid(mapping: Mapping, options: Overlay): Mapping {
  const made = structuredClone(mapping);
  made.events ??= [{ ownNames: true }];
  // an event that stands in its record as a whole has no field of its own in the mapping
  for (const event of made.events) if (event.event === undefined) layOver(event, options);
  return made;
}

function layOver(event: EventMapping, options: Overlay): void {
  const { map = {}, set = {}, decimal, timestampFormat: format, timestampUnit: unit, timestampZone: zone } = options;
  const mapped = new Map<string, string[]>();
  for (const [from, target] of map instanceof Map ? map : Object.entries(map)) {
    mapped.set(target, [...(mapped.get(target) ?? []), from]);
  }
  for (const [target, paths] of mapped) mapTo(event, paths, target);
  for (const [target, value] of Object.entries(set)) setTo(event, target, value);
  const how = given({ format, unit, zone });
  if (Object.keys(how).length > 0) readSo(event, "timestamp", how);
  if (decimal !== undefined) readSo(event, "value", { decimal });
}

/** Of several paths to one field the first that has a value counts. */
function mapTo(event: EventMapping, paths: string[], target: string): void {
  const [last = ""] = paths.slice(-1);
  const from = paths.length === 1 ? last : paths;
  const property = propertyTarget(target);
  if (property) add(event, property.name, { from: last, ...given({ type: property.kind }) });
  else if (target === "properties") {
    event.properties = { ...event.properties, from: [...[event.properties?.from ?? []].flat(), ...paths] };
  } else if (target === "-") {
    event.properties = { ...event.properties, drop: [...(event.properties?.drop ?? []), ...paths.map(lastOf)] };
  } else event[target] = { ...reading(event[target as Field]), from };
}

/** Returns the name of the member that a path leads to. */
function lastOf(path: string): string {
  return path.startsWith("/") ? (path.split("/").at(-1) as string).replaceAll("~1", "/").replaceAll("~0", "~") : path;
}

function setTo(event: EventMapping, target: string, value: unknown): void {
  if (target.startsWith("properties.")) add(event, target.slice("properties.".length), { value });
  else event[target] = { ...reading(event[target as Field]), value };
}

function add(event: EventMapping, name: string, source: FieldMapping): void {
  event.properties = { ...event.properties, add: { ...event.properties?.add, [name]: source } };
}

/** Returns how a field is read, wherever its value comes from. */
function reading({ format, unit, zone, decimal }: FieldMapping = {}): FieldMapping {
  return given({ format, unit, zone, decimal });
}

function readSo(event: EventMapping, name: "timestamp" | "value", how: FieldMapping): void {
  const source = event[name] ?? (event.ownNames ? { from: name } : undefined);
  if (source) event[name] = { ...source, ...how };
}

function given(members: FieldMapping): FieldMapping {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}
