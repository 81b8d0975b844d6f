import type { StoreError } from "./errors.js";
import type { Sources } from "./input/sources.js";
import type { KnownKeys } from "./known-keys/known-keys.js";
import type { Control } from "./send/control.js";
import type { Store } from "./stores/store.js";

/** What the checks say of one thing in one event, or of the whole input. */
export interface Issue {
  /** Stable and snake_case; {@link codes} lists them all. */
  code: string;
  /** `error` refuses the event, `repair` changes it, `warning` sends it as it is, `note` is about the whole input. */
  severity: Severity;
  /** The field, as `timestamp` or `properties.country`; empty where the whole event is meant. */
  path: string;
  /** Number of the event in the input, from 0; `null` where the whole input is meant. */
  index: number | null;
  /** Line of the trouble, from 1; `null` for events that came as objects. */
  line: number | null;
  /** Byte of the trouble in its file or stream, from 0; `null` for events that came as objects. */
  byteOffset: number | null;
  /** What was found there, cut at 80 characters. */
  got: string;
  /** What is wrong, in one line. */
  message: string;
  /** What to do about it. */
  hint: string;
  /** The file it was found in, where the input has a name. */
  file?: string;
}

export type Severity = "error" | "repair" | "warning" | "note";

/** What a check found. `clean + repaired + refused = events`. */
export interface Report {
  events: number;
  /** Sent byte for byte as they came. */
  clean: number;
  /** Sent changed; each change is an issue. */
  repaired: number;
  /** Not sent. In a {@link Receipt} also those that the service refused. */
  refused: number;
  /**
   * Among those that the check refused, how many are no object with any of an event's fields, or hold a list of events:
   * left out where there is none. Where it is all of them, the input is no events.
   */
  unrecognized?: number;
  /** Among the clean and the repaired, those with a warning. */
  warned: number;
  /** Exact, by code. */
  issueCounts: Record<string, number>;
  /** The first 100 of each code, in the order of the input. */
  issues: Issue[];
  /** The shapes of the keys that are sent. */
  keys: KeyShapes;
  /** Where `knownKeys` were given: how many of the events that are sent have one, by traffic type. */
  keyMatches?: KeyMatch[];
  /** What differs where hardly any key is known: under 5 % of at least 20 events of a traffic type. */
  keyHint?: KeyHint;
}

/** `uuid + integer + email + other` are all; `capitals` and `spaces` are among them. */
export interface KeyShapes {
  uuid: number;
  /** Digits only. */
  integer: number;
  email: number;
  other: number;
  /** With a capital letter. */
  capitals: number;
  /** With white space inside. */
  spaces: number;
}

export interface KeyMatch {
  /** Empty for all traffic types after the first 1,000. */
  trafficType: string;
  /** Events that are sent. */
  events: number;
  /** Those among them whose key is known. */
  known: number;
  /** `known / events`, from 0 to 1. */
  share: number;
}

export interface KeyHint {
  code: "case" | "padding" | "prefix" | "punctuation" | "shape" | "unrelated";
  /** The traffic type it is about: the one with the most events. */
  trafficType: string;
  /** What differs, with an example. */
  message: string;
}

/** One row of the table of codes, which stands in the Rust source once. */
export interface CodeInfo {
  code: string;
  severity: Severity;
  message: string;
  hint: string;
  /** Whether the service would drop such an event silently if it were sent as it is. */
  dropped: boolean;
}

/** Where an event stands in the input. */
export interface Position {
  index: number;
  line: number | null;
  file?: string;
}

/** Up to `maxEvents` events, ready to be posted: `body` is the JSON array. */
export interface Batch {
  id: string;
  events: number;
  body: Uint8Array<ArrayBuffer>;
  from: Position;
  to: Position;
}

/** One POST of a batch: the status that came back, or why none did. `ms` is how long it took. */
export type Attempt = { status: number; ms: number } | { error: string; ms: number };

export type State = "accepted" | "refused" | "unknown" | "unsent";

/** How the delivery of one batch ended. */
export interface Outcome {
  id: string;
  events: number;
  bytes: number;
  state: State;
  /** Why, unless accepted: a stable word such as `unauthorized`, `timeout` or `stopped`. */
  reason?: string;
  /** The same for a person to read. */
  message?: string;
  attempts: Attempt[];
}

