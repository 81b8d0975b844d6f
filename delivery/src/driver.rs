//! What every delivery has in common: a machine, the batches that it sends, and what is written down of them. Without
//! I/O and without a clock.

use std::collections::VecDeque;
use std::rc::Rc;

use crate::answer::Response;
use crate::held::HeldBatches;
use crate::journal::{BatchRecord, Fingerprint, Ledger, PartState, Write, entry};
use crate::machine::{Action, Machine};
use crate::outcome::{Attempt, Outcome, Reason, SettledPart, State};
use crate::part::Part;
use crate::policy::Policy;
use crate::step::Step;

/// Sends what it holds, and writes down each claim before it is sent and how each part ended.
#[derive(Debug)]
pub struct Driver {
    pub(crate) machine: Machine,
    pub(crate) held: HeldBatches,
    pub(crate) ledger: Option<Ledger>,
    pub(crate) settled: VecDeque<SettledPart>,
    has_journal: bool,
    writes: Vec<Write>,
    /// Claims that the next sync covers.
    claims: Vec<Part>,
    /// Claims that the sync covers which is under way.
    syncing: Option<Vec<Part>>,
}

/// An import or an outbox, as its caller performs it.
pub trait Delivery {
    /// Returns what all deliveries have in common.
    fn driver(&mut self) -> &mut Driver;

    /// Returns what to do now. Ask again after each step, until it is [`Step::Wait`] or [`Step::Done`].
    fn next_step(&mut self, now: f64) -> Step;

    /// Takes what came of a request that [`Step::Post`] asked for.
    fn ended(&mut self, part: Part, response: &Response, attempt: Attempt, now: f64) {
        self.driver().ended(part, response, attempt, now);
    }
}

/// What an import and an outbox decide about the batches that their driver sends.
pub(crate) trait Owner: Delivery {
    /// Writes down that a part has ended, and tells it.
    fn settle(&mut self, part: Part, outcome: Outcome, attempts: Vec<Attempt>);

    /// Writes down that what was refused in a row was refused for its own events.
    fn refused_alone(&mut self) {}

    /// Offers the machine a part that waits. Returns false if there is none.
    fn offer(&mut self) -> bool {
        false
    }

    /// Writes down what is to be written, and returns the next step for the caller.
    fn drive(&mut self, now: f64) -> Step {
        loop {
            let driver = self.driver();
            if let Some(settled) = driver.settled.pop_front() {
                return Step::Settled(Box::new(settled));
            }
            match driver.machine.next_action(now) {
                Action::Claim(part) => driver.claim(part),
                Action::Postpone(part) => driver.forget(part),
                Action::Settle(part, outcome, attempts) => self.settle(part, outcome, attempts),
                Action::RefusedAlone => self.refused_alone(),
                Action::Step(Step::Read) if self.offer() => {}
                Action::Step(step) => return self.driver().sync_before(step),
            }
        }
    }
}

impl Driver {
    pub(crate) fn new(policy: Policy, has_journal: bool, ledger: Option<Ledger>) -> Self {
        Driver {
            machine: Machine::new(policy, has_journal || ledger.is_some()),
            held: HeldBatches::default(),
            has_journal,
            ledger,
            settled: VecDeque::new(),
            writes: Vec::new(),
            claims: Vec::new(),
            syncing: None,
        }
    }

    fn keeps_records(&self) -> bool {
        self.has_journal || self.ledger.is_some()
    }

    /// Queues a part that is held. `again` is true if an earlier request may have been taken.
    pub(crate) fn offer(&mut self, part: Part, again: bool) {
        if let Some(held) = self.held.find(part) {
            let ends = Rc::clone(&held.body.ends);
            if again { self.machine.offer_again(part, ends) } else { self.machine.offer(part, ends) }
        }
    }

    /// Returns the batches that are held.
    pub fn held(&self) -> &HeldBatches {
        &self.held
    }

    /// Returns the machine, for what has nothing to do with writing.
    pub fn machine(&mut self) -> &mut Machine {
        &mut self.machine
    }

    pub(crate) fn ended(&mut self, part: Part, response: &Response, attempt: Attempt, now: f64) {
        self.pausing(now, |machine| machine.ended(part, response, attempt, now));
    }

    /// Pauses for `wait` milliseconds: the headers of an answer ask for it, and its body may still come.
    pub fn asked_pause(&mut self, wait: f64, now: f64) {
        // whose answer it is shows when it has ended
        if !self.machine.has_older_in_flight() {
            self.pausing(now, |machine| _ = machine.asked_pause(wait, now));
        }
    }

    /// Does what may prolong the pause, and writes down a longer one.
    pub(crate) fn pausing(&mut self, now: f64, act: impl FnOnce(&mut Machine)) {
        let before = self.machine.paused_until();
        act(&mut self.machine);
        let until = self.machine.paused_until();
        if until > before {
            self.write(entry::pause(until, until - now));
        }
    }

