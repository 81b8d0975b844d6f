//! One import on its way: the machine, and what is written down around it. Without I/O and without a clock.

use std::collections::VecDeque;
use std::ops::Range;
use std::rc::Rc;

use crate::journal::{
    BatchRecord, Fingerprint, Known, Ledger, PartRecord, PartState, Recovered, Write, batch_id, entry, events_in,
};
use crate::machine::{Action, Machine, Part, Policy};
use crate::outcome::{Ending, Outcome, Reason, State};
use crate::receipt::Attempt;
use crate::split::body_bytes;
use split_events::Batch;
use split_events::Place;

/// What the caller is to do next.
#[derive(Debug)]
pub enum Step {
    /// Post [the body](Run::body) of this part, and say how it [ended](Run::ended).
    Post(Part),
    /// Hand the [writes](Run::writes) to the stores, make them durable, and say [`Run::synced`]. Nothing else waits.
    Sync,
    /// Events have ended.
    Settled(Box<Settlement>),
    /// There is room for another batch: read on and [plan](Run::plan) it, or say [`Run::no_more`].
    Read,
    /// Wait until something happens, or until this time.
    Wait(Option<f64>),
    /// Everything is settled and written down.
    Done,
}

/// How some events of a batch ended.
#[derive(Debug, Clone)]
pub struct Settlement {
    /// The batch's id, and where it is not the whole batch which of its events.
    pub id: String,
    /// How many events.
    pub events: usize,
    /// Size of their body.
    pub bytes: usize,
    /// Where the first stands, and in the source of which name.
    pub from: Spot,
    /// The same for the last.
    pub to: Spot,
    /// How they ended.
    pub outcome: Outcome,
    /// The requests that were made for them.
    pub attempts: Vec<Attempt>,
    /// The batch that has them, and which they are; nothing where an earlier process has delivered it.
    pub held: Option<(Rc<Batch>, Range<usize>)>,
}

/// Where an event stands, and the name of its source.
pub type Spot = (Place, Option<String>);

/// The source is no longer what the journal says of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SourceChanged {
    /// The number of the first batch that differs.
    pub batch: u64,
}

/// A batch that is not settled.
#[derive(Debug)]
struct Held {
    batch: Rc<Batch>,
    ends: Rc<[usize]>,
    fingerprints: Vec<Fingerprint>,
    record: BatchRecord,
    /// It stands in the journal.
    written: bool,
    open: usize,
}

/// How the journal of an import is kept.
#[derive(Debug, Clone, Copy, Default)]
pub struct JournalOptions {
    /// Whether it keeps bodies until they are accepted, since the source cannot be read again.
    pub keeps_bodies: bool,
}

/// Delivers an import, and keeps its journal and ledger where there are such.
#[derive(Debug)]
pub struct Run {
    id: String,
    machine: Machine,
    journal: Option<JournalOptions>,
    ledger: Option<Ledger>,
    recovered: Recovered,
    held: Vec<Held>,
    /// Parts of earlier batches, sent once the source is known to be the same.
    postponed: Vec<Part>,
    verified: bool,
    settled: VecDeque<Settlement>,
    /// Refused, and written down as what a later process sends again; told once it is known whether they stand alone.
    refused: Vec<(Part, Outcome, Vec<Attempt>)>,
    writes: Vec<Write>,
    /// Claims that the next sync covers, and those that the one under way does.
    claims: Vec<Part>,
    syncing: Option<Vec<Part>>,
}

impl Run {
    /// The run with this id. Without a journal and a ledger nothing is written. `now` is Unix time in milliseconds, by
    /// a clock that nobody sets while the run lasts, as every time that is given to it.
    pub fn new(
        id: String,
        policy: Policy,
        journal: Option<JournalOptions>,
        ledger: Option<Ledger>,
        recovered: Recovered,
        now: f64,
    ) -> Self {
        let mut run = Run {
            id,
            machine: Machine::new(policy, journal.is_some() || ledger.is_some()),
            journal,
            ledger,
            verified: recovered.batches.is_empty(),
            recovered,
            held: Vec::new(),
            postponed: Vec::new(),
            settled: VecDeque::new(),
            refused: Vec::new(),
            writes: Vec::new(),
            claims: Vec::new(),
            syncing: None,
        };
        run.machine.asked_pause(run.recovered.paused_until(now) - now, now);
        run.recovered.forget_wrong_settings();
        run.writes.extend(run.recovered.settle_crashed());
        run.writes.extend(run.ledger.as_mut().map(Ledger::forgotten).unwrap_or_default());
        run
    }

