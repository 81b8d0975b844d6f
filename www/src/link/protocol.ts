import type {
  BatchReceipt,
  CheckOptions,
  Mapping,
  Preset,
  Progress,
  Receipt,
  Report,
  Resolution,
  Suggestion,
  Unknown,
} from "split-events";
import type { UndeliveredState } from "split-events/internal/words";

/** What the user says about how files are read, as options of the package. */
export type Reading = Pick<
  CheckOptions,
  | "format"
  | "preset"
  | "mapping"
  | "map"
  | "set"
  | "separator"
  | "skipRows"
  | "sheet"
  | "encoding"
  | "decimal"
  | "timestampFormat"
  | "timestampUnit"
  | "timestampZone"
  | "normalizeNames"
  | "flatten"
  | "repair"
>;

/** What the thread does for the page. Each call has one answer. */
export interface Calls {
  /** Loads what reads files, before there is one. */
  warm(): Warm;
  /** Lists the sends of this browser, the newest first. */
  sends(): ListedSend[];
  /** Returns the receipt of a send of this browser, with its batches that can be decided about. */
  receipt(id: string): { kept: KeptReceipt; send: ListedSend } | undefined;
  /** Reads what stands at an address. */
  fetched(address: string): File;
  /** Takes files, and looks at the first megabyte of the first, with what was said about them before. */
  open(files: readonly File[]): { look: Look; reading: Reading };
  /** Returns what was said last about files. */
  draft(): Draft | undefined;
  /** Lists the mappings that the user kept. */
  mappings(): KeptMapping[];
  /** Keeps a mapping under a name, or forgets the one of that name. Returns whether the browser keeps it. */
  keepMapping(name: string, mapping: Mapping | undefined): boolean;
  /** Looks again, with another reading. */
  look(reading: Reading): Look;
  /** Checks the files. */
  check(reading: Reading): Checked;
  /** Sends what was checked. Returns `undefined` if it was stopped before it began. */
  send(target: Target, intent: Intent): Ended | undefined;
  /** Passes on whether the page is online: Chromium fires no event for it in workers. */
  connection(word: "online" | "offline"): void;
  /** Pauses, resumes, stops or cuts what is under way. */
  control(word: "pause" | "resume" | "stop" | "cut"): void;
  /** Writes down what the user decided about unknown batches. */
  decide(id: string, decisions: Decisions): void;
  /** Forgets one send. */
  remove(id: string): void;
  /** Forgets everything. Returns whether all of it is gone. */
  forget(): boolean;
}

/** What the page knows once the package is loaded. */
export interface Warm {
  /** The service's own address. */
  service: string;
  presets: Preset[];
  /** The codes of events that the service would drop silently. */
  dropped: string[];
}

/** By what a file is known again. */
export interface FileIdentity {
  name: string;
  size: number;
  lastModified: number;
}

/** What the user has said about files. */
export interface Draft {
  files: FileIdentity[];
  reading: Reading;
}

export interface KeptMapping {
  /** Its name. */
  id: string;
  mapping: Mapping;
}

/** How the first file looks. */
export interface Look extends Suggestion {
  /** Whether the file is in the service's own shape, so that it needs no mapping. */
  isOwn: boolean;
  /** The mapping without the options that are laid over it. */
  base: Mapping;
  /** Why it could not be looked at. */
  trouble?: Trouble;
}

export interface Checked {
  report: Report;
  /** Why the files could not be read to their end. */
  unread?: string;
  /** When an earlier send of these files began that ended early, in Unix milliseconds. */
  brokenOff?: number;
  /** Why the browser keeps nothing. */
  fleeting?: string;
}

/** Where events go. It ends with the page; the key is never stored. */
export interface Target {
  apiKey: string;
  endpoint: string;
}

/** Which events are sent although the ledger holds them back. */
export interface Again {
  /** Those that were sent before, to the same address with the same key. */
  sent?: boolean;
  /** Those that were sent before with another key. */
  otherKey?: boolean;
}

/** What the user has already decided about a send. Without `again` the thread asks first if some events were sent before. */
export interface Intent {
  again?: Again;
  /** The id of the send that goes on. */
  goOn?: string;
}

/** How a send ended. */
export type Ended = ({ held: HeldBack } | { sent: Sent }) & Pick<Checked, "brokenOff">;

/** Events that the ledger holds back. */
export interface HeldBack {
  /** Sent before, to the same address with the same key. */
  sent: number;
  /** Sent before to the same address with another key. */
  otherKey: number;
  /** The other events, which would be sent. */
  fresh: number;
}

/** A receipt as the browser keeps it: without events. */
export interface KeptReceipt {
  /** The name of its journal. */
  id: string;
  receipt: Receipt;
  /** Why the files could not be read to their end. */
  unread?: string;
  /** The address that they went to, unless it is the service's own. */
  endpoint?: string;
}

export interface Sent extends KeptReceipt {
  /** The batches of the receipt as CSV. Missing if only the receipt was kept. */
  batches?: Blob;
  /** The events that were not delivered, as NDJSON. Missing if only the receipt was kept. */
  undelivered?: Record<UndeliveredState, Blob>;
  /** The refused events as the table that they came in, if they all came in one. */
  refusedTable?: Blob;
  /** The batches that can be decided about. */
  open: readonly Unknown[];
  /** The send, if its files are not at hand any more. */
  past?: ListedSend;
}

export type { BatchReceipt, Preset, Receipt, Report, Resolution, Unknown };

/** The user's decisions, by the ids of unknown batches; `unknown` takes one back. */
export type Decisions = ReadonlyMap<string, Resolution | "unknown">;

/** A send from this browser, without its events and its key. */
export interface PastSend {
  /** Also the name of its journal. */
  id: string;
  /** When it began, in Unix milliseconds. */
  at: number;
  /** The names of its files. */
  files: string[];
  host: string;
  /** How it ended; missing if the page was left before. */
  counts?: Counts;
  /** The number of its events that can still be sent. */
  left?: number;
}

export interface Counts {
  accepted: number;
  refused: number;
  unknown: number;
  /** Without the events that were sent before. */
  unsent: number;
  sentBefore: number;
}

export interface ListedSend extends PastSend {
  /** Missing if nothing is left to send or to decide. */
  open?: OpenSend;
  /** The batches whose decision is open, or can be changed. */
  unknown?: readonly Unknown[];
}

/** What is left of a send. */
export interface OpenSend {
  /** Whether another tab is sending it. */
  elsewhere: boolean;
  /** Whether some of its events can still be sent. */
  unsent: boolean;
  /** The number of events of which nobody knows whether they arrived. */
  undecided: number;
}

/** What went wrong. */
export interface Trouble {
  kind: "config" | "input" | "store" | "other";
  code: string;
  message: string;
}

/** What the thread tells unasked: the newest of each kind counts. */
export interface Told {
  /** How far the files were read. */
  checking: { file: number; bytes: number; totalBytes: number };
  /** How far they were sent. */
  sending: Progress;
  /** What a send waits for. */
  waiting: "no" | "tab" | "ledger";
}

export interface ToThread {
  id: number;
  call: keyof Calls;
  given: unknown[];
}

export type ToPage =
  | { id: number; value: unknown }
  | { id: number; trouble: Trouble }
  | { [Kind in keyof Told]: { told: Kind; now: Told[Kind] } }[keyof Told];
