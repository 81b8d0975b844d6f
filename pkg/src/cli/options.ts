import type { BatchOptions, CheckOptions, Format } from "../node.js";

export interface CheckFlags {
  format?: Format;
  strict?: boolean;
  normalizeNames?: boolean;
  trafficTypes?: string[];
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
export function checkOptions({ format, strict, normalizeNames, trafficTypes }: CheckFlags): CheckOptions {
  return given({ format, repair: strict ? ("refuse" as const) : undefined, normalizeNames, trafficTypes });
}

export function batchOptions({ maxEvents, maxBytes }: PlanFlags): BatchOptions {
  return given({ maxEvents, maxBytes });
}

type Given<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

export function given<T extends object>(options: T): Given<T> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as Given<T>;
}
