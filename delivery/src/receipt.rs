//! How every event of an import ended.

use serde::ser::{Serialize, SerializeStruct, Serializer};

use crate::outcome::{BatchOutcome, Reason, SettledPart, State};
use crate::part::{Position, Spot};
use split_events::Report;

/// A batch in a receipt.
#[derive(Debug, Clone)]
pub struct BatchReceipt {
    /// How it ended.
    pub settled: BatchOutcome,
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

/// Why an import ended early.
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
    /// Why it ended before everything was sent.
    pub stopped: Option<Stopped>,
    /// Whether the input was read to its end.
    pub complete: bool,
}

impl Receipt {
    /// Counts events that have ended.
    pub fn settle(&mut self, SettledPart { outcome, from, to, .. }: &SettledPart) {
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
        let position = |(place, file): &Spot| Position::new(*place, file.as_deref());
        let receipt = BatchReceipt { from: position(from), to: position(to), settled: outcome.clone() };
        let later = self.batches.iter().rev().take_while(|batch| batch.from.index > receipt.from.index).count();
        self.batches.insert(self.batches.len() - later, receipt);
    }

    /// Returns true if nothing is left to be sent but what the ledger holds back.
    pub fn has_sent_all(&self) -> bool {
        self.unsent == self.duplicates + self.other_key
    }

    /// Adds what the check found of the whole input.
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
