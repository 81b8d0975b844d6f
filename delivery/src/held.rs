//! The batches that a delivery holds.

use std::collections::VecDeque;
use std::rc::Rc;

use crate::journal::{BatchRecord, Fingerprint};
use crate::outcome::{Attempt, BatchOutcome, Outcome, SettledPart};
use crate::part::{Body, Events, Part, Spot};

/// A batch that has not ended.
#[derive(Debug)]
pub(crate) struct Held {
    pub id: String,
    pub body: Rc<Body>,
    pub record: BatchRecord,
    /// The fingerprints of its events, if there is a ledger.
    pub fingerprints: Vec<Fingerprint>,
    /// The journal has its record.
    pub written: bool,
    /// Events whose end was not told yet.
    pub untold: usize,
    /// In how many pieces the store has its body.
    pub pieces: usize,
    /// Requests in this call of `deliver`.
    pub tries: u32,
}

impl Held {
    pub fn new(id: String, body: Body, record: BatchRecord) -> Self {
        let untold = body.events();
        Held { id, body: Rc::new(body), record, fingerprints: Vec::new(), written: false, untold, pieces: 0, tries: 0 }
    }

    pub fn id_of(&self, part: Part) -> String {
        part.id_in(&self.id, part.events() == self.body.events())
    }

    pub fn bytes_of(&self, part: Part) -> usize {
        part.bytes_in(&self.body.ends)
    }

    /// Returns what is told of a part that has ended.
    pub fn settled(&self, part: Part, outcome: Outcome, attempts: Vec<Attempt>) -> SettledPart {
        let spot = |at: usize, of: &Spot| (self.body.places.get(at).copied().unwrap_or(of.0), of.1.clone());
        SettledPart {
            outcome: BatchOutcome::new(self.id_of(part), part.events(), self.bytes_of(part), outcome, attempts),
            from: spot(part.from, &self.record.from),
            to: spot(part.to - 1, &self.record.to),
            held: Some(Events { body: Rc::clone(&self.body), part }),
        }
    }
}

/// Batches by their numbers. Most are let go of at the front.
#[derive(Debug, Default)]
pub struct HeldBatches(pub(crate) VecDeque<Held>);

impl HeldBatches {
    pub(crate) fn insert(&mut self, held: Held) {
        let at = self.0.partition_point(|other| other.record.number < held.record.number);
        self.0.insert(at, held);
    }

    pub(crate) fn at(&self, number: u64) -> Option<usize> {
        self.0.binary_search_by_key(&number, |held| held.record.number).ok()
    }

    pub(crate) fn find(&self, part: Part) -> Option<&Held> {
        self.at(part.batch).map(|at| &self.0[at])
    }

    /// Returns the body to post for this part.
    pub fn body_of(&self, part: Part) -> Vec<u8> {
        self.find(part).map(|held| held.body.body_of(part)).unwrap_or_default()
    }

    /// Returns the id of this part, and the size of its body in bytes.
    pub fn describe(&self, part: Part) -> (String, usize) {
        self.find(part).map(|held| (held.id_of(part), held.bytes_of(part))).unwrap_or_default()
    }
}

/// Makes the record of a batch that is planned. `spots` are those of its first and its last event.
pub(crate) fn new_record(
    number: u64,
    fingerprint: Fingerprint,
    events: usize,
    bytes: usize,
    (from, to): (Spot, Spot),
) -> BatchRecord {
    let (duplicates, other_key, parts) = (Vec::new(), Vec::new(), Vec::new());
    BatchRecord { number, fingerprint, events, bytes, from, to, duplicates, other_key, parts }
}

/// Batches and the events in them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct Sum {
    /// Batches, or parts of them.
    pub batches: u64,
    /// Their events.
    pub events: u64,
}

impl Sum {
    pub(crate) fn add(&mut self, part: Part) {
        self.batches += 1;
        self.events += part.events() as u64;
    }
}
