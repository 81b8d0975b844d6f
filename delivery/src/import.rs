//! One import on its way: batches that are read from a source, checked against the journal and the ledger, and sent.

use crate::driver::{Delivery, Driver, Owner};
use crate::held::{Held, new_record};
use crate::journal::{BatchRecord, Fingerprint, Known, Ledger, PartRecord, PartState, Recovered, entry};
use crate::outcome::{Attempt, Outcome, Reason, State};
use crate::part::Part;
use crate::policy::{JournalOptions, Policy};
use crate::recorded::{act_on_words, held_back, known_in, needs_no_body, planned, recorded, without_held_back};
use crate::step::Step;
use split_events::Batch;

/// The source is no longer the one of the journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SourceChanged {
    /// The number of the first batch that differs.
    pub batch: u64,
}

/// Delivers an import, and keeps its journal and ledger if there are such.
#[derive(Debug)]
pub struct Import {
    id: String,
    driver: Driver,
    journal: Option<JournalOptions>,
    recovered: Option<Recovered>,
    /// Parts that are sent once the source is known to be that of the journal, and whether each may have been taken.
    unverified: Vec<(Part, bool)>,
    verified: bool,
    /// Refused, and written down as what a later process sends again; told once it is known why.
    in_doubt: Vec<(Part, Outcome, Vec<Attempt>)>,
}

impl Import {
    /// Makes the import with this id. `recovered` is what an earlier process left in the journal. `now` is Unix time in
    /// milliseconds by a clock that nobody sets meanwhile, as every time that is given to it.
    pub fn new(
        id: String,
        policy: Policy,
        journal: Option<JournalOptions>,
        mut ledger: Option<Ledger>,
        mut recovered: Option<Recovered>,
        now: f64,
    ) -> Self {
        let forgotten = ledger.as_mut().map(Ledger::forgotten).unwrap_or_default();
        let mut driver = Driver::new(policy, journal.is_some(), ledger);
        if let Some(recovered) = &mut recovered {
            driver.machine.asked_pause(recovered.paused_until(now) - now, now);
            recovered.forget_wrong_settings();
            driver.write_all(recovered.settle_crashed());
        }
        driver.write_all(forgotten);
        let verified = recovered.as_ref().is_none_or(|recovered| recovered.batches.is_empty());
        Import { id, driver, journal, recovered, unverified: Vec::new(), verified, in_doubt: Vec::new() }
    }

    /// Takes up what an earlier process left, if the journal keeps bodies and nothing is read again. Batches that are
    /// read after that have higher numbers.
    pub fn take_up(&mut self) {
        self.verified = true;
        let records = self.recovered.as_ref().map(|recovered| recovered.batches.clone()).unwrap_or_default();
        // what was held back is in no body: then the ledger cannot tell which copy of an event one is
        let all_in_bodies = records.iter().all(|record| record.held_back().is_empty());
        for mut record in records {
            self.driver.write_all(act_on_words(&mut record));
            let body = self.recovered.as_ref().and_then(|recovered| recovered.body(record.number, &self.id));
            let Some(mut batch) = body else {
                self.driver.settled.extend(held_back(&self.id, &record, None));
                self.driver.settled.extend(recorded(&self.id, &record));
                continue;
            };
            let mut looked_up = self.look_up(&batch);
            if all_in_bodies && record.hold_back(&known_in(&looked_up)) {
                self.driver.settled.extend(held_back(&self.id, &record, Some(&batch)));
                batch = without_held_back(&batch, &record, &mut looked_up);
                let is_empty = batch.entries.is_empty();
                self.driver.write(if is_empty { entry::no_body(record.number) } else { entry::body(&batch) });
                self.driver.write(entry::batch(&record));
            } else {
                self.driver.settled.extend(held_back(&self.id, &record, None));
                if !all_in_bodies {
                    looked_up = looked_up.into_iter().map(|(fingerprint, _)| (fingerprint, Known::No)).collect();
                }
            }
            self.hold(batch, record, &looked_up, true);
        }
    }

    /// Plans a batch. `file` returns the name of a source by its number.
    pub fn plan(&mut self, mut batch: Batch, file: impl Fn(u32) -> Option<String>) -> Result<(), SourceChanged> {
        let number = batch.number;
        let fingerprint = self.journal.map_or(Fingerprint([0; 2]), |_| Fingerprint::of(&batch.body));
        let known = self.recovered.as_ref().and_then(|recovered| recovered.batch(number)).cloned();
        let is_known = known.is_some();
        let mut record = known.unwrap_or_else(|| {
            let spot = |at: usize| (batch.entries[at].place, file(batch.entries[at].place.source));
            let (from, to) = (spot(0), spot(batch.entries.len() - 1));
            new_record(number, fingerprint, batch.entries.len(), batch.body.len(), (from, to))
        });
        if record.fingerprint != fingerprint {
            return Err(SourceChanged { batch: number });
        }
        if is_known {
            self.driver.write_all(act_on_words(&mut record));
        }
        let mut looked_up = self.look_up(&batch);
        if self.driver.ledger.is_some() {
            record.hold_back(&known_in(&looked_up));
        }
        if !record.duplicates.is_empty() || !record.other_key.is_empty() {
            self.driver.settled.extend(held_back(&self.id, &record, Some(&batch)));
            batch = without_held_back(&batch, &record, &mut looked_up);
        }
        let keeps_body = self.journal.is_some_and(|journal| journal.keeps_bodies) && !is_known;
        if keeps_body {
            // in this order: a record without its body could not be taken up
            if !batch.entries.is_empty() {
                self.driver.write(entry::body(&batch));
            }
            self.driver.write(entry::batch(&record));
        }
        self.hold(batch, record, &looked_up, is_known || keeps_body);
        if !self.verified && number >= self.last() {
            self.verify();
        }
        Ok(())
    }

