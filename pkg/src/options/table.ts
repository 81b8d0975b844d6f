/**
 * Every option of the package: what it may be, who takes it, what an editor shows of it (its doc comment) and what the
 * documentation and the command line say of it (`doc`, `flag`, `help`). The types of options are derived from this
 * table (derive.ts), users are held to it (checked.ts), and flags and docs/OPTIONS.md are made from it.
 *
 * `undefined` and `null` count as not given. An inherited option counts as the object's own.
 */

import type { PlatformFetch } from "../platform-types.js";
import type { Chosen, Values } from "./derive.js";
import {
  address,
  any,
  atLeastZero,
  clock,
  columns,
  control,
  fields,
  flag,
  func,
  hook,
  internal,
  key,
  mapping,
  moreThanZero,
  number,
  option,
  required,
  sign,
  signal,
  statuses,
  store,
  text,
  texts,
  whole,
  within,
  word,
} from "./option.js";

/** The functions that take options, and the types that describe them. */
export const TAKERS = {
  check: "CheckOptions",
  Batcher: "BatcherOptions",
  suggestMapping: "SuggestOptions",
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

/** The longest that the timers of all runtimes take, in milliseconds. */
const MS_MAX = 2_147_483_647;
const WHOLE_MAX = 4_294_967_295;

const READING = ["check", "Batcher", "suggestMapping", "send"] as const;
const CHECKING = ["check", "Batcher", "send", "createClient"] as const;
const BATCHING = ["Batcher", "send", "createClient"] as const;
const POSTING = ["send", "submit", "resumeImport", "createClient", "Outbox.open"] as const;
const PACING = ["send", "resumeImport", "createClient", "Outbox.open"] as const;
const DELIVERING = ["send", "resumeImport", "Outbox.open"] as const;
const IMPORTS = ["send", "resumeImport"] as const;
const CLIENT = ["createClient"] as const;

const FORMATS = ["auto", "json", "ndjson", "csv", "tsv"] as const;
const UNITS = ["auto", "s", "ms", "us", "ns"] as const;
const SEPARATORS = { comma: ",", semicolon: ";", tab: "\t", bar: "|" } as const;
const TIMES = ["auto", "iso", "dmy", "mdy", "ymd", "serial"] as const;
const ENCODINGS = ["utf-8", "utf-16le", "utf-16be", "windows-1252"] as const;
const MEANINGS = ["accepted", "refused", "retry", "pause", "unknown"] as const;
const SERVICE = "https://events.split.io/api/events/bulk";

/** How a source writes its records. */
export type Format = (typeof FORMATS)[number];
/** How a timestamp that is a text writes its date; `serial` is a spreadsheet's number of days. */
export type TimestampFormat = (typeof TIMES)[number];
/** The encoding of a text. */
export type Encoding = (typeof ENCODINGS)[number];
/** The unit of a timestamp that is a number. */
export type TimestampUnit = (typeof UNITS)[number];
/** What a status of the service means for the batch that it answers. */
export type StatusMeaning = (typeof MEANINGS)[number];

/**
 * How what was certainly not taken is sent again: after a wait between zero and `baseMs`, doubled with each request.
 */
const RETRY = {
  /** The most requests for one batch; default 8. With 1 no batch is sent twice. */
  attempts: option(PACING, whole("requests", 1, 1_000, 8), "most requests for one batch; 1 never sends twice", {
    flag: "--retries <n>",
    help: "how often at most a batch that was not taken is sent again",
    meant: ["retries", "maxRetries"],
  }),
  /** The longest wait before the first repetition, in milliseconds; default 500. It doubles with each request. */
  baseMs: option(
    PACING,
    whole("ms", 0, MS_MAX, 500),
    "the longest wait before a batch is sent again; doubled with each request",
  ),
  /** The longest wait at all, in milliseconds; default 30,000. */
  capMs: option(PACING, whole("ms", 0, MS_MAX, 30_000), "the longest wait at all", { meant: ["maxDelay"] }),
};

const BEHIND = {
  /** The `number` of the last entry seen. */
  number: option(["outbox.list"], atLeastZero("a number"), "instead of after: the number of the last entry seen"),
  /** The `from` of the last entry seen. */
  from: option(["outbox.list"], atLeastZero("a number"), "and its from; it may no longer be held"),
};

export const GROUPS = {
  /** How events are read and checked. */
  check: {
    /**
     * How the input writes its records. `auto` (default) tells it by the first bytes. `json` is an array of events, or
     * one or more objects; `ndjson` is one event a line; `csv` and `tsv` are tables with a header row.
     */
    format: option(
      [...READING, "Sources"],
      word(FORMATS, "auto"),
      "auto, json (an array, or objects), ndjson (one event a line), csv or tsv",
      { flag: "--format <format>", kept: true },
    ),
    /**
     * The export that the input is, by the name of its preset: `presets()` lists them. `auto` (default) recognises it
     * by its first records: `check` then reads it so, and `send` does if `set` or `map` is given; otherwise `send`
     * reports what to give, and sends nothing. `none` takes every record for an event. Objects are mapped only by a
     * preset that is named.
     */
    preset: option(
      ["check", "suggestMapping", "send"],
      text("auto"),
      "the export that the input is: auto, none, or the name of a preset",
      {
        flag: "--preset <name>",
        help: "the export that the input is: auto, none, or a name that split-events presets lists; default auto",
        kept: true,
      },
    ),
    /** How events are made of records, in place of a preset: docs/MAPPING.md describes it. */
    mapping: option(READING, mapping(), "how events are made of records, in place of a preset", {
      flag: "--mapping <file>",
      help: "a file that says how events are made of records, as split-events map --write makes it",
      kept: true,
    }),
    /**
     * Which column, member or path of a record is which field, as `{ user_id: "key", "/traits/plan": "properties.plan",
     * internal: "-" }`. `-` leaves it out, `properties.NAME:text` keeps each value as text, and `properties.NAME:number`
     * makes each a number. It is laid over the preset or the mapping. Default without these: a column is the field or
     * the property of its own name.
     */
    map: option(
      READING,
      columns(),
      "what a column or path is, as user_id=key or /traits/plan=properties.plan:text; - leaves it out",
      { flag: "--map <from=field>", kept: true },
    ),
    /** The value of a field in every event, as `{ trafficTypeName: "user" }`, whatever the record says. */
    set: option(READING, fields(), "the value of a field in every event, as trafficTypeName=user", {
      flag: "--set <field=value>",
      kept: true,
    }),
    /** What separates the cells of a table; `auto` (default) tells it by the first bytes. */
    separator: option(READING, sign(SEPARATORS), "what separates the cells of a table", {
      flag: "--separator <word>",
      help: "what separates the cells of a table: auto, comma, semicolon, tab or bar, or the sign itself",
      meant: ["delimiter", "sep"],
      kept: true,
    }),
    /** How many lines of a table stand above its header row. Default: told by the first bytes. */
    skipRows: option(READING, atLeastZero("lines", WHOLE_MAX), "how many lines stand above the header row of a table", {
      flag: "--skip-rows <n>",
      meant: ["skip", "skipLines"],
      kept: true,
    }),
    /**
     * The sign before the decimals of an amount. If it is given, the amount may have thousands separators and a
     * currency, as `1.234,50 €`. Default: a point, and no separators.
     */
    decimal: option(
      READING,
      word(["point", "comma"]),
      "the sign before the decimals of amounts, which then may have thousands separators and a currency",
      { flag: "--decimal <word>", kept: true },
    ),
    /**
     * Whether each text of an iterable or a stream is one line without its end, as `readline` and message queues yield
     * them. Default `false`: texts are pieces, cut anywhere, with the line ends in them.
     */
    lines: option(
      [...READING, "Sources"],
      flag(false),
      "each text of an iterable or a stream is a line without its end",
      { kept: true },
    ),
    /**
     * The name of the sheet that is read of an Excel workbook. Default: the only sheet that has cells. If several have,
     * the `InputError` names them.
     */
    sheet: option([...READING, "Sources"], text(), "which sheet of a workbook is read", {
      flag: "--sheet <name>",
      kept: true,
    }),
    /**
     * What becomes of an event that can be repaired: `report` (default) repairs it and says so, `refuse` refuses it.
     */
    repair: option(
      CHECKING,
      word(["report", "refuse"], "report"),
      "repair what can be repaired and report it, or refuse it",
      { flag: "--strict", help: "refuse what would be repaired", kept: true },
    ),
    /** Whether spaces and other characters that an event type may not have become `_`. Default `false`. */
    normalizeNames: option(
      CHECKING,
      flag(false),
      "turn spaces and other characters that an event type may not have into _",
      { flag: "--normalize-names", kept: true },
    ),
    /** The traffic types that exist. An event of any other is refused. */
    trafficTypes: option(CHECKING, texts(), "the traffic types that exist; events of any other are refused", {
      flag: "--traffic-types <types>",
      help: "the traffic types that exist, as user,account; events of any other are refused",
      kept: true,
    }),
    /** Whether nested objects in `properties` become properties with dotted names, as `a.b.c`. Default `false`. */
    flatten: option(CHECKING, flag(false), "turn nested objects in properties into dotted names, as a.b.c", {
      flag: "--flatten",
      kept: true,
    }),
    /**
     * The unit of a timestamp that is a number. `auto` (default) tells it by the magnitude; any other is not guessed.
     */
    timestampUnit: option(
      [...CHECKING, "suggestMapping"],
      word(UNITS, "auto"),
      "the unit of timestamps that are numbers: auto (told by their magnitude), s, ms, us or ns",
      {
        flag: "--timestamp-unit <unit>",
        meant: ["unit"],
        kept: true,
      },
    ),
    /**
     * How timestamps that are texts write their date: `iso`, `dmy` (day first), `mdy`, `ymd`, or `serial` (a
     * spreadsheet's days since 1900). `auto` (default) tells it by the first megabyte.
     */
    timestampFormat: option(
      READING,
      word(TIMES, "auto"),
      "how timestamps that are texts write their date: auto, iso, dmy (day first), mdy, ymd or serial (a spreadsheet's days)",
      { flag: "--timestamp-format <word>", meant: ["dateFormat", "timeFormat"], kept: true },
    ),
    /**
     * The time zone of timestamps that name none, as `Europe/Berlin`, `+02:00` or `UTC`. Default: none, and such a
     * timestamp is refused.
     */
    timestampZone: option(
      READING,
      text<string | undefined>(),
      "the zone of timestamps that name none, as Europe/Berlin, +02:00 or UTC",
      { flag: "--timestamp-zone <zone>", meant: ["timezone", "timeZone", "tz", "zone"], kept: true },
    ),
    /** The encoding of bytes. Default: UTF-8, or UTF-16 if they begin with its mark. */
    encoding: option(READING, word(ENCODINGS), "the encoding of the input; else UTF-8, or UTF-16 by its mark", {
      flag: "--encoding <name>",
      help: `the encoding of the input: ${ENCODINGS.join(", ")}; default utf-8, or UTF-16 by its mark`,
      meant: ["charset"],
      kept: true,
    }),
    /**
     * The time, in Unix milliseconds, by which timestamps far in the past or ahead are warned of; `false` for no such
     * warnings. Default: the time of the runtime at the start.
     */
    now: option(
      CHECKING,
      clock(),
      "the time by which timestamps are warned of as old or ahead; false for no warning; else the runtime's clock",
      {
        flag: "--now <ms>",
        help: "the time by which timestamps are warned of as old or ahead, in Unix milliseconds; off for no warning",
        kept: true,
      },
    ),
    /**
     * The keys that `getTreatment()` was given. An event with any other key is warned of, and the report counts the
     * matches. Use `KnownKeys.read` for lists that are too large for an array.
     */
    knownKeys: option(
      [...CHECKING, "resumeImport"],
      any<never>(),
      "the keys that getTreatment() was given; events with another key are warned of",
      {
        flag: "--known-keys <file>",
        help: "a file of the keys that getTreatment() was given, one a line or CSV; events with another key are warned of",
      },
    ),
    /** Whether events that the check refuses are kept for `takeRefused`. Default `false`. */
    keepRefused: option(["Batcher"], flag(false), "keep what the check refuses, for takeRefused"),
  },

  batcher: {
    /**
     * The export that the input is, by the name of its preset: `presets()` lists them. `none` (default) takes every
     * record for an event; `auto` recognises an export by its first records.
     */
    preset: option(["Batcher"], text("none"), "the export that the input is: none, auto, or the name of a preset"),
  },

  /** How events are batched. */
  batch: {
    /** The most events in a batch; default 500. */
    maxEvents: option(BATCHING, whole("events", 1, WHOLE_MAX, 500), "most events in a batch", {
      flag: "--max-events <n>",
      meant: ["batchSize"],
      kept: true,
    }),
    /** The most bytes in a batch's body; default 1,000,000. */
    maxBytes: option(BATCHING, whole("bytes", 3, WHOLE_MAX, 1_000_000), "most bytes in a batch's body", {
      flag: "--max-bytes <n>",
      kept: true,
    }),
  },

  /** Where and how a batch is posted. */
  delivery: {
    /** The SDK key (not the Admin key). No receipt, error or log repeats it. */
    apiKey: required(
      option(POSTING, key(), "the SDK key (not the Admin key)", {
        beside: "SPLIT_API_KEY in the environment",
        meant: ["key", "sdkKey", "authorizationKey"],
      }),
    ),
    /** Where batches are posted; default `https://events.split.io/api/events/bulk`. */
    endpoint: option(POSTING, address(SERVICE), "where to post", {
      flag: "--endpoint <url>",
      help: "where to post, such as http://127.0.0.1:8080/api/events/bulk",
      meant: ["url", "address"],
    }),
    /** How long a request waits for its answer, in milliseconds; default 30,000. */
    timeoutMs: option(POSTING, whole("ms", 1, MS_MAX, 30_000), "how long to wait for the answer to a request", {
      flag: "--timeout <span>",
      meant: ["timeout", "requestTimeout"],
    }),
    /** The `fetch` to use. Default: the runtime's own. */
    fetch: option(POSTING, func<PlatformFetch>(), "the fetch to use; else the runtime's own", {
      beside: "HTTPS_PROXY, HTTP_PROXY, NO_PROXY",
    }),
    /**
     * What the service's statuses mean, if you know better: `{ 503: "unknown", "5xx": "retry" }`. `retry` and `pause`
     * say that the batch was certainly not taken; `pause` also holds all others back.
     */
    statuses: option(
      POSTING,
      statuses(MEANINGS),
      'what statuses mean, if you know better, as { 503: "unknown", "5xx": "retry" }',
    ),
    /**
     * Whether the endpoint is this package's Worker. Each batch then has its id as `Idempotency-Key`, and is taken
     * once. Default `false`.
     */
    forwarder: option(POSTING, flag(false), "the endpoint is this package's Worker: it takes a batch once, by its id"),
  },

  /** How batches are sent one after the other. */
  pace: {
    /**
     * The most requests in flight at once; default 4. The first request goes alone, and so does each while the service
     * is in trouble.
     */
    concurrency: option(PACING, whole("requests", 1, 1_000, 4), "most requests in flight at once", {
      flag: "--concurrency <n>",
      meant: ["parallel"],
    }),
    /** The most requests a second. Default: no limit. */
    rate: option(PACING, moreThanZero("requests a second"), "most requests a second; else no limit", {
      flag: "--rate <n>",
    }),
    /** How what was certainly not taken is sent again. */
    retry: option(PACING, within<RetryOptions>(RETRY), ""),
    /**
     * The longest pause that the service may ask for, in milliseconds; default 3,600,000. After it one request asks
     * again.
     */
    pauseCapMs: option(
      PACING,
      whole("ms", 1, MS_MAX, 3_600_000),
      "the longest pause that the service may ask for; after it one request tries again",
      { flag: "--pause-cap <span>" },
    ),
    /**
     * The time from the start after which no request begins, in milliseconds. What is in flight then is waited for.
     * Default: no limit.
     */
    deadlineMs: option(DELIVERING, moreThanZero("ms", MS_MAX), "how long after the start the last request may begin", {
      flag: "--deadline <span>",
      meant: ["deadline"],
    }),
    /**
     * What becomes of a batch that may have been taken: `park` (default) leaves it, `retry` sends it again, and its
     * events may count twice.
     */
    onUnknown: option(
      DELIVERING,
      word(["park", "retry"], "park"),
      "park a batch whose outcome is unknown, or retry it: it may then count twice",
      { flag: "--on-unknown <word>" },
    ),
    seed: internal(option(PACING, number(), "what random waits are drawn from")),
  },

  /** What outlives the process. */
  stores: {
    /**
     * Where the import is recorded before it is sent, so that `resumeImport` can go on after a crash. One import each.
     */
    journal: option(
      ["send"],
      store(),
      "records what is sent before it is sent, so that the import goes on after a crash",
      {
        flag: "--journal <dir>",
        help: "a directory for this import's journal; with it resume goes on even after kill -9 or a power cut",
      },
    ),
    /**
     * Whether the journal keeps the bodies of batches until they are accepted; default `true`. Without them
     * `resumeImport` needs the same input again.
     */
    journalBodies: option(["send"], flag(true), "whether the journal keeps bodies until they are accepted", {
      beside: "by the kind of source",
    }),
    /** JSON that the journal keeps for you, to find the source again. */
    journalSource: option(["send"], any<unknown>(), "JSON, kept in the journal to find the source again", {
      beside: "kept by the command for itself",
    }),
    /**
     * Where the events of all imports are remembered. Events that an earlier import has delivered to the same endpoint
     * are not sent again.
     */
    ledger: option(IMPORTS, store(), "remembers the events of all imports, so that none is sent again", {
      flag: "--ledger <dir>",
      help: "a directory for all imports: events that an earlier one has sent to the same endpoint are not sent again",
    }),
    /** How many days the ledger remembers an event; default 90. */
    ledgerDays: option(IMPORTS, moreThanZero("days", undefined, 90), "how many days the ledger remembers an event", {
      flag: "--ledger-days <n>",
    }),
    /**
     * `other-key` also sends events that the ledger knows only under another SDK key. If the key was renewed, these
     * events count twice. `resumeImport` does as the import began.
     */
    resend: option(
      ["send"],
      word(["other-key"]),
      "other-key: also send the events that the ledger knows only under another key",
      {
        flag: "--resend <word>",
        needs: "ledger",
        kept: true,
      },
    ),
  },

  resume: {
    /** The input of the import, if its journal keeps no bodies. */
    source: option(["resumeImport"], any<never>(), "the input of the import, if its journal keeps no bodies", {
      beside: "found by the command",
    }),
  },

  /** How a delivery is watched, stopped and cut. */
  watch: {
    /** Stops: no request begins any more, and what is in flight is waited for. The receipt says what became of all. */
    signal: option(
      [...IMPORTS, "client.flush", "outbox.deliver"],
      signal(),
      "stops: nothing more is sent, what is in flight is waited for",
      { beside: "Ctrl-C" },
    ),
    /** Cuts what is in flight, too: those batches end unknown. */
    cutSignal: option(IMPORTS, signal(), "cuts what is in flight, too: it ends unknown", { beside: "Ctrl-C again" }),
    /** Pauses the delivery and lets it go on. */
    control: option(IMPORTS, control(), "a Control, which pauses the delivery and lets it go on"),
    /** Called with counts while the delivery is under way. */
    onProgress: option(IMPORTS, hook(), "called with counts while the delivery is under way", {
      beside: "the line of progress",
    }),
    /** How many bytes the input has, if it cannot tell that itself. */
    totalBytes: option(IMPORTS, atLeastZero("bytes"), "how many bytes the input has, if it cannot tell"),
    /** Called after each request. */
    onAttempt: option(PACING, hook(), "called after each request"),
    /**
     * Takes the events that were not delivered, as NDJSON. Each line is
     * `{"index", "line", "byteOffset", "file"?, "state", "reasons": [{"code", "path", "message"}], "event"}`, or has
     * `"text"` instead of `"event"` if the record is not JSON.
     *
     * `rows` has the same refused events as rows of the table that they came in: below its header row and with a last
     * column `split_events_reasons`, which is no property when the table is read again. It is `undefined` from the first
     * refused event on that did not come in that table; drop the rows before, and use the lines.
     *
     * A promise that it returns is waited for before anything else is read or sent, so a slow writer slows the delivery
     * down. Once nothing more is sent it is waited for at most `timeoutMs`, and not at all after `cutSignal`.
     */
    onUndelivered: option(
      IMPORTS,
      hook(),
      "takes what was not delivered, as NDJSON with reasons; a promise is awaited",
      { beside: "--refused, --unknown, --unsent" },
    ),
  },

  client: {
    /**
     * Where queued events are kept for the next client: that of a page that is loaded again, or of a process that
     * starts again. An event is durable some 250 ms after `track` took it, and at once if its page is hidden or left.
     * In Workers it is durable with the next `flush`.
     */
    journal: option(CLIENT, store(), "keeps queued events for the next client that has it"),
    /**
     * Called for each batch that has ended. The body is given if the batch was not accepted, since the client does not
     * keep it.
     */
    onSettled: option(CLIENT, hook(), "called for each batch that has ended"),
    /**
     * Called for each event that `track` refused or rejected. Without it the console names each code once, with what to
     * do and without the event.
     */
    onRefused: option(CLIENT, hook(), "called for each event that was refused or rejected"),
    /** The most events that are held, queued and in flight; default 10,000. */
    maxQueueEvents: option(CLIENT, whole("events", 1, WHOLE_MAX, 10_000), "most events that are held"),
    /** The most bytes of these events; default 10,000,000. */
    maxQueueBytes: option(CLIENT, whole("bytes", 3, WHOLE_MAX, 10_000_000), "most bytes of events that are held"),
    /**
     * What becomes of an event that has no room. `reject` (default) does not take it, and counts it nowhere.
     * `dropNewest` counts it as unsent. `dropOldest` takes it, and counts the oldest batches as unsent. `track` tells
     * each case.
     */
    onOverflow: option(
      CLIENT,
      word(["reject", "dropOldest", "dropNewest"], "reject"),
      "what becomes of an event that has no room",
    ),
    /**
     * The longest that a tracked event waits before it is sent, in milliseconds; default 5,000. Not in Workers: call
     * `flush` there.
     */
    flushIntervalMs: option(CLIENT, moreThanZero("ms", MS_MAX, 5_000), "the longest that a tracked event waits", {
      meant: ["flushInterval"],
    }),
  },
  flush: {
    /** The longest wait for a pause to end or to send again, in milliseconds; default 30,000. */
    patienceMs: option(["client.flush"], atLeastZero("ms", MS_MAX, 30_000), "the longest wait to try again", {
      meant: ["patience"],
    }),
  },
  close: {
    /** The time after which what is in flight is cut, in milliseconds; default 10,000. */
    deadlineMs: option(
      ["client.close"],
      atLeastZero("ms", MS_MAX, 10_000),
      "the time after which what is in flight is cut",
      { meant: ["deadline"] },
    ),
  },

  outbox: {
    /** Called for each batch or part that was accepted or refused, or is unknown. */
    onSettled: option(["Outbox.open"], hook(), "called for each batch that has ended"),
  },
  deliver: {
    /** The longest wait for a pause to end or to send again, in milliseconds; default 0. */
    patienceMs: option(["outbox.deliver"], atLeastZero("ms", MS_MAX, 0), "the longest wait to try again", {
      meant: ["patience"],
    }),
    /** The Unix time in milliseconds before which no request begins. */
    pausedUntil: option(["outbox.deliver"], atLeastZero("Unix time in milliseconds"), "no request begins before"),
  },
  list: {
    /** The most entries of the list; default 100. */
    limit: option(["outbox.list"], atLeastZero("entries", undefined, 100), "most entries of the list"),
    /** The id of the last entry seen, which must still be held. */
    after: option(["outbox.list"], text(), "the id of the last entry seen, which must still be held"),
    /** Instead of `after`: the `number` and `from` of the last entry seen, which may no longer be held. */
    behind: option(["outbox.list"], within<{ number: number; from: number }>(BEHIND), ""),
  },
  resolveAll: {
    /** About how many are resolved at once; default 1,000. */
    limit: option(
      ["outbox.resolveAll"],
      atLeastZero("entries", undefined, 1_000),
      "about how many are resolved at once",
    ),
    /** The `next` of the last call. */
    after: option(["outbox.resolveAll"], atLeastZero("a number"), "the next of the last call"),
  },

  keys: {
    /** The column that has the keys. Default: the one that is called `key`. */
    column: option(
      ["KnownKeys.read"],
      text<string | undefined>(),
      "the column that has the keys; else the one called key",
      {
        flag: "--known-keys-column <name>",
        help: "the column of --known-keys that has the keys; default key",
      },
    ),
  },
  source: {
    /** The name of the source, shown as `file` in issues. */
    name: option(["Sources"], text(), "shown as file in issues"),
    /** What is read. */
    input: option(["Sources"], any<never>(), "what is read"),
    /** Whether it may never end, so that it is not read on after a stop. Default: streams may. */
    live: option(["Sources"], flag(), "it may never end, so it is not read on after a stop; else streams may"),
  },
  indexedDb: {
    /** Whether to wait until no other page has the store, instead of failing with `store_locked`. Default `false`. */
    wait: option(["indexedDbStore"], flag(false), "wait until no other page has the store"),
    /** Ends the waiting for another page. */
    signal: option(["indexedDbStore"], signal(), "ends the waiting"),
    /**
     * How long opening the database, and each reading and writing, may last, in milliseconds; default 5,000. What lasts
     * longer fails with `store_failed`. Waiting for another page (`wait`) has no limit.
     */
    timeoutMs: option(
      ["indexedDbStore"],
      whole("ms", 1, MS_MAX, 5_000),
      "how long opening the database, and each reading and writing, may last",
    ),
  },
  durableObject: {
    /** The name of the table, a plain SQL name; default `split_events`. */
    table: option(["durableObjectStore"], text("split_events"), "the name of the table"),
  },
};

/** How what was certainly not taken is sent again. */
export interface RetryOptions extends Values<typeof RETRY, Taker>, Options {}

/**
 * A second base of each interface of options: with it the compiler shows the interface's name in types and messages,
 * and not what it is derived from.
 */
export type Options = Record<never, never>;

type Groups = typeof GROUPS;

/** The options that a function takes. `Types` has the types of those that the table cannot know. */
export type OptionsOf<T extends Taker, Types = unknown> = Chosen<Groups, T, Types>;

/** The options of one group of the table, whoever takes them. */
export type OptionsIn<Group extends keyof Groups, Types = unknown> = Values<Groups[Group], Taker, Types>;