    /// Takes up what an earlier process left, where the journal has the bodies and nothing is read again. Batches
    /// that are read after that have higher numbers.
    pub fn take_up(&mut self) {
        self.verified = true;
        let records = self.recovered.batches.clone();
        // what was held back is in no body: then the ledger cannot tell which copy of an event one is
        let all_in_bodies = records.iter().all(|record| record.held_back().is_empty());
        for mut record in records {
            self.act_on_words(&mut record);
            let Some(mut batch) = self.recovered.body(record.number, &self.id) else {
                self.settle_held_back(&record, None);
                self.settle_recorded(&record);
                continue;
            };
            let mut looked_up = self.ledger.as_mut().map(|ledger| ledger.look_up(&batch)).unwrap_or_default();
            let known: Vec<Known> = looked_up.iter().map(|(_, known)| *known).collect();
            if all_in_bodies && record.hold_back(&known) {
                self.settle_held_back(&record, Some(&batch));
                batch = batch.divide(&record.held_back()).0;
                looked_up.retain(|(_, known)| *known == Known::No);
                self.writes.push(if batch.entries.is_empty() {
                    entry::no_body(record.number)
                } else {
                    entry::body(&batch)
                });
                self.writes.push(entry::batch(&record));
            } else {
                self.settle_held_back(&record, None);
            }
            if !batch.entries.is_empty() {
                self.hold(batch, record, looked_up.into_iter().map(|(fingerprint, _)| fingerprint).collect(), true);
            }
        }
    }

    fn settle_held_back(&mut self, record: &BatchRecord, batch: Option<&Batch>) {
        self.settled.extend(HOLDS_BACK.iter().filter_map(|&reason| held_back(&self.id, record, reason, batch)));
    }

    /// A batch is ready to be sent. `file` gives the name of a source by its number.
    pub fn plan(&mut self, batch: Batch, file: impl Fn(u32) -> Option<String>) -> Result<(), SourceChanged> {
        let number = batch.number;
        let fingerprint = if self.journal.is_some() { Fingerprint::of(&batch.body) } else { Fingerprint([0; 2]) };
        let mut known = self.recovered.batch(number).cloned();
        if known.as_ref().is_some_and(|known| known.fingerprint != fingerprint) {
            return Err(SourceChanged { batch: number });
        }
        if let Some(known) = &mut known {
            self.act_on_words(known);
        }
        let looked_up = self.ledger.as_mut().map(|ledger| ledger.look_up(&batch));
        let written = known.is_some();
        let mut record = known.unwrap_or_else(|| {
            let (first, last) = (batch.entries[0].place, batch.entries[batch.entries.len() - 1].place);
            BatchRecord {
                number,
                fingerprint,
                events: batch.entries.len(),
                bytes: batch.body.len(),
                from: (first, file(first.source)),
                to: (last, file(last.source)),
                duplicates: Vec::new(),
                other_key: Vec::new(),
                parts: Vec::new(),
            }
        });
        if let Some(looked_up) = &looked_up {
            let known: Vec<Known> = looked_up.iter().map(|(_, known)| *known).collect();
            record.hold_back(&known);
        }
        let mut fingerprints: Vec<Fingerprint> =
            looked_up.unwrap_or_default().into_iter().map(|(fingerprint, _)| fingerprint).collect();
        let runs = record.held_back();
        let batch = if runs.is_empty() {
            batch
        } else {
            self.settle_held_back(&record, Some(&batch));
            let mut at = 0;
            fingerprints.retain(|_| {
                at += 1;
                record.knows(at - 1) == Known::No
            });
            batch.divide(&runs).0
        };
        let keep = self.journal.is_some_and(|journal| journal.keeps_bodies) && !written;
        if keep {
            // in this order: a record without its body could not be taken up
            if !batch.entries.is_empty() {
                self.writes.push(entry::body(&batch));
            }
            self.writes.push(entry::batch(&record));
        }
        if !batch.entries.is_empty() {
            self.hold(batch, record, fingerprints, written || keep);
        }
        if !self.verified && number >= self.recovered.last() {
            self.verify();
        }
        Ok(())
    }

