//! The long-lived client: events are checked one by one, queue under bounds, and end in receipts. Without I/O and a clock.

use serde::ser::{Serialize, SerializeStruct, Serializer};

use crate::batch::{Batch, Batcher};
use crate::check::{self, Checked, Verdict};
use crate::delivery::{Attempt, Ending, Outbox, Outcome, Policy, Reason, RefusedBy, Settled, State};
use crate::event::Place;
use crate::issue::{Code, Finding, Issue};
use crate::journal::Resolution;
use crate::report::{Context, Report};
use crate::rules::Rules;

/// Most batches that a receipt lists; all are counted.
const LISTED: usize = 1_000;
/// What browsers let requests carry that outlive their page, all in flight together: 64 KiB, with room for what counts
/// besides bodies.
const KEEPALIVE_MAX: usize = 60_000;

/// What becomes of an event that the queue has no room for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Overflow {
    /// It is not taken in, and counted nowhere: the caller still has it.
    Reject,
    /// The oldest batches make room: unsent.
    DropOldest,
    /// It is unsent.
    DropNewest,
}

/// The most that is held at once, whatever became of it.
#[derive(Debug, Clone, Copy)]
#[allow(missing_docs, reason = "each says what it is")]
pub struct Bounds {
    pub events: usize,
    pub bytes: usize,
    pub overflow: Overflow,
}

/// What is said of an event at once.
#[derive(Debug, serde::Serialize)]
pub struct Tracked {
    /// `clean`, `repaired`, `refused` or `rejected`.
    pub verdict: &'static str,
    /// What was found in it.
    pub issues: Vec<Issue>,
    /// Why it was rejected.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    /// How many older events made room for it.
    #[serde(skip_serializing_if = "none")]
    pub dropped: u64,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "as serde wants it")]
fn none(count: &u64) -> bool {
    *count == 0
}

/// Takes events in.
pub struct Client {
    rules: Rules,
    batcher: Batcher,
    bounds: Bounds,
    policy: Policy,
    /// Of the batch being filled.
    filling: (usize, usize),
    /// Full batches, before the outbox is open.
    early: Vec<Batch>,
    report: Report,
    receipt: ClientReceipt,
    /// What the browser was given when the page was left; unknown until it answers.
    kept: Vec<Settled>,
}

/// What ended since the last receipt. `accepted + refused + unknown + unsent = events`.
#[derive(Debug, Default)]
pub struct ClientReceipt {
    report: Report,
    /// Taken by the service.
    pub accepted: u64,
    /// Refused by the service.
    pub refused: u64,
    /// May have been taken.
    pub unknown: u64,
    /// Certainly not taken.
    pub unsent: u64,
    batches: Vec<Settled>,
    queued: usize,
}

impl Client {
    /// `policy` says what answers mean to requests that outlive their page.
    pub fn new(rules: Rules, batcher: Batcher, bounds: Bounds, policy: Policy) -> Self {
        Client {
            report: Report::new(rules.strict, rules.known_keys.clone()),
            rules,
            batcher,
            bounds,
            policy,
            filling: (0, 0),
            early: Vec::new(),
            receipt: ClientReceipt::default(),
            kept: Vec::new(),
        }
    }

    /// By the clock of now, old and early timestamps are warned of.
    pub fn set_now(&mut self, now: u64) {
        self.rules.now = Some(now);
    }

    /// Checks an event, given as JSON, and queues it where it may be sent.
    pub fn track(&mut self, text: &[u8], outbox: Option<&mut Outbox>) -> Tracked {
        let checked = check::check(text, &self.rules);
        self.take(text, checked, outbox)
    }

    /// An event that could not be written as JSON; `why` says what came in the way.
    pub fn refuse_object(&mut self, why: &str) -> Tracked {
        let findings = vec![Finding::of_record(Code::NotSerializable, why)];
        self.take(&[], Checked { verdict: Verdict::Refused, findings, subject: None }, None)
    }

