import { nearest } from "./near.js";

/** The fields that have one value, in the order of the service's documentation. */
export const SCALARS = ["eventTypeId", "trafficTypeName", "key", "timestamp", "value", "environmentName"] as const;
/** The fields that every event needs. */
export const NEEDED = SCALARS.slice(0, 4);
/** All fields of an event. */
export const FIELDS = [...SCALARS, "properties"] as const;

/** What other systems and people call a field. */
const MEANT: Record<string, (typeof FIELDS)[number]> = {
  event: "eventTypeId",
  eventname: "eventTypeId",
  eventtype: "eventTypeId",
  traffictype: "trafficTypeName",
  userid: "key",
  user: "key",
  time: "timestamp",
  date: "timestamp",
  amount: "value",
  environment: "environmentName",
};

const PROPERTY = /^properties\.(.+?)(?::(text|number))?$/s;

/** Says what a field may be; `-` leaves a column out. */
export const MAP_FIELDS = `one of ${FIELDS.join(", ")}, properties.NAME, or - to leave it out`;
/** The same for a value that every event has. */
export const SET_FIELDS = `one of ${SCALARS.join(", ")} or properties.NAME`;

/** Reads `properties.NAME`, `properties.NAME:text` or `properties.NAME:number`. */
export function propertyTarget(target: string): { name: string; kind?: string } | undefined {
  const [, name, kind] = PROPERTY.exec(target) ?? [];
  return name === undefined ? undefined : { name, ...(kind !== undefined && { kind }) };
}

/** Returns whether `map` may name this as a field. */
export function isMapField(field: string): boolean {
  return field === "-" || FIELDS.includes(field as never) || PROPERTY.test(field);
}

/** Returns whether `set` may name this as a field. */
export function isSetField(field: string): boolean {
  return field !== "properties" && field !== "-" && isMapField(field);
}

/** Returns `: did you mean key?` for a name that is like a field's, else an empty text. */
export function didYouMean(field: string): string {
  if (field === "") return "";
  const near = MEANT[field.toLowerCase().replaceAll(/[^a-z]/g, "")] ?? nearest(field, FIELDS);
  if (near !== undefined && near !== "properties") return `: did you mean ${near}?`;
  const [, own] = /^(?:props?|property|properties?)[.:/](.+)$/i.exec(field) ?? [];
  return own === undefined ? "" : `: did you mean properties.${own}?`;
}
