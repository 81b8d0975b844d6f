//! How events end: the states, the reasons, the outcome of a part, and the receipt that adds them up.

use serde::ser::{Serialize, SerializeStruct, Serializer};

use crate::part::{Events, Position, Spot};
use split_events::Report;

/// The states in which an event can end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// The service answered 2xx: it took the event.
    Accepted,
    /// The service answered that it does not take the event.
    Refused,
    /// The service may have taken the event.
    Unknown,
    /// The event was certainly not taken, and may be sent.
    Unsent,
}

impl State {
    /// Every state and its stable word.
    pub const WORDS: [(State, &str); 4] = [
        (State::Accepted, "accepted"),
        (State::Refused, "refused"),
        (State::Unknown, "unknown"),
        (State::Unsent, "unsent"),
    ];

    /// Returns the word that users see.
    pub fn as_str(self) -> &'static str {
        Self::WORDS[self as usize].1
    }

    /// Returns the state that users see as this word.
    pub fn named(word: &str) -> Option<Self> {
        Self::WORDS.iter().find(|(_, name)| *name == word).map(|(state, _)| *state)
    }
}

impl Serialize for State {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// Why a batch was not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// 401
    Unauthorized,
    /// 403
    Forbidden,
    /// 404, 405, 410, 421: this address takes no events.
    NotFound,
    /// 402
    PaymentRequired,
    /// 406, 407, 411, 415, 426, 431, 451: no such request is taken, whatever its events.
    RequestRefused,
    /// 408
    RequestTimeout,
    /// 413
    TooLarge,
    /// 425
    TooEarly,
    /// 429
    RateLimited,
    /// 503
    Unavailable,
    /// 3xx
    Redirected,
    /// Another 4xx, or an answer that is no final status.
    Rejected,
    /// Several requests in a row were refused: the events may not be the cause.
    AllRefused,
    /// A 2xx of another server than the service.
    ForeignAnswer,
    /// 500, 502, 504 and other 5xx
    ServerError,
    /// The request certainly never left.
    NotConnected,
    /// The request failed, perhaps after the service had read it.
    ConnectionLost,
    /// No answer in time.
    Timeout,
    /// The user cut the request.
    Cut,
    /// The process ended while the request was under way.
    Crashed,
    /// The deadline passed before this batch's turn.
    Deadline,
    /// An earlier import has delivered the same events.
    Duplicate,
    /// An earlier import has delivered the same events under another SDK key.
    OtherKey,
    /// The journal or the ledger could not be written.
    JournalFailed,
    /// The user gave up a batch that was unknown.
    Dropped,
    /// Sending had stopped before this batch's turn.
    Stopped,
    /// The user stopped before this batch's turn.
    Aborted,
    /// The client's queue had no room.
    Overflow,
    /// The client was closed before the event was sent.
    Closed,
    /// The module failed while the request was under way, or when it took the event.
    ModuleFailed,
    /// The page was left while the request was under way.
    PageLeft,
    /// The browser was offline to the end.
    Offline,
}

/// Every reason and its stable word.
const REASONS: &[(Reason, &str)] = &[
    (Reason::Unauthorized, "unauthorized"),
    (Reason::Forbidden, "forbidden"),
    (Reason::NotFound, "not_found"),
    (Reason::PaymentRequired, "payment_required"),
    (Reason::RequestRefused, "request_refused"),
    (Reason::RequestTimeout, "request_timeout"),
    (Reason::TooLarge, "too_large"),
    (Reason::TooEarly, "too_early"),
    (Reason::RateLimited, "rate_limited"),
    (Reason::Unavailable, "unavailable"),
    (Reason::Redirected, "redirected"),
    (Reason::Rejected, "rejected"),
    (Reason::AllRefused, "all_refused"),
    (Reason::ForeignAnswer, "foreign_answer"),
    (Reason::ServerError, "server_error"),
    (Reason::NotConnected, "not_connected"),
    (Reason::ConnectionLost, "connection_lost"),
    (Reason::Timeout, "timeout"),
    (Reason::Cut, "cut"),
    (Reason::Crashed, "crashed"),
    (Reason::Deadline, "deadline"),
    (Reason::Duplicate, "duplicate"),
    (Reason::OtherKey, "other_key"),
    (Reason::JournalFailed, "journal_failed"),
    (Reason::Dropped, "dropped"),
    (Reason::Stopped, "stopped"),
    (Reason::Aborted, "aborted"),
    (Reason::Overflow, "overflow"),
    (Reason::Closed, "closed"),
    (Reason::ModuleFailed, "module_failed"),
    (Reason::PageLeft, "page_left"),
    (Reason::Offline, "offline"),
];