    fn take(&mut self, text: &[u8], checked: Checked, mut outbox: Option<&mut Outbox>) -> Tracked {
        let Checked { mut verdict, mut findings, subject } = checked;
        let sent = match &verdict {
            Verdict::Repaired(repaired) => repaired.as_bytes(),
            _ => text,
        };
        if verdict != Verdict::Refused && !self.batcher.fits(sent.len()) {
            findings.push(Finding::of_record(Code::EventOverMaxBytes, &String::from_utf8_lossy(text)));
            verdict = Verdict::Refused;
        }
        let mut tracked = Tracked { verdict: "refused", issues: Vec::new(), reason: None, dropped: 0 };
        let bytes = match &verdict {
            Verdict::Refused => 0,
            Verdict::Repaired(repaired) => repaired.len(),
            Verdict::Clean => text.len(),
        };
        if verdict != Verdict::Refused && !self.make_room(bytes, outbox.as_deref_mut(), &mut tracked) {
            tracked.verdict = "rejected";
            tracked.reason = Some(Reason::Overflow);
            if self.bounds.overflow == Overflow::DropNewest {
                self.settle(overflowed("", 1, bytes));
            }
            return tracked;
        }
        let place = Place { index: self.report.events, source: 0, text: None };
        let context = Context { place, record: text, origins: &[], file: None };
        let mut alone = Report::new(self.rules.strict, None);
        alone.add(&verdict, &findings, context);
        self.report.add(&verdict, &findings, context);
        tracked.issues = alone.issues;
        if let Some(subject) = subject.filter(|_| verdict != Verdict::Refused) {
            self.report.add_key(&subject.key, &subject.traffic_type);
        }
        let full = match &verdict {
            Verdict::Clean => {
                tracked.verdict = "clean";
                self.batcher.add(text, place, &[])
            }
            Verdict::Repaired(repaired) => {
                tracked.verdict = "repaired";
                self.batcher.add(repaired.as_bytes(), place, &[])
            }
            Verdict::Refused => return tracked,
        };
        if full.is_some() {
            self.filling = (0, 0);
        }
        self.filling = (self.filling.0 + 1, self.filling.1 + bytes + 1);
        self.hand_over(full, outbox);
        tracked
    }

    /// What is queued is to be sent now.
    pub fn seal(&mut self, outbox: Option<&mut Outbox>) {
        self.filling = (0, 0);
        let batch = self.batcher.take(&[]);
        self.hand_over(batch, outbox);
    }

    /// The outbox is open: takes in what came before, and what an earlier process left in doubt.
    pub fn open(&mut self, outbox: &mut Outbox) {
        self.hand_over(None, Some(outbox));
        for state in ["unknown", "refused"] {
            for entry in outbox.list(state, usize::MAX, None) {
                let state = State::named(entry.state).unwrap_or(State::Unknown);
                let outcome = Outcome { state, reason: entry.reason, message: entry.message };
                outbox.resolve(&entry.id, Resolution::Drop);
                self.settle(Settled::new(entry.id, entry.events, entry.bytes, outcome, entry.attempts));
            }
        }
    }

    /// Counts what has ended.
    pub fn settle(&mut self, settled: Settled) {
        let receipt = &mut self.receipt;
        let count = match settled.state {
            State::Accepted => &mut receipt.accepted,
            State::Refused => &mut receipt.refused,
            State::Unknown => &mut receipt.unknown,
            State::Unsent => &mut receipt.unsent,
        };
        *count += settled.events as u64;
        if receipt.batches.len() < LISTED && !settled.id.is_empty() {
            receipt.batches.push(settled);
        }
    }