    /// No other batch will come.
    pub fn no_more(&mut self, last: u64) -> Result<(), SourceChanged> {
        if !self.verified && last < self.recovered.last() {
            return Err(SourceChanged { batch: last + 1 });
        }
        self.verify();
        self.machine.no_more();
        Ok(())
    }

    /// A request that [`Step::Post`] asked for has ended.
    pub fn ended(&mut self, part: Part, ending: &Ending, attempt: Attempt, now: f64) {
        let paused_until = self.machine.paused_until();
        self.machine.ended(part, ending, attempt, now);
        self.note_pause(paused_until, now);
    }

    /// Pauses for `wait` milliseconds: the headers of an answer ask for it, and its body may still come.
    pub fn asked_pause(&mut self, wait: f64, now: f64) {
        let paused_until = self.machine.paused_until();
        self.machine.asked_pause(wait, now);
        self.note_pause(paused_until, now);
    }

    fn note_pause(&mut self, before: f64, now: f64) {
        let until = self.machine.paused_until();
        if until > before {
            self.write(entry::pause(until, until - now));
        }
    }

    /// What [`Step::Sync`] asked for is done, or has failed for this reason: then nothing more is sent.
    pub fn synced(&mut self, result: Result<(), String>) {
        if let Err(why) = result {
            let message = ["the journal or ledger cannot be written (", &why, "), so nothing more is sent"].concat();
            self.machine.stop(Reason::JournalFailed, message);
        }
        for part in self.syncing.take().unwrap_or_default() {
            self.machine.claimed(part);
        }
    }

    /// What is to be written, in its order.
    pub fn writes(&mut self) -> Vec<Write> {
        std::mem::take(&mut self.writes)
    }

    /// Something else is to be written into the journal with the next sync.
    pub fn write(&mut self, write: Write) {
        if self.journal.is_some() {
            self.writes.push(write);
        }
    }

    /// The body to post for this part.
    pub fn body(&self, part: Part) -> Vec<u8> {
        self.find(part.batch).map(|held| held.batch.body_of(part.from..part.to)).unwrap_or_default()
    }

    /// The size of that body.
    pub fn bytes(&self, part: Part) -> usize {
        let Some(held) = self.find(part.batch) else { return 0 };
        let start = if part.from == 0 { 1 } else { held.ends[part.from - 1] + 1 };
        body_bytes(start, held.ends[part.to - 1])
    }

    /// The id of this part.
    pub fn id(&self, part: Part) -> String {
        let whole = self.find(part.batch).is_some_and(|held| part.events() == held.batch.entries.len());
        part_id(&self.id, part, whole)
    }

    /// The name of the source with this number, where an earlier process has read it.
    pub fn source(&self, number: u32) -> Option<&str> {
        self.recovered.source(number)
    }

    /// The machine, for what has nothing to do with journals.
    pub fn machine(&mut self) -> &mut Machine {
        &mut self.machine
    }

    /// What to do now. Ask again after each step, until there is nothing but [`Step::Wait`] or [`Step::Done`].
    pub fn next_step(&mut self, now: f64) -> Step {
        loop {
            if let Some(settlement) = self.settled.pop_front() {
                return Step::Settled(Box::new(settlement));
            }
            let step = match self.machine.next_action(now) {
                Action::Claim(part) => {
                    self.claim(part);
                    continue;
                }
                Action::Postpone(part) => {
                    self.forget(part);
                    continue;
                }
                Action::Settle(part, outcome, attempts) => {
                    self.settle(part, outcome, attempts);
                    continue;
                }
                Action::RefusedAlone => {
                    self.refused_alone();
                    continue;
                }
                Action::Send(part) => return Step::Post(part),
                Action::Read => Step::Read,
                Action::Wait(until) => Step::Wait(until),
                Action::Done => Step::Done,
            };
            // what is written down goes with as many others as there are
            if self.syncing.is_none() && !(self.writes.is_empty() && self.claims.is_empty()) {
                self.syncing = Some(std::mem::take(&mut self.claims));
                return Step::Sync;
            }
            return match step {
                Step::Done if self.syncing.is_some() => Step::Wait(None),
                step => step,
            };
        }
    }

    fn find(&self, number: u64) -> Option<&Held> {
        self.held.iter().find(|held| held.batch.number == number)
    }

