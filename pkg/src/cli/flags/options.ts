import type {
  BatchOptions,
  CheckOptions,
  DeliveryOptions,
  Encoding,
  Format,
  PaceOptions,
  SuggestOptions,
  TimestampFormat,
  TimestampUnit,
} from "../../node.js";

/** The flags that say what the records of the input are. */
export interface MappingFlags {
  format?: Format;
  preset?: string;
  /** The name of a file. */
  mapping?: string;
  map?: Record<string, string>;
  set?: Record<string, string | number | boolean>;
  separator?: string;
  skipRows?: number;
  decimal?: "point" | "comma";
  timestampFormat?: TimestampFormat;
  timestampUnit?: TimestampUnit;
  timestampZone?: string;
  encoding?: Encoding;
  sheet?: string;
}

export interface MapFlags extends MappingFlags {
  /** The file that the mapping is written to. */
  write?: string;
  json?: boolean;
}

export interface CheckFlags extends MappingFlags {
  strict?: boolean;
  normalizeNames?: boolean;
  trafficTypes?: string[];
  flatten?: boolean;
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

/** Returns the options of the library that the flags say, but for those that name files. Those not given keep their defaults. */
export function checkOptions(flags: CheckFlags): CheckOptions {
  const { strict, normalizeNames, trafficTypes, flatten, now } = flags;
  const repair = strict ? ("refuse" as const) : undefined;
  return given({ repair, normalizeNames, trafficTypes, flatten, now, ...mappingOptions(flags) });
}

/** Returns those that say what the records of the input are. */
export function mappingOptions(flags: MappingFlags): SuggestOptions {
  const { format, preset, map, set, skipRows, decimal, encoding, sheet } = flags;
  const { timestampFormat, timestampUnit, timestampZone } = flags;
  // a shell makes it hard to write a tab
  const separator = flags.separator === "\\t" ? "tab" : flags.separator;
  return given({
    ...{ format, preset, map, set, skipRows, decimal, encoding, sheet, timestampFormat, timestampUnit, timestampZone },
    separator: separator as SuggestOptions["separator"],
  });
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