export interface BatchReceipt extends Outcome {
  from: Position;
  to: Position;
}

/** How every event ended: `accepted + refused + unknown + unsent = events`. */
export interface Receipt extends Report {
  /** The service answered 2xx. */
  accepted: number;
  /** It may have been taken or not. Never sent again unless you say so. */
  unknown: number;
  /** It was certainly not taken. */
  unsent: number;
  /** Among the unsent, those that the ledger knows from an earlier import to the same endpoint. */
  duplicates: number;
  /**
   * Among the unsent, those that the ledger knows from an earlier import to the same endpoint under another SDK key: the
   * key of another environment, or an older one of the same. `resend: "other-key"` sends them. Not among `duplicates`.
   */
  otherKey: number;
  refusedBy: { check: number; service: number };
  batches: BatchReceipt[];
  /** Why the run ended before everything was sent. */
  stopped?: { reason: string; message: string };
  /** How often a hook of yours threw, or rejected. That changed nothing of the delivery; the first of each was shown. */
  hookErrors: number;
  /** `false` where the input was not read to its end, so that `events` counts only what was read. */
  complete: boolean;
}

export type Format = "auto" | "json" | "ndjson" | "csv" | "tsv";

export interface CheckOptions {
  /**
   * `auto` (default) looks at the first bytes. `json` is an array of events, or one or more objects. `csv` and `tsv`
   * are tables with a header row.
   */
  format?: Format;
  /**
   * Which column of a table is which field, as `{ user_id: "key", plan: "properties.tier", internal: "-" }`; `-` leaves
   * the column out. `properties.NAME:text` keeps the text of each cell, and `properties.NAME:number` makes each a
   * number. Without it columns are what they are called, and any other name is a property.
   */
  map?: Record<string, string> | Map<string, string>;
  /**
   * Each text of an iterable or a stream is a line without its end, as `readline` and a queue of messages give them.
   * Default `false`: texts are pieces, cut anywhere, and each brings the line ends that are in it.
   */
  lines?: boolean;
  /** `report` (default) repairs what can be repaired and says so; `refuse` refuses it. */
  repair?: "report" | "refuse";
  /** Turn spaces and other characters that an event type may not have into `_`. Default `false`. */
  normalizeNames?: boolean;
  /** The traffic types that exist. An event of any other is refused. */
  trafficTypes?: string[];
  /** Turn nested objects in `properties` into properties with dotted names, as `a.b.c`. Default `false`. */
  flatten?: boolean;
  /** The unit of a timestamp that is a number. `auto` (default) lets its magnitude tell; else nothing is guessed. */
  timestampUnit?: TimestampUnit;
  /**
   * The clock, in Unix milliseconds, by which old timestamps and those ahead are warned of. Default: the runtime's own
   * at the start. `false` switches these warnings off.
   */
  now?: number | false;
  /**
   * The keys that `getTreatment()` was given. An event with any other key has a warning, and the report says how
   * many match. Lists too large for an array are read by {@link KnownKeys.read}.
   */
  knownKeys?: KnownKeys | Iterable<string>;
}

export type TimestampUnit = "auto" | "s" | "ms" | "us" | "ns";

export interface BatchOptions {
  /** Most events in a batch; default 500. */
  maxEvents?: number;
  /** Most bytes in a batch's body; default 1,000,000. */
  maxBytes?: number;
}

export interface BatcherOptions extends CheckOptions, BatchOptions {
  /** Keeps what the check refuses, for `takeRefused`. Default `false`. */
  keepRefused?: boolean;
}

export interface DeliveryOptions {
  /** The SDK key (not the Admin key). It never appears in a receipt, an error or a log. */
  apiKey: string;
  /** Where to post; default `https://events.split.io/api/events/bulk`. */
  endpoint?: string;
  /** Milliseconds until a request without an answer is given up; default 30,000. */
  timeoutMs?: number;
  /** The `fetch` to use; default the runtime's own. */
  fetch?: typeof fetch;
  /**
   * What the service's answers mean, where you know better: `{ 503: "unknown", "5xx": "retry" }`. `retry` and `pause`
   * say that it was certainly not taken; `pause` holds everything back.
   */
  statuses?: Record<string | number, StatusMeaning>;
  /** The endpoint is a forwarder of this package: every batch has its id as `Idempotency-Key`, and is taken once. */
  forwarder?: boolean;
}

