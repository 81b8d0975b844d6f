//! How every event of an import ended.

use serde::Serialize;

use super::outcome::{Outcome, Reason, State};
use crate::batch::Batch;
use crate::event::Place;
use crate::report::Report;

/// One request: the status that came back, or why none did.
#[derive(Debug, Clone, Serialize)]
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
#[derive(Debug, Clone, Serialize)]
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
#[derive(Debug, Clone, Serialize)]
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
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    /// The same for a person.
    #[serde(skip_serializing_if = "Option::is_none")]
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
#[derive(Debug, Clone, Serialize)]
pub struct BatchReceipt {
    /// How it ended.
    #[serde(flatten)]
    pub settled: Settled,
    /// Its first event.
    pub from: Position,
    /// Its last event.
    pub to: Position,
}

/// By whom events were refused.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub struct RefusedBy {
    /// By the check: never sent.
    pub check: u64,
    /// By the service.
    pub service: u64,
}

/// Why a run ended early.
#[derive(Debug, Clone, Serialize)]
pub struct Stopped {
    /// A stable word.
    pub reason: Reason,
    /// The same for a person.
    pub message: String,
}

/// `accepted + refused + unknown + unsent = events`.
#[derive(Debug, Clone, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Receipt {
    /// What the check found; `refused` counts the service's refusals too.
    #[serde(flatten)]
    pub report: Report,
    /// Taken by the service.
    pub accepted: u64,
    /// May have been taken.
    pub unknown: u64,
    /// Certainly not taken.
    pub unsent: u64,
    /// By whom events were refused.
    pub refused_by: RefusedBy,
    /// Every batch, in the order of the input.
    pub batches: Vec<BatchReceipt>,
    /// Why the run ended before everything was sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stopped: Option<Stopped>,
    /// Whether the input was read to its end.
    pub complete: bool,
}

impl Receipt {
    /// Counts a batch that has ended.
    pub fn settle(&mut self, batch: &Batch, settled: Settled, file: impl Fn(u32) -> Option<String>) {
        let events = settled.events as u64;
        match settled.state {
            State::Accepted => self.accepted += events,
            State::Refused => self.refused_by.service += events,
            State::Unknown => self.unknown += events,
            State::Unsent => self.unsent += events,
        }
        let position = |place: Place| Position::new(place, file(place.source).as_deref());
        let (first, last) = (&batch.entries[0], &batch.entries[batch.entries.len() - 1]);
        self.batches.push(BatchReceipt { from: position(first.place), to: position(last.place), settled });
    }

    /// The input is over: takes in what its check found.
    pub fn finish(mut self, report: Report, stopped: Option<Stopped>, complete: bool) -> Self {
        self.refused_by.check = report.refused;
        self.report = report;
        self.report.refused += self.refused_by.service;
        self.batches.sort_by_key(|batch| batch.from.index);
        Receipt { stopped, complete, ..self }
    }
}