impl Reason {
    /// Every reason and its stable word.
    pub const WORDS: &'static [(Reason, &'static str)] = REASONS;

    /// Returns true if the key, the address or the account may be the cause: once it is corrected, the same events may
    /// be taken.
    pub fn is_of_settings(self) -> bool {
        matches!(
            self,
            Reason::Unauthorized
                | Reason::Forbidden
                | Reason::NotFound
                | Reason::PaymentRequired
                | Reason::RequestRefused
                | Reason::Redirected
                | Reason::AllRefused
        )
    }

    /// Returns the stable word that users see.
    pub fn as_str(self) -> &'static str {
        REASONS.iter().find(|(reason, _)| *reason == self).map_or("", |(_, word)| word)
    }

    /// Returns the reason that users see as this word.
    pub fn named(word: &str) -> Option<Self> {
        REASONS.iter().find(|(_, name)| *name == word).map(|(reason, _)| *reason)
    }
}

impl Serialize for Reason {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// The outcome of a part that ended, or would end if it is not sent again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// The state of its events.
    pub state: State,
    /// Why, unless accepted.
    pub reason: Option<Reason>,
    /// The same for a person.
    pub message: Option<String>,
}

impl Outcome {
    /// Returns the outcome of a part that an earlier request may have taken.
    pub fn maybe_taken(self) -> Outcome {
        let message = self.message.unwrap_or_default();
        let message = ["an earlier request may have been taken; after it: ", &message].concat();
        Outcome { state: State::Unknown, message: Some(message), ..self }
    }

    /// The outcome of a part that was taken.
    pub const ACCEPTED: Outcome = Outcome { state: State::Accepted, reason: None, message: None };

    /// Returns true if the user has to decide about the part.
    pub fn is_open(&self) -> bool {
        self.state == State::Unknown && self.reason != Some(Reason::Dropped)
    }

    /// Returns true if the part was refused for a cause other than its events, which can be corrected.
    pub fn is_of_settings(&self) -> bool {
        self.state == State::Refused && self.reason.is_some_and(Reason::is_of_settings)
    }

    /// The outcome of a part whose page was left before the answer came.
    pub fn page_left() -> Outcome {
        let message = "the page was left while the request was under way; the service may have taken it".to_owned();
        Outcome::not_accepted(State::Unknown, Reason::PageLeft, message)
    }

    /// The outcome of a part that was never sent.
    pub fn unsent(reason: Reason, message: &str) -> Outcome {
        Outcome::not_accepted(State::Unsent, reason, message.to_owned())
    }

    /// The outcome of a part that was never sent because the browser is offline.
    pub fn offline() -> Outcome {
        Outcome::unsent(Reason::Offline, "the browser is offline: send it again once it is online")
    }

    /// The outcome of a part that was not accepted.
    pub fn not_accepted(state: State, reason: Reason, message: String) -> Outcome {
        Outcome { state, reason: Some(reason), message: Some(message) }
    }
}

/// One request of a batch: its status, or why it has none.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Attempt {
    /// The status, if an answer came.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// The error, if no answer came.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// The time that it took, in milliseconds.
    pub ms: f64,
}

impl Attempt {
    /// Describes a request that the user cut.
    pub fn cut() -> Self {
        Attempt { status: None, error: Some("cut".to_owned()), ms: 0.0 }
    }
}

/// The outcome of a batch or a part of it, as users see it.
#[derive(Debug, Clone, PartialEq)]
pub struct BatchOutcome {
    /// The batch's id.
    pub id: String,
    /// The number of its events.
    pub events: usize,
    /// The size of its body, in bytes.
    pub bytes: usize,
    /// The state of its events.
    pub state: State,
    /// Why, unless accepted.
    pub reason: Option<Reason>,
    /// The same for a person.
    pub message: Option<String>,
    /// The requests that were made for it.
    pub attempts: Vec<Attempt>,
}

impl BatchOutcome {
    /// Describes a batch with this number of events and bytes.
    pub fn new(id: String, events: usize, bytes: usize, outcome: Outcome, attempts: Vec<Attempt>) -> Self {
        let Outcome { state, reason, message, .. } = outcome;
        BatchOutcome { id, events, bytes, state, reason, message, attempts }
    }

    pub(crate) fn fields<S: SerializeStruct>(&self, object: &mut S) -> Result<(), S::Error> {
        object.serialize_field("id", &self.id)?;
        object.serialize_field("events", &self.events)?;
        object.serialize_field("bytes", &self.bytes)?;
        object.serialize_field("state", &self.state)?;
        if let Some(reason) = &self.reason {
            object.serialize_field("reason", reason)?;
        }
        if let Some(message) = &self.message {
            object.serialize_field("message", message)?;
        }
        object.serialize_field("attempts", &self.attempts)
    }
}

/// A part that has ended, with what a receipt and the file of undelivered events need of it.
#[derive(Debug, Clone, PartialEq)]
pub struct SettledPart {
    /// The outcome, as users see it.
    pub outcome: BatchOutcome,
    /// The place of its first event.
    pub from: Spot,
    /// The place of its last event.
    pub to: Spot,
    /// Its events; `None` if an earlier process delivered them and kept no body.
    pub held: Option<Events>,
}

