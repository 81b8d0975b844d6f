/**
 * Every option of the package, with what it may be. What users give is held to this table, the command line's flags and
 * the tables of the documentation are made from it, and a test holds the types to it.
 *
 * `undefined` and `null` count as not given. What is inherited counts as what is the object's own.
 */

/** What takes options, and the type that describes them. */
export const TAKERS = {
  check: "CheckOptions",
  Batcher: "BatcherOptions",
  send: "SendOptions",
  submit: "DeliveryOptions",
  resumeImport: "ResumeOptions",
  createClient: "ClientOptions",
  "client.flush": "FlushOptions",
  "client.close": "CloseOptions",
  "Outbox.open": "OutboxOptions",
  "outbox.deliver": "DeliverOptions",
  "outbox.list": "ListOptions",
  "outbox.resolveAll": "ResolveAllOptions",
  "KnownKeys.read": "KnownKeysOptions",
  Sources: "Source",
  indexedDbStore: "IndexedDbStoreOptions",
  durableObjectStore: "DurableObjectStoreOptions",
} as const;

export type Taker = keyof typeof TAKERS;

/** What an option may be. */
interface Kind {
  type:
    | "whole"
    | "number"
    | "boolean"
    | "text"
    | "texts"
    | "word"
    | "clock"
    | "key"
    | "address"
    | "columns"
    | "statuses"
    | "store"
    | "signal"
    | "control"
    | "function"
    | "any";
  unit?: string;
  least?: number;
  /** More than `least`. */
  above?: true;
  most?: number;
  words?: readonly string[];
  default?: string | number | boolean;
}

/** What else is said of an option. */
interface More {
  /** The flag of the command line. */
  flag?: string;
  /** What the flag's help says, where that is not `doc`. */
  help?: string;
  /** What the command line has in its place. */
  beside?: string;
  required?: true;
  /** Another option without which this one would do nothing. */
  needs?: string;
  /** Other names that people try. */
  meant?: readonly string[];
  /** For this repository's tests. */
  internal?: true;
}

export interface Row extends Kind, More {
  /** A nested one has its object before it, as `retry.baseMs`. */
  name: string;
  of: readonly Taker[];
  doc: string;
}

/** The longest that the timers of the runtimes take. */
const MS_MAX = 2_147_483_647;
const WHOLE_MAX = 4_294_967_295;

const READING = ["check", "Batcher", "send"] as const;
const CHECKING = ["check", "Batcher", "send", "createClient"] as const;
const BATCHING = ["Batcher", "send", "createClient"] as const;
const POSTING = ["send", "submit", "resumeImport", "createClient", "Outbox.open"] as const;
const PACING = ["send", "resumeImport", "createClient", "Outbox.open"] as const;
const RUNS = ["send", "resumeImport", "Outbox.open"] as const;
const IMPORTS = ["send", "resumeImport"] as const;
const CLIENT = ["createClient"] as const;

const FORMAT = word(["auto", "json", "ndjson", "csv", "tsv"], "auto");
const REPAIR = word(["report", "refuse"], "report");
const UNIT = word(["auto", "s", "ms", "us", "ns"], "auto");
const OVERFLOW = word(["reject", "dropOldest", "dropNewest"], "reject");
const MEANINGS = ["accepted", "refused", "retry", "pause", "unknown"];
const CLOCK: Kind = { type: "clock", unit: "Unix time in milliseconds" };
const SERVICE = "https://events.split.io/api/events/bulk";