export type StatusMeaning = "accepted" | "refused" | "retry" | "pause" | "unknown";

/** How what was certainly not taken is sent again: after a wait between zero and `baseMs`, doubled with each request. */
export interface RetryOptions {
  /** Most requests for one batch; default 8. 1 never sends twice. */
  attempts?: number;
  /** Default 500. */
  baseMs?: number;
  /** The longest wait; default 30,000. */
  capMs?: number;
}

/** Counts while a send is running. */
export interface Progress {
  events: number;
  bytes: number;
  accepted: number;
  refused: number;
  unknown: number;
  unsent: number;
  inFlight: number;
  /** For how many milliseconds the service has asked not to be sent anything. */
  pausedMs: number;
  /** For how many milliseconds it has asked in all, where that is longer than `pauseCapMs`. */
  pauseAskedMs?: number;
  /** No request begins because the browser is offline, and the endpoint is not on this machine. */
  offline: boolean;
  /** Why nothing more is sent. */
  stopped?: { reason: string; message: string };
  /** How many bytes the input has, where that is known. */
  totalBytes?: number;
  /** Events that ended in the last seconds, by second. */
  eventsPerSecond?: number;
  /** At the speed of the last seconds. */
  secondsLeft?: number;
}

/** One request that has ended. */
export interface Attempted {
  /** The id of the batch or the part of it that was sent. */
  id: string;
  events: number;
  bytes: number;
  attempt: Attempt;
}

/** A batch, or a part of one, of which nobody knows whether the service took it. */
export interface Unknown {
  id: string;
  events: number;
  reason?: string;
  message?: string;
  /** The first event of its batch. */
  from: Position;
  /** The last event of its batch. */
  to: Position;
  /** Your word on it, which can be taken back until the import is resumed. */
  decided?: "resend" | "drop" | "accepted";
}

/** How batches are sent one after the other. */
export interface PaceOptions {
  /** Most requests in flight at once; default 4. The first goes alone, and each while the service is in trouble. */
  concurrency?: number;
  /** Most requests a second. */
  rate?: number;
  retry?: RetryOptions;
  /** Milliseconds from the start after which nothing more is sent; what is in flight is still waited for. */
  deadlineMs?: number;
  /**
   * The longest pause in milliseconds that the service may ask for; default 3,600,000. After it one request asks again.
   */
  pauseCapMs?: number;
  /** `park` (default) leaves alone what may have been taken; `retry` sends it again, and it may count twice. */
  onUnknown?: "park" | "retry";
}

/** What survives the process. */
export interface StoreOptions {
  /** Records what is sent before it is sent, so that {@link resumeImport} can go on after a crash. One import each. */
  journal?: Store;
  /**
   * Whether the journal keeps the bodies of batches until they are accepted; default `true`. Without them
   * {@link resumeImport} is given the same input again.
   */
  journalBodies?: boolean;
  /** Kept in the journal for yourself, to find the source again. JSON. */
  journalSource?: unknown;
  /**
   * Remembers the events of all imports; those that an earlier one has delivered to the same endpoint are not sent again.
   */
  ledger?: Store;
  /** For how many days; default 90. */
  ledgerDays?: number;
  /**
   * `other-key` sends what the ledger knows only under another SDK key, too. Where the key was renewed the events count
   * twice then. An import that is taken up does as it began.
   */
  resend?: "other-key";
}

export interface SendOptions extends CheckOptions, BatchOptions, DeliveryOptions, PaceOptions, StoreOptions {
  /** Stops: nothing more is sent, what is in flight is waited for, and the receipt is returned. */
  signal?: AbortSignal;
  /** Cuts what is in flight after all; those batches end unknown. */
  cutSignal?: AbortSignal;
  /** Pauses and resumes. */
  control?: Control;
  onProgress?: (progress: Progress) => void;
  /** How many bytes the input has, where it cannot tell itself. */
  totalBytes?: number;
  /** Called after each request. */
  onAttempt?: (attempted: Attempted) => void;
  /**
   * Takes the events that were not delivered, as NDJSON: per line
   * `{"index", "line", "byteOffset", "file"?, "reasons": [{"code", "path", "message"}], "event"}`,
   * or `"text"` in place of `"event"` where it was not JSON.
   *
   * A promise that it returns is waited for before anything else is read or sent: so a slow writer slows the run down.
   * Once nothing more is sent it is waited for `timeoutMs`, and not at all after `cutSignal`.
   */
  onUndelivered?: (state: "refused" | "unknown" | "unsent", lines: Uint8Array) => void | Promise<void>;
}