    /// Notes that no other batch will come after the one with this number.
    pub fn no_more(&mut self, last: u64) -> Result<(), SourceChanged> {
        if !self.verified && last < self.last() {
            return Err(SourceChanged { batch: last + 1 });
        }
        self.verify();
        self.driver.machine.no_more();
        Ok(())
    }

    /// Returns the name of the source with this number that an earlier process read.
    pub fn source(&self, number: u32) -> Option<&str> {
        self.recovered.as_ref().and_then(|recovered| recovered.source(number))
    }

    fn last(&self) -> u64 {
        self.recovered.as_ref().map_or(0, Recovered::last)
    }

    /// The source is the one of the journal: what waited for that is sent.
    fn verify(&mut self) {
        self.verified = true;
        for (part, again) in std::mem::take(&mut self.unverified) {
            self.driver.offer(part, again);
        }
    }

    fn look_up(&mut self, batch: &Batch) -> Vec<(Fingerprint, Known)> {
        self.driver.ledger.as_mut().map(|ledger| ledger.look_up(batch)).unwrap_or_default()
    }

    fn hold(&mut self, batch: Batch, record: BatchRecord, looked_up: &[(Fingerprint, Known)], written: bool) {
        if batch.entries.is_empty() {
            return;
        }
        let fingerprints: Vec<_> = looked_up.iter().map(|(fingerprint, _)| *fingerprint).collect();
        self.driver.agree_with_ledger(&record, &fingerprints);
        let whole = Part { batch: record.number, from: 0, to: batch.entries.len() };
        let ((planned, held_back), ended) = match record.parts.as_slice() {
            [] => ((vec![(whole, false)], Vec::new()), Vec::new()),
            parts => (planned(&record, looked_up), parts.to_vec()),
        };
        self.driver.held.insert(Held { fingerprints, written, ..Held::new(batch.id.clone(), batch.into(), record) });
        for PartRecord { part, state, attempts, .. } in ended {
            match state {
                PartState::Ended(outcome) if outcome.state != State::Unsent => self.tell(part, outcome, attempts),
                _ => {}
            }
        }
        for (part, outcome) in held_back {
            self.tell(part, outcome, Vec::new());
        }
        self.unverified.extend(planned);
        if self.verified {
            self.verify();
        }
    }

    /// Tells how a part ended, and lets go of its batch with the last one.
    fn tell(&mut self, part: Part, outcome: Outcome, attempts: Vec<Attempt>) {
        let Some(at) = self.driver.held.at(part.batch) else { return };
        let held = &mut self.driver.held.0[at];
        let part = Part { to: part.to.min(held.body.events()), ..part };
        held.untold -= part.events();
        let (settled, is_last) = (held.settled(part, outcome, attempts), held.untold == 0);
        self.driver.settled.push_back(settled);
        if let Some(Held { record, .. }) = is_last.then(|| self.driver.held.0.remove(at)).flatten()
            && self.journal.is_some_and(|journal| journal.keeps_bodies)
            && record.waiting().is_empty()
            && record.parts.iter().all(needs_no_body)
        {
            self.driver.write(entry::no_body(record.number));
        }
    }
}

impl Delivery for Import {
    fn driver(&mut self) -> &mut Driver {
        &mut self.driver
    }

    fn next_step(&mut self, now: f64) -> Step {
        self.drive(now)
    }
}

impl Owner for Import {
    fn settle(&mut self, part: Part, outcome: Outcome, attempts: Vec<Attempt>) {
        self.driver.settle(part, &outcome, &attempts);
        if (outcome.state, outcome.reason) != (State::Refused, Some(Reason::AllRefused)) {
            return self.tell(part, outcome, attempts);
        }
        self.in_doubt.push((part, outcome, attempts));
        if self.driver.machine.refused_all() {
            for (part, outcome, attempts) in std::mem::take(&mut self.in_doubt) {
                self.tell(part, outcome, attempts);
            }
        }
    }

    fn refused_alone(&mut self) {
        for (part, outcome, attempts) in std::mem::take(&mut self.in_doubt) {
            self.settle(part, Outcome { reason: Some(Reason::Rejected), ..outcome }, attempts);
        }
    }
}
