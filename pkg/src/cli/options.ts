import type { BatchOptions, CheckOptions, Format, TimestampUnit } from "../node.js";

export interface CheckFlags {
  format?: Format;
  map?: Record<string, string>;
  strict?: boolean;
  normalizeNames?: boolean;
  trafficTypes?: string[];
  flatten?: boolean;
  timestampUnit?: TimestampUnit;
  now?: number | false;
  knownKeys?: string;
  knownKeysColumn?: string;
  json?: boolean;
}

export interface PlanFlags extends CheckFlags {
  maxEvents?: number;
  maxBytes?: number;
}

export interface SendFlags extends PlanFlags {
  endpoint?: string;
  timeout?: number;
  concurrency?: number;
  refused?: string;
  unknown?: string;
  unsent?: string;
}

/** The flags in the library's words. What was not given is left to its defaults. */
export function checkOptions(flags: CheckFlags): CheckOptions {
  const { format, map, strict, normalizeNames, trafficTypes, flatten, timestampUnit, now } = flags;
  const repair = strict ? ("refuse" as const) : undefined;
  return given({ format, map, repair, normalizeNames, trafficTypes, flatten, timestampUnit, now });
}

export function batchOptions({ maxEvents, maxBytes }: PlanFlags): BatchOptions {
  return given({ maxEvents, maxBytes });
}

type Given<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

export function given<T extends object>(options: T): Given<T> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as Given<T>;
}