export const TABLE = [
  // how events are read and checked
  option(
    "format",
    [...READING, "Sources"],
    FORMAT,
    "auto, json (an array, or objects), ndjson (one event a line), csv or tsv",
    {
      flag: "--format <format>",
    },
  ),
  option(
    "map",
    READING,
    { type: "columns" },
    "what a column of CSV or TSV is, as user_id=key or version=properties.version:text; - leaves it out",
    { flag: "--map <column=field>" },
  ),
  option(
    "lines",
    [...READING, "Sources"],
    flag(false),
    "each text of an iterable or a stream is a line without its end",
  ),
  option("repair", CHECKING, REPAIR, "report what can be repaired, and repair it; or refuse it", {
    flag: "--strict",
    help: "refuse what would be repaired",
  }),
  option(
    "normalizeNames",
    CHECKING,
    flag(false),
    "turn spaces and other characters that an event type may not have into _",
    { flag: "--normalize-names" },
  ),
  option("trafficTypes", CHECKING, { type: "texts" }, "the traffic types that exist; events of any other are refused", {
    flag: "--traffic-types <types>",
    help: "the traffic types that exist, as user,account; others are refused",
  }),
  option("flatten", CHECKING, flag(false), "turn nested objects in properties into dotted names, as a.b.c", {
    flag: "--flatten",
  }),
  option("timestampUnit", CHECKING, UNIT, "auto (the magnitude tells), s, ms, us or ns", {
    flag: "--timestamp-unit <unit>",
    meant: ["unit"],
  }),
  option("now", CHECKING, CLOCK, "the clock for warnings of old timestamps; false for none; else the runtime's own", {
    flag: "--now <ms>",
    help: "the clock for warnings of old timestamps, in Unix milliseconds; off for none",
  }),
  option(
    "knownKeys",
    [...CHECKING, "resumeImport"],
    { type: "any" },
    "the keys that getTreatment() was given; others are warned of",
    {
      flag: "--known-keys <file>",
      help: "the keys that getTreatment() was given, a line each or CSV; others are warned of",
    },
  ),
  option("keepRefused", ["Batcher"], flag(false), "keep what the check refuses, for takeRefused"),

  // how they are batched
  option("maxEvents", BATCHING, whole("events", 1, WHOLE_MAX, 500), "most events in a batch", {
    flag: "--max-events <n>",
    meant: ["batchSize"],
  }),
  option("maxBytes", BATCHING, whole("bytes", 3, WHOLE_MAX, 1_000_000), "most bytes in a batch's body", {
    flag: "--max-bytes <n>",
  }),

  // where and how a batch is posted
  option("apiKey", POSTING, { type: "key" }, "the SDK key (not the Admin key)", {
    beside: "SPLIT_API_KEY in the environment",
    required: true,
    meant: ["key", "sdkKey", "authorizationKey"],
  }),
  option("endpoint", POSTING, { type: "address", default: SERVICE }, "where to post", {
    flag: "--endpoint <url>",
    help: "where to post, such as http://127.0.0.1:8080/api/events/bulk",
    meant: ["url", "address"],
  }),
  option("timeoutMs", POSTING, whole("ms", 1, MS_MAX, 30_000), "how long a request waits for its answer", {
    flag: "--timeout <span>",
    meant: ["timeout", "requestTimeout"],
  }),
  option("fetch", POSTING, { type: "function" }, "the fetch to use; else the runtime's own", {
    beside: "HTTPS_PROXY, HTTP_PROXY, NO_PROXY",
  }),
  option(
    "statuses",
    POSTING,
    { type: "statuses", words: MEANINGS },
    'what answers mean, where you know better, as { 503: "unknown", "5xx": "retry" }',
  ),
  option("forwarder", POSTING, flag(false), "the endpoint is this package's Worker: it takes a batch once, by its id"),

  // how batches are sent one after the other
  option("concurrency", PACING, whole("requests", 1, 1_000, 4), "most requests in flight at once", {
    flag: "--concurrency <n>",
    meant: ["parallel"],
  }),
  option("rate", PACING, moreThanZero("requests a second"), "most requests a second; else no limit", {
    flag: "--rate <n>",
  }),
  option("retry.attempts", PACING, whole("requests", 1, 1_000, 8), "most requests for one batch; 1 never sends twice", {
    flag: "--retries <n>",
    help: "how often at most what was not taken is sent again",
    meant: ["retries", "maxRetries"],
  }),
  option(
    "retry.baseMs",
    PACING,
    whole("ms", 0, MS_MAX, 500),
    "the longest wait before a batch is sent again; doubled with each request",
  ),
  option("retry.capMs", PACING, whole("ms", 0, MS_MAX, 30_000), "where that doubling ends", { meant: ["maxDelay"] }),
  option(
    "pauseCapMs",
    PACING,
    whole("ms", 1, MS_MAX, 3_600_000),
    "the longest pause that the service may ask for; then one request asks again",
    { flag: "--pause-cap <span>" },
  ),
  option("deadlineMs", RUNS, moreThanZero("ms", MS_MAX), "the time from the start after which nothing more is sent", {
    flag: "--deadline <span>",
    meant: ["deadline"],
  }),
  option(
    "onUnknown",
    RUNS,
    word(["park", "retry"], "park"),
    "park what may have been taken, or retry it: it may then count twice",
    { flag: "--on-unknown <word>" },
  ),
  option("seed", PACING, { type: "number" }, "what random waits are drawn from", { internal: true }),

  // what survives the process
  option(
    "journal",
    ["send", "createClient"],
    { type: "store" },
    "records what is sent before it is sent, so that it goes on after a crash",
    {
      flag: "--journal <dir>",
      help: "a directory of this import, so that resume goes on even after kill -9 or a power cut",
    },
  ),
  option("journalBodies", ["send"], flag(true), "whether the journal keeps bodies until they are accepted", {
    beside: "by the kind of source",
  }),
  option("journalSource", ["send"], { type: "any" }, "JSON, kept in the journal to find the source again", {
    beside: "kept by the command for itself",
  }),
  option("ledger", IMPORTS, { type: "store" }, "remembers the events of all imports, so that none is sent again", {
    flag: "--ledger <dir>",
    help: "a directory of all imports: what an earlier one has delivered there is not sent again",
  }),
  option("ledgerDays", IMPORTS, moreThanZero("days", undefined, 90), "how long the ledger remembers an event", {
    flag: "--ledger-days <n>",
  }),
  option("resend", ["send"], word(["other-key"]), "other-key: send what the ledger knows only under another key", {
    flag: "--resend <word>",
    needs: "ledger",
  }),
  option("source", ["resumeImport"], { type: "any" }, "the input of the import, where its journal keeps no bodies", {
    beside: "found by the command",
  }),

  // what is said while a run is under way
  option(
    "signal",
    [...IMPORTS, "client.flush", "outbox.deliver"],
    { type: "signal" },
    "stops: nothing more is sent, what is in flight is waited for",
    { beside: "Ctrl-C" },
  ),
  option("cutSignal", IMPORTS, { type: "signal" }, "cuts what is in flight after all: it ends unknown", {
    beside: "Ctrl-C again",
  }),
  option("control", IMPORTS, { type: "control" }, "a Control, which pauses and lets go on"),
  option("onProgress", IMPORTS, { type: "function" }, "called with counts while the run is under way", {
    beside: "the line of progress",
  }),
  option("totalBytes", IMPORTS, atLeastZero("bytes"), "how many bytes the input has, where it cannot tell itself"),
  option("onAttempt", PACING, { type: "function" }, "called after each request"),
  option(
    "onUndelivered",
    IMPORTS,
    { type: "function" },
    "takes what was not delivered, as NDJSON with reasons; a promise is awaited",
    { beside: "--refused, --unknown, --unsent" },
  ),
  option("onSettled", ["createClient", "Outbox.open"], { type: "function" }, "called for each batch that has ended"),

  // the client
  option("onRefused", CLIENT, { type: "function" }, "called for each event that the check refused"),
  option("maxQueueEvents", CLIENT, whole("events", 1, WHOLE_MAX, 10_000), "most events that are held"),
  option("maxQueueBytes", CLIENT, whole("bytes", 3, WHOLE_MAX, 10_000_000), "most bytes of events that are held"),
  option("onOverflow", CLIENT, OVERFLOW, "what becomes of an event that has no room"),
  option("flushIntervalMs", CLIENT, moreThanZero("ms", MS_MAX, 5_000), "the longest that a tracked event waits", {
    meant: ["flushInterval"],
  }),
  option("patienceMs", ["client.flush"], atLeastZero("ms", MS_MAX, 30_000), "the longest wait to try again", {
    meant: ["patience"],
  }),
  option(
    "deadlineMs",
    ["client.close"],
    atLeastZero("ms", MS_MAX, 10_000),
    "the time after which what is in flight is cut",
    {
      meant: ["deadline"],
    },
  ),

  // the outbox
  option("patienceMs", ["outbox.deliver"], atLeastZero("ms", MS_MAX, 0), "the longest wait to try again", {
    meant: ["patience"],
  }),
  option("pausedUntil", ["outbox.deliver"], atLeastZero("Unix time in milliseconds"), "nothing is sent before"),
  option("limit", ["outbox.list"], atLeastZero("entries", undefined, 100), "most entries of the list"),
  option("after", ["outbox.list"], { type: "text" }, "the id of the last entry that was seen, which is held still"),
  option("behind.number", ["outbox.list"], atLeastZero("a number"), "in its place: the number of the last entry"),
  option("behind.from", ["outbox.list"], atLeastZero("a number"), "and its from; the entry may be gone"),
  option(
    "limit",
    ["outbox.resolveAll"],
    atLeastZero("entries", undefined, 1_000),
    "about how many are resolved at once",
  ),
  option("after", ["outbox.resolveAll"], atLeastZero("a number"), "where to go on, as the last call has said"),

  // keys, sources and stores
  option("column", ["KnownKeys.read"], { type: "text" }, "the column that has the keys; else the one called key", {
    flag: "--known-keys-column <name>",
    help: "the column that has them; default key",
  }),
  option("name", ["Sources"], { type: "text" }, "shown as file in issues"),
  option("input", ["Sources"], { type: "any" }, "what is read"),
  option("live", ["Sources"], { type: "boolean" }, "it may never end, so a stopped run leaves it; else streams may"),
  option("wait", ["indexedDbStore"], flag(false), "wait until no other page has the store"),
  option("signal", ["indexedDbStore"], { type: "signal" }, "ends the waiting"),
  option(
    "timeoutMs",
    ["indexedDbStore"],
    whole("ms", 1, MS_MAX, 5_000),
    "how long opening the database, and each reading and writing, may last",
  ),
  option("table", ["durableObjectStore"], { type: "text", default: "split_events" }, "the name of the table"),
] as const;