    /// Takes the result of what [`Step::Sync`] asked for. If it failed, no request begins any more.
    pub fn synced(&mut self, result: Result<(), String>) {
        if let Err(why) = result {
            let message = ["the journal or ledger cannot be written (", &why, "), so nothing more is sent"].concat();
            self.machine.stop(Reason::JournalFailed, message);
        }
        for part in self.syncing.take().unwrap_or_default() {
            self.machine.claimed(part);
        }
    }

    /// Takes out what is to be written, in its order.
    pub fn writes(&mut self) -> Vec<Write> {
        std::mem::take(&mut self.writes)
    }

    /// Writes something else into the journal with the next sync.
    pub fn write(&mut self, write: Write) {
        if self.has_journal {
            self.writes.push(write);
        }
    }

    pub(crate) fn write_all(&mut self, writes: impl IntoIterator<Item = Write>) {
        self.writes.extend(writes);
    }

    pub(crate) fn is_syncing(&self) -> bool {
        self.syncing.is_some()
    }

    pub(crate) fn has_writes(&self) -> bool {
        !self.writes.is_empty()
    }

    /// What is written goes with as much else as there is: before the caller waits, reads, or is done.
    fn sync_before(&mut self, step: Step) -> Step {
        match step {
            Step::Post(_) => step,
            _ if !self.is_syncing() && (self.has_writes() || !self.claims.is_empty()) => {
                self.syncing = Some(std::mem::take(&mut self.claims));
                Step::Sync
            }
            Step::Done if self.is_syncing() => Step::Wait(None),
            _ => step,
        }
    }

    fn claim(&mut self, part: Part) {
        if let Some(at) = self.held.at(part.batch) {
            let held = &mut self.held.0[at];
            let again = held.record.entered().any(|other| other.overlaps(part));
            held.record.set(part, PartState::Dispatching, Vec::new());
            if let (Some(ledger), Some(fingerprints)) = (&self.ledger, held.fingerprints.get(part.from..part.to)) {
                self.writes.push(ledger.enter(part, fingerprints, again));
            }
            self.note(at);
        }
        self.claims.push(part);
    }

    /// Plans a part again that was certainly not taken.
    pub(crate) fn forget(&mut self, part: Part) {
        let Some(at) = self.held.at(part.batch) else { return };
        let record = &mut self.held.0[at].record;
        let parts = record.parts.len();
        record.forget(part);
        if record.parts.len() < parts {
            self.remove_from_ledger(part);
            self.note(at);
        }
    }

    /// Writes down how a part ended.
    pub(crate) fn settle(&mut self, part: Part, outcome: &Outcome, attempts: &[Attempt]) {
        let Some(at) = self.held.at(part.batch).filter(|_| self.keeps_records()) else { return };
        let held = &mut self.held.0[at];
        let mut parts = held.record.parts.iter().filter(|other| other.part.overlaps(part));
        // what is to be sent again, and was not, stays so
        if parts.clone().any(|other| other.state == PartState::Resend) {
            return;
        }
        let was_claimed = parts.any(|other| other.part == part);
        held.record.set(part, PartState::Ended(outcome.clone()), attempts.to_vec());
        if was_claimed && matches!(outcome.state, State::Refused | State::Unsent) {
            self.remove_from_ledger(part);
        }
        // what was never sent needs no record: it is read from the source again
        if was_claimed || self.held.0[at].written || !attempts.is_empty() {
            self.note(at);
        }
    }

    /// Makes the ledger agree with the record of a batch: a crash can come between the two.
    pub(crate) fn agree_with_ledger(&mut self, record: &BatchRecord, fingerprints: &[Fingerprint]) {
        if let Some(ledger) = &self.ledger {
            let entered: Vec<Part> = record.entered().collect();
            self.writes.extend(ledger.agree(record.number, &entered, fingerprints));
        }
    }

    fn remove_from_ledger(&mut self, part: Part) {
        self.writes.extend(self.ledger.as_ref().map(|ledger| ledger.remove(part)));
    }

    /// Writes the record of a batch.
    pub(crate) fn note(&mut self, at: usize) {
        if self.has_journal {
            self.held.0[at].written = true;
            self.writes.push(entry::batch(&self.held.0[at].record));
        }
    }

    /// Takes back the claims that no sync has covered, so that nothing is sent by them.
    pub(crate) fn drop_claims(&mut self) {
        self.claims.clear();
        self.syncing.as_mut().map(Vec::clear);
    }

    /// Lets the sync that was under way begin again: whoever waited for it has died.
    pub(crate) fn sync_again(&mut self) {
        self.claims.extend(self.syncing.take().unwrap_or_default());
    }
}