    fn hold(&mut self, batch: Batch, record: BatchRecord, fingerprints: Vec<Fingerprint>, written: bool) {
        let ends: Rc<[usize]> = batch.entries.iter().map(|entry| entry.end).collect();
        let (open, waiting, ended) = (batch.entries.len(), record.waiting(), record.parts.clone());
        if let Some(ledger) = &self.ledger {
            let entered: Vec<Part> = record.entered().collect();
            self.writes.extend(ledger.agree(record.number, &entered, &fingerprints));
        }
        self.held.push(Held { batch: Rc::new(batch), ends, fingerprints, record, written, open });
        for PartRecord { part, state, attempts, .. } in ended {
            match state {
                PartState::Ended(outcome) if outcome.state != State::Unsent => self.report(part, outcome, attempts),
                _ => {}
            }
        }
        for part in waiting {
            if self.verified {
                self.offer(part);
            } else {
                self.postponed.push(part);
            }
        }
    }

    /// What the user has said of what was unknown holds from now on; what is to be sent again can be taken back until
    /// it is.
    fn act_on_words(&mut self, record: &mut BatchRecord) {
        let mut acted = false;
        for one in record.parts.iter_mut().filter(|one| one.state != PartState::Resend) {
            acted |= one.was.take().is_some();
        }
        if acted {
            self.write(entry::batch(record));
        }
    }

    fn offer(&mut self, part: Part) {
        if let Some(held) = self.find(part.batch) {
            let ends = Rc::clone(&held.ends);
            self.machine.offer(part, ends);
        }
    }

    /// The source is the one that the journal knows.
    fn verify(&mut self) {
        self.verified = true;
        for part in std::mem::take(&mut self.postponed) {
            self.offer(part);
        }
    }

    fn claim(&mut self, part: Part) {
        if let Some(at) = self.held.iter().position(|held| held.batch.number == part.batch) {
            let held = &mut self.held[at];
            let again = held.record.entered().any(|other| other.from < part.to && part.from < other.to);
            held.record.set(part, PartState::Dispatching, Vec::new());
            if let (Some(ledger), Some(fingerprints)) = (&self.ledger, held.fingerprints.get(part.from..part.to)) {
                self.writes.push(ledger.enter(part, fingerprints, again));
            }
            self.note(at);
        }
        self.claims.push(part);
    }

    fn forget(&mut self, part: Part) {
        if let Some(at) = self.held.iter().position(|held| held.batch.number == part.batch) {
            self.held[at].record.forget(part);
            self.writes.extend(self.ledger.as_ref().map(|ledger| ledger.remove(part)));
            self.note(at);
        }
    }

    fn note(&mut self, at: usize) {
        if self.journal.is_some() {
            self.held[at].written = true;
            self.writes.push(entry::batch(&self.held[at].record));
        }
    }

    fn settle(&mut self, part: Part, outcome: Outcome, attempts: Vec<Attempt>) {
        let Some(at) = self.held.iter().position(|held| held.batch.number == part.batch) else { return };
        let held = &mut self.held[at];
        let is_of = |other: &&PartRecord| other.part.from < part.to && part.from < other.part.to;
        let mut before = held.record.parts.iter().filter(is_of);
        // what is to be sent again, and was not, stays so
        if outcome.state == State::Unsent && before.clone().any(|other| other.state == PartState::Resend) {
            return self.report(part, outcome, attempts);
        }
        let claimed = before.any(|other| other.part == part);
        held.record.set(part, PartState::Ended(outcome.clone()), attempts.clone());
        if claimed && matches!(outcome.state, State::Refused | State::Unsent) {
            self.writes.extend(self.ledger.as_ref().map(|ledger| ledger.remove(part)));
        }
        // what was never sent needs no record: it is read from the source again
        if claimed || held.written || !attempts.is_empty() {
            self.note(at);
        }
        if outcome.reason == Some(Reason::AllRefused) && outcome.state == State::Refused {
            self.refused.push((part, outcome, attempts));
            if self.machine.refused_all() {
                for (part, outcome, attempts) in std::mem::take(&mut self.refused) {
                    self.report(part, outcome, attempts);
                }
            }
            return;
        }
        self.report(part, outcome, attempts);
    }