function option<const Name extends string, const Of extends readonly Taker[]>(
  name: Name,
  of: Of,
  kind: Kind,
  doc: string,
  more: More = {},
): Row & { name: Name; of: Of } {
  return { name, of, doc, ...kind, ...more };
}

function whole(unit: string, least: number, most: number, usual: number): Kind {
  return { type: "whole", unit, least, most, default: usual };
}

function moreThanZero(unit: string, most?: number, usual?: number): Kind {
  return { ...atLeastZero(unit, most, usual), above: true };
}

function atLeastZero(unit: string, most?: number, usual?: number): Kind {
  const kind: Kind = { type: "number", unit, least: 0 };
  if (most !== undefined) kind.most = most;
  if (usual !== undefined) kind.default = usual;
  return kind;
}

function flag(usual: boolean): Kind {
  return { type: "boolean", default: usual };
}

function word(words: readonly string[], usual?: string): Kind {
  return { type: "word", words, ...(usual !== undefined && { default: usual }) };
}

const rowsOf = new Map<Taker, readonly Row[]>();

/** What this function takes. */
export function rowsFor(taker: Taker): readonly Row[] {
  const rows = rowsOf.get(taker) ?? (TABLE as readonly Row[]).filter(({ of }) => of.includes(taker));
  rowsOf.set(taker, rows);
  return rows;
}