/** What an import is taken up with; how it was checked and batched stands in its journal. */
export interface ResumeOptions
  extends Omit<
    SendOptions,
    | Exclude<keyof CheckOptions, "knownKeys">
    | keyof BatchOptions
    | "journal"
    | "journalBodies"
    | "journalSource"
    | "resend"
  > {
  /** The input of the import, where its journal keeps no bodies. */
  source?: Input;
}

/** A batch for an {@link Outbox}. */
export interface OutboxBatch {
  /** Your own: unique, 1 to 200 printable ASCII characters. */
  id: string;
  events: number;
  /** A JSON array of so many events, checked already. */
  body: Uint8Array;
}

/** `dispatching` is being sent just now. */
export type OutboxState = "planned" | "dispatching" | "unknown" | "refused";

/**
 * What becomes of something that is held. Of what is unknown or refused: `resend` plans it again, though its events may
 * count twice where it was unknown; `accepted` forgets it and counts it as accepted. Of what is planned: `send` puts it
 * before all others and ends a pause. `drop` forgets it. Nothing is said of what is being sent just now.
 */
export type OutboxWord = "resend" | "drop" | "accepted" | "send";

/** A batch, or a part of one that the service found too large as a whole. */
export interface OutboxEntry {
  /** Of a part, with its events behind it, as `id:0-250`. */
  id: string;
  /** Its place in the order in which batches were added: the batch's number, which only grows. */
  number: number;
  /** And the first of its events within the batch. */
  from: number;
  events: number;
  bytes: number;
  state: OutboxState;
  reason?: string;
  message?: string;
  attempts: Attempt[];
}

export interface Sum {
  batches: number;
  events: number;
}

/** How many are where. */
export interface OutboxCounts {
  planned: Sum;
  dispatching: Sum;
  accepted: Sum;
  refused: Sum;
  unknown: Sum;
}

/** `deadlineMs`, and the `attempts` of `retry`, bound one call of `deliver`. */
export interface OutboxOptions extends DeliveryOptions, PaceOptions {
  /** Called after each request. */
  onAttempt?: (attempted: Attempted) => void;
  /** Called for what was accepted or refused, or is unknown. */
  onSettled?: (outcome: Outcome) => void;
}

export interface DeliverOptions {
  /** Nothing more is sent; what is in flight is waited for. */
  signal?: AbortSignal;
  /** Sleeps no longer than so many milliseconds; default 0. */
  patienceMs?: number;
  /** Nothing is sent before this Unix time in milliseconds. */
  pausedUntil?: number;
}

/** Which part of a list is given. */
export interface ListOptions {
  /** Most entries; default 100. */
  limit?: number;
  /** The id of the last one seen, which must be held still. */
  after?: string;
  /** In its place the `number` and `from` of the last one seen, which may be gone. */
  behind?: { number: number; from: number };
}

/** Which part of what stands so is resolved. */
export interface ResolveAllOptions {
  /** About how many at once; default 1,000. */
  limit?: number;
  /** The `next` of the last call. */
  after?: number;
}

/** What one call of `resolveAll` did. */
export interface ResolvedAll extends Sum {
  /** Of their bodies. */
  bytes: number;
  /** Where to go on: there may be more. */
  next?: number;
}

/** What one call of `deliver` did. */
export interface Delivered {
  /** Accepted, refused or unknown. */
  settled: Outcome[];
  /** After how many milliseconds there is something to do again; `undefined` where nothing is planned. */
  waitMs?: number;
  /** For how long the service is left alone: it has asked for it, or refused to be used. */
  pausedMs?: number;
  /** The request by which it came to that; not where an earlier process has made it. */
  pausedBy?: Attempt;
  /** No request begins because the browser is offline, and the endpoint is not on this machine. */
  offline?: true;
}

