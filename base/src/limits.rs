//! The limits of events, each with its source: `splitio-commons` is the official JavaScript SDK, and the service's page
//! is "Sending event data".

/// Longest event type (`splitio-commons`: `^[a-zA-Z0-9][-_.:a-zA-Z0-9]{0,79}$`).
pub const EVENT_TYPE_MAX: usize = 80;
/// Longest event type that all pages of the service allow.
pub const EVENT_TYPE_SURE: usize = 63;
/// Longest key, in UTF-16 units (`splitio-commons`: `KEY_MAX_LENGTH`).
pub const KEY_MAX: usize = 250;
/// Most properties before the service may trim them (`splitio-commons`: `MAX_PROPERTIES_AMOUNT`).
pub const PROPERTIES_MAX: usize = 300;
/// Longest string in a property that the service's pages promise to keep, in UTF-16 units.
pub const PROPERTY_STRING_MAX: usize = 256;
/// Largest event, counted as the JavaScript SDK counts (`splitio-commons`: `MAX_EVENT_SIZE`).
pub const EVENT_SIZE_MAX: usize = 32_768;
/// What the JavaScript SDK counts for an event without properties (`splitio-commons`: `BASE_EVENT_SIZE`).
pub const EVENT_SIZE_BASE: usize = 1024;
/// Age above which an event is warned of, in days: the service's page says that events are kept for as long.
pub const OLD_DAYS: u64 = 90;
/// Days ahead of the clock above which an event is warned of: enough for every time zone. Our own choice.
pub const AHEAD_DAYS: u64 = 1;

/// Deepest nesting of objects and arrays in one event, itself included. Our own choice: it bounds the parser's stack.
pub const DEPTH_MAX: usize = 32;
/// Largest record, in bytes; a larger one is refused and never held whole. Our own choice: it bounds memory.
pub const RECORD_BYTES_MAX: usize = 1_000_000;
/// Most bytes that the events of one record read: its bytes, once for each event. Our own choice: it bounds the time that a
/// record with a long list takes.
pub const EVENTS_BYTES_MAX: usize = 100_000_000;
/// Most characters of the input that an issue repeats. Our own choice.
pub const GOT_MAX: usize = 80;
/// Most issues of one code that a report keeps; all are counted. Our own choice.
pub const ISSUES_PER_CODE: u64 = 100;

/// Events in a batch unless the user says otherwise: the JavaScript SDK flushes at as many.
pub const BATCH_EVENTS: usize = 500;
/// Bytes of a batch's body unless the user says otherwise: the service's page recommends no more.
pub const BATCH_BYTES: usize = 1_000_000;