export function rowOf(taker: Taker, name: string): Row {
  const row = rowsFor(taker).find((row) => row.name === name);
  if (row === undefined) throw new RangeError(`${taker} has no option ${name}`);
  return row;
}

/** The default of an option that is a number. */
export function defaultOf(taker: Taker, name: string): number {
  return rowOf(taker, name).default as number;
}

/** What an option must be, as a person reads it. */
export function expected({ type, unit, least, most, above, words = [] }: Kind): string {
  switch (type) {
    case "whole":
      return `a whole number of ${units(unit)} from ${least} to ${most}`;
    case "number": {
      const from = least === undefined ? "" : `, ${above ? "more than" : "at least"} ${least}`;
      return `${units(unit)}${from}${most === undefined ? "" : `, at most ${most}`}`;
    }
    case "boolean":
      return "true or false";
    case "word": {
      const all = words.map((word) => JSON.stringify(word));
      return all.length < 2 ? all.join() : `${all.slice(0, -1).join(", ")} or ${all.at(-1)}`;
    }
    case "texts":
      return "an array of strings";
    case "clock":
      return "Unix time in milliseconds, or false";
    case "address":
      return "an http or https address";
    case "columns":
      return 'an object that gives columns their fields, as { user_id: "key" }';
    case "statuses":
      return 'an object that gives statuses their meanings, as { 503: "unknown", "5xx": "retry" }';
    case "store":
      return "a store such as memoryStore()";
    case "signal":
      return "an AbortSignal";
    case "control":
      return "a Control";
    case "function":
      return "a function";
    case "key":
    case "text":
      return "a string";
    case "any":
      return "anything";
  }
}

function units(unit: string | undefined): string {
  if (unit === undefined) return "a number";
  return unit === "ms" ? "milliseconds" : unit;
}
