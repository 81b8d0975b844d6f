import type { BatchOptions, CheckOptions, DeliveryOptions, Format, PaceOptions, TimestampUnit } from "../../node.js";

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
  endpoint?: string;
  ledger?: string;
  ledgerDays?: number;
  resend?: "other-key";
}

/** The flags of what is sent and what is written beside it. */
export interface DeliveryFlags {
  endpoint?: string;
  timeout?: number;
  concurrency?: number;
  rate?: number;
  deadline?: number;
  onUnknown?: "park" | "retry";
  retries?: number;
  pauseCap?: number;
  /** `false` keeps no journal, not even in memory. */
  journal?: string | false;
  ledger?: string;
  ledgerDays?: number;
  resend?: "other-key";
  refused?: string;
  unknown?: string;
  unsent?: string;
  csv?: string;
  json?: boolean;
}

export interface SendFlags extends PlanFlags, DeliveryFlags {}

export interface ResumeFlags extends DeliveryFlags, Pick<CheckFlags, "knownKeys" | "knownKeysColumn"> {
  journal: string;
}

export interface JournalFlags {
  journal: string;
  json?: boolean;
}

/** Returns the options of the library that the flags say. Those not given keep their defaults. */
export function checkOptions(flags: CheckFlags): CheckOptions {
  const { format, map, strict, normalizeNames, trafficTypes, flatten, timestampUnit, now } = flags;
  const repair = strict ? ("refuse" as const) : undefined;
  return given({ format, map, repair, normalizeNames, trafficTypes, flatten, timestampUnit, now });
}

export function batchOptions({ maxEvents, maxBytes }: PlanFlags): BatchOptions {
  return given({ maxEvents, maxBytes });
}

export function deliveryOptions(flags: DeliveryFlags): Omit<DeliveryOptions, "apiKey"> & PaceOptions {
  const { endpoint, timeout: timeoutMs, concurrency, rate, deadline: deadlineMs, onUnknown, retries } = flags;
  const { pauseCap: pauseCapMs } = flags;
  const retry = retries === undefined ? undefined : { attempts: retries + 1 };
  return given({ endpoint, timeoutMs, concurrency, rate, deadlineMs, onUnknown, retry, pauseCapMs });
}

type Given<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

export function given<T extends object>(options: T): Given<T> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as Given<T>;
}