impl SettledPart {
    /// Returns what a receipt has of it.
    pub fn receipt(&self) -> BatchReceipt {
        let position = |(place, file): &Spot| Position::new(*place, file.as_deref());
        BatchReceipt { from: position(&self.from), to: position(&self.to), settled: self.outcome.clone() }
    }
}

impl Serialize for BatchOutcome {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("BatchOutcome", 7)?;
        self.fields(&mut object)?;
        object.end()
    }
}

/// A batch in a receipt.
#[derive(Debug, Clone)]
pub struct BatchReceipt {
    /// The outcome.
    pub settled: BatchOutcome,
    /// The place of its first event.
    pub from: Position,
    /// The place of its last event.
    pub to: Position,
}

/// The events that were refused, by who refused them.
#[derive(Debug, Clone, Copy, Default, serde::Serialize)]
pub struct RefusedBy {
    /// Refused by the check, and so never sent.
    pub check: u64,
    /// Refused by the service.
    pub service: u64,
}

/// The reason why an import ended early.
#[derive(Debug, Clone, serde::Serialize)]
pub struct Stopped {
    /// A stable word.
    pub reason: Reason,
    /// The same for a person.
    pub message: String,
}

/// The receipt of an import, which counts every event once: `accepted + refused + unknown + unsent = events`.
#[derive(Debug, Clone, Default)]
pub struct Receipt {
    /// The report of the check. Its `refused` counts the service's refusals, too.
    pub report: Report,
    /// Taken by the service.
    pub accepted: u64,
    /// May have been taken.
    pub unknown: u64,
    /// Certainly not taken.
    pub unsent: u64,
    /// The unsent events that an earlier import has delivered.
    pub duplicates: u64,
    /// The unsent events that an earlier import has delivered to the same endpoint under another SDK key.
    pub other_key: u64,
    /// The events that were refused, by who refused them.
    pub refused_by: RefusedBy,
    /// Every batch, in the order of the input.
    pub batches: Vec<BatchReceipt>,
    /// The reason why it ended early, if it did.
    pub stopped: Option<Stopped>,
    /// True if the input was read to its end.
    pub complete: bool,
}

impl Receipt {
    /// Counts the events of a part that has ended.
    pub fn settle(&mut self, settled: &SettledPart) {
        let outcome = &settled.outcome;
        let count = outcome.events as u64;
        match outcome.state {
            State::Accepted => self.accepted += count,
            State::Refused => self.refused_by.service += count,
            State::Unknown => self.unknown += count,
            State::Unsent => self.unsent += count,
        }
        match outcome.reason {
            Some(Reason::Duplicate) => self.duplicates += count,
            Some(Reason::OtherKey) => self.other_key += count,
            _ => {}
        }
        let receipt = settled.receipt();
        let later = self.batches.iter().rev().take_while(|batch| batch.from.index > receipt.from.index).count();
        self.batches.insert(self.batches.len() - later, receipt);
    }

    /// Returns true if all events were sent, except those that the ledger holds back.
    pub fn has_sent_all(&self) -> bool {
        self.unsent == self.duplicates + self.other_key
    }

    /// Returns what is known so far, without the batches and the first issues. `report` is of what was read.
    pub fn so_far(&self, report: &Report, issues: usize) -> Receipt {
        let Receipt { accepted, unknown, unsent, duplicates, other_key, refused_by, .. } = *self;
        let counts = Receipt { accepted, unknown, unsent, duplicates, other_key, refused_by, ..Receipt::default() };
        counts.finish(report.behind(issues), None, false)
    }

    /// Adds the report of the whole input, and how the import ended.
    pub fn finish(mut self, report: Report, stopped: Option<Stopped>, complete: bool) -> Self {
        self.refused_by.check = report.refused;
        self.report = report;
        self.report.refused += self.refused_by.service;
        Receipt { stopped, complete, ..self }
    }
}

impl Serialize for BatchReceipt {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("BatchReceipt", 9)?;
        self.settled.fields(&mut object)?;
        object.serialize_field("from", &self.from)?;
        object.serialize_field("to", &self.to)?;
        object.end()
    }
}

impl Serialize for Receipt {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("Receipt", Report::FIELDS + 9)?;
        self.report.fields(&mut object)?;
        object.serialize_field("accepted", &self.accepted)?;
        object.serialize_field("unknown", &self.unknown)?;
        object.serialize_field("unsent", &self.unsent)?;
        object.serialize_field("duplicates", &self.duplicates)?;
        object.serialize_field("otherKey", &self.other_key)?;
        object.serialize_field("refusedBy", &self.refused_by)?;
        object.serialize_field("batches", &self.batches)?;
        if let Some(stopped) = &self.stopped {
            object.serialize_field("stopped", stopped)?;
        }
        object.serialize_field("complete", &self.complete)?;
        object.end()
    }
}
