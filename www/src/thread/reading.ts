import type { CheckOptions, EventMapping, Mapping } from "split-events";
import type { Look, Reading } from "../link/protocol.js";

const NEEDED = ["eventTypeId", "trafficTypeName", "key", "timestamp"] as const;

/**
 * Tells whether a mapping that was proposed for a source takes each field from the member of its name, and reads it as
 * the check does without a mapping.
 */
export function isOwnShape({ preset, mapping }: Pick<Look, "preset" | "mapping">): boolean {
  const isPlain = (event: EventMapping) =>
    event.value?.decimal === undefined && NEEDED.every((field) => isOwn(event, field));
  return preset === undefined && (mapping.events ?? []).every(isPlain);
}

function isOwn(event: EventMapping, field: (typeof NEEDED)[number]): boolean {
  const { from, value } = event[field] ?? {};
  // what is set for all events is laid over any mapping
  return value !== undefined || from === field || from === `/${field}`;
}

/** The options that are laid over a mapping. */
const OVERLAY = ["map", "set", "decimal", "timestampFormat", "timestampUnit", "timestampZone"] as const;

export function isOverlay(option: string): boolean {
  return OVERLAY.includes(option as never);
}

/** Returns the reading without the options that are laid over a mapping. */
export function withoutOverlay(reading: Reading): Reading {
  const left = { ...reading };
  for (const option of OVERLAY) delete left[option];
  return left;
}

/** Returns the reading without values for all rows that are still to be typed. */
export function saidIn(reading: Reading): Reading {
  const { set = {}, ...others } = reading;
  const said = Object.entries(set).filter(([, value]) => value !== "");
  return said.length > 0 ? { ...others, set: Object.fromEntries(said) as NonNullable<Reading["set"]> } : others;
}

/**
 * Returns the options with which files are checked and sent as the user has seen them: in the service's own shape by
 * the options alone, an export by its preset, and any other by the mapping of the look, which has the options in it.
 */
export function checkOptions(reading: Reading, look: Look | undefined): CheckOptions {
  if (look === undefined || look.trouble || look.parts.length === 0 || look.isOwn) return { ...reading };
  const { preset } = look;
  if (preset !== undefined) return { ...reading, preset };
  const { preset: _, map: __, set: ___, mapping: ____, ...others } = reading;
  return { ...others, mapping: look.mapping as Mapping };
}

/** The same for sending. An empty `set` says that the user has seen what the files were read as. */
export function sendOptions(options: CheckOptions): CheckOptions {
  return { ...options, set: options.set ?? {} };
}