    /// How many events are queued, with how many bytes.
    pub fn queued(&self, outbox: Option<&Outbox>) -> (usize, usize) {
        let early = self.early.iter().map(|batch| (batch.entries.len(), batch.body.len()));
        let all = early.chain(outbox.map(Outbox::load)).chain([self.filling]);
        all.fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1))
    }

    /// How many events have not ended: queued, or on their way.
    pub fn held(&self, outbox: Option<&Outbox>) -> usize {
        self.queued(outbox).0 + self.kept.iter().map(|kept| kept.events).sum::<usize>()
    }

    /// What ended since the last time. `last` tells what is queued as unsent, too: the client is closed.
    pub fn take_receipt(&mut self, last: bool, outbox: Option<&Outbox>) -> ClientReceipt {
        if last {
            for settled in std::mem::take(&mut self.kept) {
                self.settle(settled);
            }
            let early = self.early.iter().map(|batch| (batch.id.clone(), batch.entries.len(), batch.body.len()));
            let planned = outbox.into_iter().flat_map(|outbox| outbox.list("planned", usize::MAX, None));
            let left: Vec<_> = early.chain(planned.map(|entry| (entry.id, entry.events, entry.bytes))).collect();
            for (id, events, bytes) in left {
                let outcome = Outcome::unsent(Reason::Closed, "the client was closed before it was taken");
                self.settle(Settled::new(id, events, bytes, outcome, Vec::new()));
            }
        }
        let queued = if last { 0 } else { self.held(outbox) };
        let next = Report::new(self.rules.strict, self.rules.known_keys.clone());
        let report = std::mem::replace(&mut self.report, next);
        ClientReceipt { report, queued, ..std::mem::take(&mut self.receipt) }
    }

    /// The page is left: what is to be sent by requests that outlive it, and fits. What the store has stays there,
    /// since nothing can be written down any more: `stored` says whether it has.
    pub fn leave(&mut self, outbox: &mut Outbox, stored: bool) -> Vec<(String, usize, Vec<u8>)> {
        let mut room = KEEPALIVE_MAX.saturating_sub(self.kept.iter().map(|kept| kept.bytes).sum());
        let mut taken = Vec::new();
        if stored {
            self.filling = (0, 0);
            if let Some(batch) = self.batcher.take(&[]) {
                let ends = batch.entries.iter().map(|entry| entry.end + 1);
                let fitting = ends.take_while(|&bytes| bytes <= room).count();
                let (fits, rest) = batch.divide_at(fitting);
                taken.extend(fits.map(|batch| (batch.id, batch.entries.len(), batch.body)));
                self.hand_over(rest, Some(outbox));
            }
        } else {
            self.seal(Some(outbox));
            while let Some((id, events, body)) = outbox.take_first(room) {
                room -= body.len();
                taken.push((id, events, body));
            }
        }
        for (id, events, body) in &taken {
            let message = "the page was left while the browser had it; the service may have taken it".to_owned();
            let outcome = Outcome::not_accepted(State::Unknown, Reason::PageLeft, message);
            self.kept.push(Settled::new(id.clone(), *events, body.len(), outcome, Vec::new()));
        }
        taken
    }

    /// The answer came after all.
    pub fn kept_ended(&mut self, id: &str, ending: &Ending, attempt: Attempt) -> Option<&Settled> {
        let at = self.kept.iter().position(|kept| kept.id == id)?;
        let kept = self.kept.remove(at);
        let (_, outcome) = Outcome::of(ending, kept.events, self.policy.runtime, &self.policy.statuses);
        self.settle(Settled::new(kept.id, kept.events, kept.bytes, outcome, vec![attempt]));
        self.receipt.batches.last()
    }

    fn make_room(&mut self, bytes: usize, mut outbox: Option<&mut Outbox>, tracked: &mut Tracked) -> bool {
        loop {
            let (events, held) = self.queued(outbox.as_deref());
            if events < self.bounds.events && held + bytes < self.bounds.bytes {
                return true;
            }
            if self.bounds.overflow != Overflow::DropOldest {
                return false;
            }
            let oldest = outbox.as_deref_mut().and_then(|outbox| outbox.take_first(usize::MAX));
            let oldest = oldest.map(|(id, events, body)| (id, events, body.len())).or_else(|| {
                let early = if self.early.is_empty() { None } else { Some(self.early.remove(0)) };
                let batch = early.or_else(|| {
                    self.filling = (0, 0);
                    self.batcher.take(&[])
                })?;
                Some((batch.id, batch.entries.len(), batch.body.len()))
            });
            let Some((id, events, bytes)) = oldest else { return false };
            tracked.dropped += events as u64;
            self.settle(overflowed(&id, events, bytes));
        }
    }

    fn hand_over(&mut self, batch: Option<Batch>, outbox: Option<&mut Outbox>) {
        self.early.extend(batch);
        let Some(outbox) = outbox else { return };
        for batch in self.early.drain(..) {
            outbox.add(batch.id, batch.entries.len(), &batch.body);
        }
    }
}

fn overflowed(id: &str, events: usize, bytes: usize) -> Settled {
    let outcome = Outcome::unsent(Reason::Overflow, "the queue had no room for it");
    Settled::new(id.to_owned(), events, bytes, outcome, Vec::new())
}

impl Serialize for ClientReceipt {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let ClientReceipt { report, accepted, refused, unknown, unsent, batches, queued } = self;
        let mut object = serializer.serialize_struct("ClientReceipt", 10)?;
        object.serialize_field("events", &(accepted + refused + unknown + unsent + report.refused))?;
        object.serialize_field("accepted", accepted)?;
        object.serialize_field("refused", &(refused + report.refused))?;
        object.serialize_field("unknown", unknown)?;
        object.serialize_field("unsent", unsent)?;
        object.serialize_field("refusedBy", &RefusedBy { check: report.refused, service: *refused })?;
        object.serialize_field("queued", queued)?;
        object.serialize_field("batches", batches)?;
        object.serialize_field("report", report)?;
        object.end()
    }
}
