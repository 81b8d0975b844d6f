//! What a journal holds of one batch.

use super::fingerprint::Fingerprint;
use super::known::Known;
use super::part_record::{PartRecord, PartState};
use crate::outcome::{Attempt, Outcome, Reason, State};
use crate::part::Part;
use split_events::Place;

/// One batch.
#[derive(Debug, Clone, PartialEq)]
pub struct BatchRecord {
    /// Its number, from 1.
    pub number: u64,
    /// Of its body as it was read from the source.
    pub fingerprint: Fingerprint,
    /// The number of events in that body.
    pub events: usize,
    /// The size of that body, in bytes.
    pub bytes: usize,
    /// The place of its first event, and the name of that event's source.
    pub from: (Place, Option<String>),
    /// The same of its last event.
    pub to: (Place, Option<String>),
    /// The events that an earlier import has delivered, or may have, as runs of neighbours: each from its first to before
    /// the second number.
    pub duplicates: Vec<(usize, usize)>,
    /// The same under another SDK key.
    pub other_key: Vec<(usize, usize)>,
    /// What was sent or is about to be, by its first event; events in no part are planned.
    pub parts: Vec<PartRecord>,
}

impl BatchRecord {
    /// Counts the events that are not held back.
    pub fn fresh(&self) -> usize {
        self.events - events_in(&self.held_back())
    }

    /// Returns the events that the ledger holds back, as runs of neighbours.
    pub fn held_back(&self) -> Vec<(usize, usize)> {
        [self.duplicates.as_slice(), &self.other_key].concat()
    }

    /// Returns what the ledger knew of the event with this number in the batch.
    pub fn knows(&self, at: usize) -> Known {
        let has = |runs: &[(usize, usize)]| runs.iter().any(|(from, to)| (*from..*to).contains(&at));
        match () {
            () if has(&self.duplicates) => Known::Earlier,
            () if has(&self.other_key) => Known::OtherKey,
            () => Known::No,
        }
    }

    /// Holds back the events that the ledger knows, if the batch is untouched: another import may have delivered them
    /// since it was planned. Returns whether that changes it.
    pub fn hold_back(&mut self, known: &[Known]) -> bool {
        let known: Vec<Known> = known.iter().enumerate().map(|(at, known)| self.knows(at).max(*known)).collect();
        let (duplicates, other_key) = (runs_of(&known, Known::Earlier), runs_of(&known, Known::OtherKey));
        if !self.is_untouched() || (&duplicates, &other_key) == (&self.duplicates, &self.other_key) {
            return false;
        }
        (self.duplicates, self.other_key) = (duplicates, other_key);
        self.parts.clear();
        true
    }

    /// Returns whether no event of it was taken, may have been taken, or was refused.
    pub fn is_untouched(&self) -> bool {
        self.parts.iter().all(|part| matches!(&part.state, PartState::Ended(end) if end.state == State::Unsent))
    }

    /// Sets the state of a part, in place of the parts that it overlaps.
    pub fn set(&mut self, part: Part, state: PartState, attempts: Vec<Attempt>) {
        self.forget(part);
        let at = self.parts.iter().take_while(|other| other.part.from < part.from).count();
        self.parts.insert(at, PartRecord { part, state, attempts, was: None });
    }

    /// Plans a part again.
    pub fn forget(&mut self, part: Part) {
        self.parts.retain(|other| other.part.to <= part.from || part.to <= other.part.from);
    }

    /// Returns what is planned: what was never sent, was not taken, or is to be sent again.
    pub fn waiting(&self) -> Vec<Part> {
        let mut waiting: Vec<Part> = Vec::new();
        let mut add = |from: usize, to: usize| match waiting.last_mut() {
            _ if from == to => {}
            Some(last) if last.to == from => last.to = to,
            _ => waiting.push(Part { batch: self.number, from, to }),
        };
        let mut at = 0;
        for PartRecord { part, state, .. } in &self.parts {
            add(at, part.from);
            at = part.from;
            if state.waits() {
                add(at, part.to);
            }
            at = part.to;
        }
        add(at, self.fresh());
        waiting
    }

    /// Returns whether the service has all of it.
    pub fn is_done(&self) -> bool {
        let accepted =
            |part: &PartRecord| matches!(&part.state, PartState::Ended(outcome) if outcome.state == State::Accepted);
        self.waiting().is_empty() && self.parts.iter().all(accepted)
    }

    /// Treats what the user has given up as accepted: nobody needs it any more.
    pub fn forget_dropped(&mut self) {
        for part in &mut self.parts {
            if matches!(&part.state, PartState::Ended(outcome) if outcome.reason == Some(Reason::Dropped)) {
                part.state = PartState::Ended(Outcome::ACCEPTED);
            }
        }
    }

    /// Returns the parts that were taken or may have been, which a ledger has.
    pub fn entered(&self) -> impl Iterator<Item = Part> {
        let taken = |record: &&PartRecord| match &record.state {
            PartState::Dispatching | PartState::Resend => true,
            PartState::Ended(outcome) => matches!(outcome.state, State::Accepted | State::Unknown),
        };
        self.parts.iter().filter(taken).map(|record| record.part)
    }
}

fn runs_of(known: &[Known], which: Known) -> Vec<(usize, usize)> {
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for (at, _) in known.iter().enumerate().filter(|(_, known)| **known == which) {
        match runs.last_mut() {
            Some((_, to)) if *to == at => *to += 1,
            _ => runs.push((at, at + 1)),
        }
    }
    runs
}

/// Counts the events of runs of neighbours.
pub(crate) fn events_in(runs: &[(usize, usize)]) -> usize {
    runs.iter().map(|(from, to)| to - from).sum()
}