export interface ClientOptions
  extends Omit<CheckOptions, "format" | "map" | "lines">,
    BatchOptions,
    DeliveryOptions,
    Omit<PaceOptions, "deadlineMs" | "onUnknown"> {
  /** Most events that are held, queued and on their way; default 10,000. */
  maxQueueEvents?: number;
  /** Most bytes of them; default 10,000,000. */
  maxQueueBytes?: number;
  /**
   * What becomes of an event that has no room. `reject` (default): it is not taken in, and counted nowhere. `dropNewest`:
   * the receipt tells it as unsent. `dropOldest`: the oldest batches are told as unsent in its place. The verdict tells it
   * in each case.
   */
  onOverflow?: "reject" | "dropOldest" | "dropNewest";
  /** What is queued is sent at the latest after so many milliseconds; default 5,000. Not in Workers: flush there. */
  flushIntervalMs?: number;
  /**
   * Keeps what is queued, for the next client that has it: a page that is loaded again, a process that starts again. An
   * event is durable some 250 ms after `track` took it, and at once when its page is hidden or left. Not in Workers: there
   * with the next flush.
   */
  journal?: Store;
  /**
   * Called for each event that `track` refused or rejected. Without it the console says so, once for each code: the code
   * and what to do, nothing of the event.
   */
  onRefused?: (event: object, tracked: Tracked) => void;
  /** Called after each request. */
  onAttempt?: (attempted: Attempted) => void;
  /** Called for each batch that has ended; with its body where it was not accepted, since the client keeps nothing of it. */
  onSettled?: (outcome: Outcome, body?: Uint8Array) => void;
}

/** What is said of an event at once. */
export interface Tracked {
  /** `refused` by the check, `rejected` by the client. */
  verdict: "clean" | "repaired" | "refused" | "rejected";
  /** What was found in it. A missing `value` is told in the report alone. */
  issues: Issue[];
  /** Why it was rejected: there was no room, the client was closed, its journal has failed. */
  reason?: "overflow" | "closed" | "journal_failed";
  /** How many older events made room for it. */
  dropped?: number;
}

export interface FlushOptions {
  /** Nothing more is sent; what is in flight is waited for. */
  signal?: AbortSignal;
  /** Waits no longer than so many milliseconds for a pause or to try again; default 30,000. */
  patienceMs?: number;
}

export interface CloseOptions {
  /** Milliseconds after which what is in flight is cut; default 10,000. */
  deadlineMs?: number;
}

/** What ended since the client was made. `accepted + refused + unknown + unsent = events`. */
export interface ClientReceipt {
  events: number;
  accepted: number;
  refused: number;
  refusedBy: { check: number; service: number };
  unknown: number;
  unsent: number;
  /** Events that have not ended: a later receipt has them. */
  queued: number;
  /** The first 1,000. */
  batches: Outcome[];
  /** What the checks found. */
  report: Report;
  /** The journal has failed: what it has is told by the next client that opens it. */
  storeError?: StoreError;
  /** How often a hook of yours threw, or rejected. */
  hookErrors: number;
}

/**
 * Bytes are JSON, NDJSON, CSV or TSV text in UTF-8, or gzip of it; a string is the same as text. Objects are events.
 *
 * What can be iterated over is
 * - an array: its items are events, whatever they are
 * - a stream or an async iterable: bytes and strings are pieces of text in their order, cut anywhere unless `lines` says
 *   otherwise; objects are events, and so are the items of arrays
 * - any other iterable, as a generator or a Set: the same where its first item is bytes or a string, else events
 *
 * A `Response`, a `Request`, a stream and an iterator can be read once: where it was read before, `InputError` says
 * `already_read`. A path or an address is no input (`path_given`).
 */
export type Input =
  | Uint8Array
  | ArrayBuffer
  | string
  | Blob
  | Response
  | Request
  | ReadableStream<Uint8Array>
  | AsyncIterable<Uint8Array | string | object>
  | Iterable<Uint8Array | string>
  | object
  | object[]
  | Sources;

/** One of several inputs that make up one import. */
export interface Source {
  /** Shown as `file` in issues. */
  name: string;
  input: Exclude<Input, Sources>;
  format?: Format;
  /** As the option of the same name, for this one. */
  lines?: boolean;
  /** Whether it may never end, so that it is not read on once the run is stopped. Default: streams may. */
  live?: boolean;
}
