//! How every event of an import ended.

use serde::ser::{Serialize, SerializeStruct, Serializer};

use crate::outcome::{Outcome, Reason, State};
use crate::run::{Settlement, Spot};
use split_events::Place;
use split_events::Report;

/// One request: the status that came back, or why none did.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Attempt {
    /// The status, if an answer came.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// What went wrong, if none came.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// How long it took, in milliseconds.
    pub ms: f64,
}

/// Where an event stands, as the user sees it.
#[derive(Debug, Clone, serde::Serialize)]
pub struct Position {
    /// Number in the whole input, from 0.
    pub index: u64,
    /// Its first line, from 1.
    pub line: Option<u64>,
    /// The source it came from, where it has a name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
}

impl Position {
    /// Of an event at this place in a source of this name.
    pub fn new(place: Place, file: Option<&str>) -> Self {
        Position { index: place.index, line: place.text.map(|(line, _)| line), file: file.map(str::to_owned) }
    }
}

/// What is said of a batch once it has ended.
#[derive(Debug, Clone)]
pub struct Settled {
    /// The batch's id.
    pub id: String,
    /// Number of its events.
    pub events: usize,
    /// Size of its body.
    pub bytes: usize,
    /// Where its events stand.
    pub state: State,
    /// Why, unless accepted.
    pub reason: Option<Reason>,
    /// The same for a person.
    pub message: Option<String>,
    /// The requests that were made for it.
    pub attempts: Vec<Attempt>,
}

impl Settled {
    /// A batch with these many events and bytes that ended so.
    pub fn new(id: String, events: usize, bytes: usize, outcome: Outcome, attempts: Vec<Attempt>) -> Self {
        let Outcome { state, reason, message, .. } = outcome;
        Settled { id, events, bytes, state, reason, message, attempts }
    }
}

/// A batch in a receipt.
#[derive(Debug, Clone)]
pub struct BatchReceipt {
    /// How it ended.
    pub settled: Settled,
    /// Its first event.
    pub from: Position,
    /// Its last event.
    pub to: Position,
}

/// By whom events were refused.
#[derive(Debug, Clone, Copy, Default, serde::Serialize)]
pub struct RefusedBy {
    /// By the check: never sent.
    pub check: u64,
    /// By the service.
    pub service: u64,
}

/// Why a run ended early.
#[derive(Debug, Clone, serde::Serialize)]
pub struct Stopped {
    /// A stable word.
    pub reason: Reason,
    /// The same for a person.
    pub message: String,
}

/// `accepted + refused + unknown + unsent = events`.
#[derive(Debug, Clone, Default)]
pub struct Receipt {
    /// What the check found; `refused` counts the service's refusals too.
    pub report: Report,
    /// Taken by the service.
    pub accepted: u64,
    /// May have been taken.
    pub unknown: u64,
    /// Certainly not taken.
    pub unsent: u64,
    /// Among the unsent, those that an earlier import has delivered.
    pub duplicates: u64,
    /// Among the unsent, those that an earlier import has delivered to the same endpoint under another SDK key.
    pub other_key: u64,
    /// By whom events were refused.
    pub refused_by: RefusedBy,
    /// Every batch, in the order of the input.
    pub batches: Vec<BatchReceipt>,
    /// Why the run ended before everything was sent.
    pub stopped: Option<Stopped>,
    /// Whether the input was read to its end.
    pub complete: bool,
}

impl Receipt {
    /// Counts events that have ended.
    pub fn settle(&mut self, settlement: &Settlement) {
        let Settlement { id, events, bytes, from, to, outcome, attempts, .. } = settlement;
        let count = *events as u64;
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
        let position = |(place, file): &Spot| Position::new(*place, file.as_deref());
        let settled = Settled::new(id.clone(), *events, *bytes, outcome.clone(), attempts.clone());
        let receipt = BatchReceipt { from: position(from), to: position(to), settled };
        let later = self.batches.iter().rev().take_while(|batch| batch.from.index > receipt.from.index).count();
        self.batches.insert(self.batches.len() - later, receipt);
    }

    /// Whether nothing is left to be sent but what the ledger holds back.
    pub fn has_sent_all(&self) -> bool {
        self.unsent == self.duplicates + self.other_key
    }

    /// The input is over: takes in what its check found.
    pub fn finish(mut self, report: Report, stopped: Option<Stopped>, complete: bool) -> Self {
        self.refused_by.check = report.refused;
        self.report = report;
        self.report.refused += self.refused_by.service;
        Receipt { stopped, complete, ..self }
    }
}

impl Settled {
    fn fields<S: SerializeStruct>(&self, object: &mut S) -> Result<(), S::Error> {
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

impl Serialize for Settled {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("Settled", 7)?;
        self.fields(&mut object)?;
        object.end()
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
