export type { Batch } from "./check/batch.js";
export { Batcher } from "./check/batcher.js";
export { check } from "./check/check.js";
export { type CodeInfo, codes } from "./check/codes.js";
export type { BatcherOptions, BatchOptions, CheckOptions } from "./check/options.js";
export { type Preset, presetMapping, presets } from "./check/presets.js";
export { type Client, createClient } from "./client/client.js";
export type { ClientOptions, CloseOptions, FlushOptions } from "./client/options.js";
export type { ClientReceipt } from "./client/receipt.js";
export type { Tracked } from "./client/tracked.js";
export type { DeliveryOptions, PaceOptions } from "./delivery/options.js";
export { submit } from "./delivery/submit.js";
export { ConfigError } from "./errors/config-error.js";
export { InputError } from "./errors/input-error.js";
export { ModuleError } from "./errors/module-error.js";
export { StoreError, type StoreErrorCode } from "./errors/store-error.js";
export { gunzip } from "./input/gzip.js";
export { type Input, type Source, Sources } from "./input/sources.js";
export { KnownKeys, type KnownKeysOptions } from "./known-keys/known-keys.js";
export {
  type MappedRecord,
  type Missing,
  type SuggestedPart,
  type Suggestion,
  type SuggestOptions,
  suggestMapping,
} from "./mapping/suggest.js";
export { init } from "./module/module.js";
export type { ModuleSource } from "./module/source.js";
export type { EventMapping, FieldMapping, Mapping, PropertiesMapping } from "./options/mapping.js";
export type {
  Encoding,
  Format,
  RetryOptions,
  StatusMeaning,
  TimestampFormat,
  TimestampUnit,
} from "./options/table.js";
export type { OutboxCounts, ResolvedAll, Sum } from "./outbox/counts.js";
export type { Delivered } from "./outbox/delivered.js";
export type { OutboxBatch, OutboxEntry, OutboxState, OutboxWord } from "./outbox/entry.js";
export type { DeliverOptions, ListOptions, OutboxOptions, ResolveAllOptions } from "./outbox/options.js";
export { Outbox } from "./outbox/outbox.js";
export type { Attempt, Attempted, Outcome, Reason, State } from "./receipt/outcome.js";
export type { BatchReceipt, Receipt } from "./receipt/receipt.js";
export { receiptCsv } from "./receipt/receipt-csv.js";
export type { Issue, IssueCode, Severity } from "./report/issue.js";
export type { Position } from "./report/position.js";
export type { KeyHint, KeyMatch, KeyShapes, Report } from "./report/report.js";
export { Control } from "./send/control.js";
export { type JournalInfo, journalInfo } from "./send/journal-info.js";
export type { ResumeOptions, SendOptions, StoreOptions } from "./send/options.js";
export type { Progress } from "./send/progress.js";
export { resumeImport, send } from "./send/send.js";
export { listUnknown, type Resolution, resolveUnknown, type Unknown } from "./send/unknown.js";
export type { Store } from "./stores/store.js";