    /// What was refused was so for its own events: it is not sent again.
    fn refused_alone(&mut self) {
        for (part, outcome, attempts) in std::mem::take(&mut self.refused) {
            self.settle(part, Outcome { reason: Some(Reason::Rejected), ..outcome }, attempts);
        }
    }

    /// Says how a part ended, and lets go of the batch with its last.
    fn report(&mut self, part: Part, outcome: Outcome, attempts: Vec<Attempt>) {
        let Some(at) = self.held.iter().position(|held| held.batch.number == part.batch) else { return };
        let held = &mut self.held[at];
        let batch = Rc::clone(&held.batch);
        let range = part.from..part.to.min(batch.entries.len());
        let whole = range.len() == batch.entries.len();
        let start = if range.start == 0 { 1 } else { held.ends[range.start - 1] + 1 };
        let files = (held.record.from.1.clone(), held.record.to.1.clone());
        held.open -= range.len();
        self.settled.push_back(Settlement {
            id: part_id(&self.id, part, whole),
            events: range.len(),
            bytes: body_bytes(start, held.ends[range.end - 1]),
            from: (batch.entries[range.start].place, files.0),
            to: (batch.entries[range.end - 1].place, files.1),
            outcome,
            attempts,
            held: Some((batch, range)),
        });
        if held.open > 0 {
            return;
        }
        let Held { record, .. } = self.held.swap_remove(at);
        let ends_so = |part: &PartRecord| match &part.state {
            PartState::Ended(end) => end.state == State::Accepted || end.reason == Some(Reason::Dropped),
            _ => false,
        };
        if self.journal.is_some_and(|journal| journal.keeps_bodies) && record.parts.iter().all(ends_so) {
            self.writes.push(entry::no_body(record.number));
        }
    }

    /// What an earlier process has delivered, where the journal keeps no body of it.
    fn settle_recorded(&mut self, record: &BatchRecord) {
        let ended = record.parts.iter().filter_map(|PartRecord { part, state, attempts, .. }| match state {
            PartState::Ended(outcome) if outcome.state != State::Unsent => {
                Some((*part, outcome.clone(), attempts.clone()))
            }
            _ => None,
        });
        let lost = record.waiting().into_iter().map(|part| {
            let resend = record.parts.iter().any(|other| other.part == part && other.state == PartState::Resend);
            let state = if resend { State::Unknown } else { State::Unsent };
            let message = "the journal has lost its body: send it again from its source".to_owned();
            (part, Outcome::not_accepted(state, Reason::JournalFailed, message), Vec::new())
        });
        for (part, outcome, attempts) in ended.chain(lost) {
            self.settled.push_back(Settlement {
                id: part_id(&self.id, part, part.events() == record.fresh()),
                events: part.events(),
                bytes: record.bytes,
                from: record.from.clone(),
                to: record.to.clone(),
                outcome,
                attempts,
                held: None,
            });
        }
    }
}

const HOLDS_BACK: [Reason; 2] = [Reason::Duplicate, Reason::OtherKey];

/// What the ledger holds back of a batch for this reason, with its events where there is the batch as it was read.
fn held_back(run: &str, record: &BatchRecord, reason: Reason, batch: Option<&Batch>) -> Option<Settlement> {
    let (runs, name, message) = match reason {
        Reason::OtherKey => (&record.other_key, ":other-key", OTHER_KEY),
        _ => (&record.duplicates, ":duplicates", DUPLICATE),
    };
    if runs.is_empty() {
        return None;
    }
    let held = batch.and_then(|batch| batch.divide(runs).1).map(Rc::new);
    Some(Settlement {
        id: [&part_id(run, Part { batch: record.number, from: 0, to: 0 }, true), name].concat(),
        events: events_in(runs),
        bytes: 0,
        from: record.from.clone(),
        to: record.to.clone(),
        outcome: Outcome::unsent(reason, message),
        attempts: Vec::new(),
        held: held.map(|batch| (Rc::clone(&batch), 0..batch.entries.len())),
    })
}

const DUPLICATE: &str = "an earlier import has delivered the same events, or may have";
const OTHER_KEY: &str =
    "an earlier import has delivered the same events to this endpoint under another SDK key, or may have";

/// The id of a part of this run's.
fn part_id(run: &str, part: Part, whole: bool) -> String {
    part.id_in(&batch_id(run, part.batch), whole)
}
