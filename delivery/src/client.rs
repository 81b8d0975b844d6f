//! The long-lived client, without I/O and clock: it checks events one by one, queues them under bounds, and adds up
//! their receipt.

use serde::ser::{Serialize, SerializeStruct, Serializer};

use crate::answer::Response;
use crate::journal::{Resolution, Write, entry};
use crate::outbox::Outbox;
use crate::outcome::{Attempt, BatchOutcome, Outcome, Reason, RefusedBy, State};
use crate::part::Part;
use crate::policy::Policy;
use split_events::Place;
use split_events::Rules;
use split_events::{Batch, Batcher};
use split_events::{Checked, Verdict};
use split_events::{Code, Finding, Issue};
use split_events::{Context, Report};

/// The most batches that a receipt lists. All are counted.
const LISTED: usize = 1_000;
/// The most bytes in flight in requests that outlive their page. Browsers allow 64 KiB, which must hold more than the
/// bodies. Requests that the browser makes once the page is gone may have this number of bytes, too.
const KEEPALIVE_MAX: usize = 60_000;
/// The largest body that is not cut, in bytes. Other scripts may have used up the room for requests that outlive the
/// page, which is found out too late: of several small pieces, some fit.
const PIECE_MIN: usize = 8_000;

/// The largest value, in bytes, that a page writes when it is left: Chromium loses a transaction with one over 64 KiB.
pub const STORED_MAX: usize = 32_000;

/// The choice for an event for which the queue has no room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Overflow {
    /// Do not take the event in, and do not count it: the caller still has it.
    Reject,
    /// End the oldest batches as unsent to make room.
    DropOldest,
    /// End the event as unsent.
    DropNewest,
}

/// What is done with an event that a client takes.
#[derive(Debug, Clone, Copy)]
pub struct Taking {
    /// The report counts it.
    pub counts: bool,
    /// It is queued if it may be sent.
    pub queues: bool,
    /// It is only queued if there is room.
    pub bounded: bool,
}

impl Taking {
    const ALL: Taking = Taking { counts: true, queues: true, bounded: true };
}

/// A batch or a part that has ended.
#[derive(Debug, Clone, serde::Serialize)]
pub struct Ended {
    /// Its id.
    pub id: String,
    /// How it ended.
    pub state: State,
}

/// The ids of batches and parts that were counted, and that a journal may still hold.
#[derive(Debug, Clone, Default)]
pub struct Counted {
    /// Those to be dropped: they were accepted or are unsent.
    pub gone: Vec<String>,
    /// Those that were refused or are unknown.
    pub kept: Vec<String>,
}

/// The bounds of the queue.
#[derive(Debug, Clone, Copy)]
#[allow(missing_docs, reason = "each says what it is")]
pub struct Bounds {
    pub events: usize,
    pub bytes: usize,
    pub overflow: Overflow,
}

/// The result of `track` for an event.
#[derive(Debug, serde::Serialize)]
pub struct Tracked {
    /// `clean`, `repaired`, `refused` or `rejected`.
    pub verdict: &'static str,
    /// The issues of the event.
    pub issues: Vec<Issue>,
    /// The reason why it was rejected.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    /// The number of older events that made room for it.
    #[serde(skip_serializing_if = "none")]
    pub dropped: u64,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
fn none(count: &u64) -> bool {
    *count == 0
}

/// A client, which takes events in and counts how they end.
pub struct Client {
    rules: Rules,
    batcher: Batcher,
    bounds: Bounds,
    policy: Policy,
    /// The events and bytes of the batch being filled.
    filling: (usize, usize),
    /// The number of its events that the outbox has written down as a draft.
    drafted: usize,
    /// The batches from before the outbox is open.
    early: Vec<Batch>,
    report: Report,
    receipt: ClientReceipt,
    /// The batches and parts that have ended since they were last taken.
    ended: Vec<Ended>,
    /// The requests that the browser was given when the page was left. Unknown until they are answered.
    kept: Vec<Given>,
    /// The most batches that the receipt lists.
    listed: usize,
    closed: bool,
    keeps_untold: bool,
    /// The batches that the receipt tells and the outbox keeps: id, events and bytes.
    untold: Vec<(String, usize, usize)>,
}

/// Events in a request that outlives the page.
#[derive(Debug, Clone)]
pub struct Given {
    /// The part that they are.
    pub part: Part,
    /// The id of the part.
    pub id: String,
    /// The number of events.
    pub events: usize,
    /// Their body.
    pub body: Vec<u8>,
    /// True if the browser makes the request once the page is gone.
    pub later: bool,
}

/// How events have ended since the client was made. `accepted + refused + unknown + unsent = events`.
#[derive(Debug, Clone, Default)]
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
    batches: Vec<BatchOutcome>,
    /// Events that have not ended.
    pub queued: usize,
}

impl Client {
    /// Makes a client. `policy` says how to handle the answers to requests that outlive their page.
    pub fn new(rules: Rules, batcher: Batcher, bounds: Bounds, policy: Policy) -> Self {
        Client {
            report: Report::new(rules.strict, rules.known_keys.clone()),
            rules,
            batcher,
            bounds,
            policy,
            filling: (0, 0),
            drafted: 0,
            early: Vec::new(),
            receipt: ClientReceipt::default(),
            ended: Vec::new(),
            kept: Vec::new(),
            listed: LISTED,
            closed: false,
            keeps_untold: false,
            untold: Vec::new(),
        }
    }

    /// Sets the clock by which the check warns of old timestamps and ones ahead of it.
    pub fn set_now(&mut self, now: u64) {
        self.rules.now = Some(now);
    }

    /// Checks an event in JSON, and queues it if it may be sent. An event without a timestamp gets `now`, in Unix
    /// milliseconds.
    pub fn track(&mut self, text: &[u8], now: Option<u64>, outbox: Option<&mut Outbox>) -> Tracked {
        self.track_as(text, now, Taking::ALL, outbox)
    }

    /// Does with an event what `taking` says of what [`Client::track`] does.
    pub fn track_as(&mut self, text: &[u8], now: Option<u64>, taking: Taking, outbox: Option<&mut Outbox>) -> Tracked {
        let checked = split_events::check(text, &self.rules);
        let untimed = checked.findings.iter().any(|found| found.code == Code::TimestampMissing && found.got.is_empty());
        if let (true, Some(now), Some(at)) = (untimed, now, text.iter().position(|byte| *byte == b'{')) {
            let rest = &text[at + 1..];
            let comma: &[u8] = if rest.trim_ascii_start().starts_with(b"}") { b"" } else { b"," };
            let timed = [b"{\"timestamp\":", now.to_string().as_bytes(), comma, rest].concat();
            let checked = split_events::check(&timed, &self.rules);
            return self.take(&timed, checked, taking, outbox);
        }
        self.take(text, checked, taking, outbox)
    }

    /// Takes over from a client whose module has failed: `counts` is what [`Report::counts`] returned of its report, whose
    /// receipt lists `listed` batches.
    pub fn take_over(&mut self, counts: &str, listed: usize) {
        self.report.go_on(counts);
        self.listed = LISTED.saturating_sub(listed);
    }

    /// Refuses an event that could not be written as JSON, because of `why`.
    pub fn refuse_object(&mut self, why: &str) -> Tracked {
        let findings = vec![Finding::of_record(Code::NotSerializable, why)];
        self.take(&[], Checked { verdict: Verdict::Refused, findings, subject: None }, Taking::ALL, None)
    }

    fn take(&mut self, text: &[u8], checked: Checked, taking: Taking, mut outbox: Option<&mut Outbox>) -> Tracked {
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
        let is_bounded = taking.bounded && verdict != Verdict::Refused;
        if is_bounded && !self.make_room(bytes, outbox.as_deref_mut(), &mut tracked) {
            tracked.verdict = "rejected";
            tracked.reason = Some(Reason::Overflow);
            if self.bounds.overflow == Overflow::DropNewest {
                self.settle(overflowed("", 1, bytes));
            }
            return tracked;
        }
        let place = Place { index: self.report.events, source: 0, text: None };
        let context = Context { place, record: text, mapped: None, encoding: split_events::Encoding::Utf8, file: None };
        if taking.counts {
            self.report.add(&verdict, &findings, context);
        }
        // most events have no value, which the report says once
        findings.retain(|finding| finding.code != Code::ValueMissing);
        if !findings.is_empty() {
            let mut alone = Report::new(self.rules.strict, None);
            alone.add(&verdict, &findings, context);
            tracked.issues = alone.issues;
        }
        if let Some(subject) = subject.filter(|_| taking.counts && verdict != Verdict::Refused) {
            self.report.add_key(&subject.key, &subject.traffic_type, self.rules.host);
        }
        if !taking.queues {
            return tracked;
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
            self.empty();
        }
        self.filling = (self.filling.0 + 1, self.filling.1 + bytes + 1);
        self.hand_over(full, outbox);
        tracked
    }

    /// Closes the batch that is being filled, so that it is sent.
    pub fn seal(&mut self, outbox: Option<&mut Outbox>) {
        self.empty();
        let batch = self.batcher.take(&[]);
        self.hand_over(batch, outbox);
    }

    /// Writes the batch being filled if it has grown, so that no event waits to be stored until the batch is full.
    pub fn draft(&mut self, outbox: &mut Outbox) {
        if self.filling.0 > self.drafted
            && let Some((id, events, body)) = self.batcher.draft()
        {
            self.drafted = events;
            outbox.draft(id, events, &body);
        }
    }

    /// Returns the writes of what is queued, for a page that is left before the journal was read. Its batches are
    /// numbered from `number` on, each small enough for a page that ends.
    pub fn leave_early(&mut self, number: u64) -> Vec<Write> {
        self.seal(None);
        let mut writes = Vec::new();
        for batch in std::mem::take(&mut self.early) {
            let ends: Vec<usize> = batch.entries.iter().map(|entry| entry.end).collect();
            let mut rest = Part { batch: 0, from: 0, to: ends.len() };
            while rest.events() > 0 {
                let part = Part { to: rest.from + rest.fitting(&ends, STORED_MAX).max(1), ..rest };
                let id = part.id_in(&batch.id, part.events() == ends.len());
                writes.push(entry::early(number + writes.len() as u64, &id, &batch.body_of(part.from..part.to)));
                rest.from = part.to;
            }
        }
        writes
    }

    /// Notes that a new batch is being filled.
    fn empty(&mut self) {
        self.filling = (0, 0);
        self.drafted = 0;
    }

    /// Hands what came before to the outbox, which is open now, and counts what an earlier process left unknown or
    /// refused. With `keeps_untold`, what is not accepted stays in the outbox until [`Client::told`].
    ///
    /// `counted` has what a client whose module has failed has counted, and the journal may still hold.
    pub fn open(&mut self, outbox: &mut Outbox, keeps_untold: bool, counted: &Counted) {
        self.keeps_untold = keeps_untold;
        self.hand_over(None, Some(outbox));
        for id in &counted.gone {
            outbox.resolve(id, Resolution::Drop);
        }
        for state in ["unknown", "refused"] {
            for entry in outbox.list(state, usize::MAX, None) {
                if counted.kept.contains(&entry.id) {
                    self.keep_untold(entry.id, entry.events, entry.bytes, outbox);
                    continue;
                }
                let state = State::named(entry.state).unwrap_or(State::Unknown);
                let outcome = Outcome { state, reason: entry.reason, message: entry.message };
                self.end(BatchOutcome::new(entry.id, entry.events, entry.bytes, outcome, entry.attempts), outbox);
            }
        }
    }

    fn keep_untold(&mut self, id: String, events: usize, bytes: usize, outbox: &mut Outbox) {
        if self.keeps_untold {
            self.untold.push((id, events, bytes));
        } else {
            outbox.resolve(&id, Resolution::Drop);
        }
    }

    /// Counts a batch that has ended in the outbox, and drops it there unless the receipt has still to tell of it.
    pub fn end(&mut self, settled: BatchOutcome, outbox: &mut Outbox) {
        if settled.state == State::Accepted {
            outbox.resolve(&settled.id, Resolution::Drop);
        } else {
            self.keep_untold(settled.id.clone(), settled.events, settled.bytes, outbox);
        }
        self.settle(settled);
    }

    /// Returns true if the outbox keeps batches for the receipt to tell.
    pub fn has_untold(&self) -> bool {
        !self.untold.is_empty()
    }

    /// Drops the batches in the outbox that the receipt has told: no later process has to tell them.
    pub fn told(&mut self, outbox: &mut Outbox) {
        for (id, ..) in std::mem::take(&mut self.untold) {
            outbox.resolve(&id, Resolution::Drop);
        }
    }

    /// Counts a batch that has ended.
    pub fn settle(&mut self, settled: BatchOutcome) {
        let receipt = &mut self.receipt;
        let count = match settled.state {
            State::Accepted => &mut receipt.accepted,
            State::Refused => &mut receipt.refused,
            State::Unknown => &mut receipt.unknown,
            State::Unsent => &mut receipt.unsent,
        };
        *count += settled.events as u64;
        if settled.id.is_empty() {
            return;
        }
        self.ended.push(Ended { id: settled.id.clone(), state: settled.state });
        if receipt.batches.len() < self.listed {
            receipt.batches.push(settled);
        }
    }

    /// Counts the events that are queued, and their bytes.
    pub fn queued(&self, outbox: Option<&Outbox>) -> (usize, usize) {
        let early = self.early.iter().map(|batch| (batch.entries.len(), batch.body.len()));
        let all = early.chain(outbox.map(Outbox::load)).chain([self.filling]);
        let all = all.fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
        let untold = |all: (usize, usize), one: &(String, usize, usize)| {
            (all.0.saturating_sub(one.1), all.1.saturating_sub(one.2))
        };
        self.untold.iter().fold(all, untold)
    }

    /// Returns the number of the batch being filled.
    pub fn filling(&self) -> u64 {
        self.batcher.number()
    }

    /// Returns the body of the batch being filled.
    pub fn body(&self) -> Option<Vec<u8>> {
        self.batcher.draft().map(|(_, _, body)| body)
    }

    /// Takes out the batches and parts that have ended since the last call.
    pub fn take_ended(&mut self) -> Vec<Ended> {
        std::mem::take(&mut self.ended)
    }

    /// Returns the counts of the report, for [`Client::take_over`].
    pub fn counts(&self) -> String {
        self.report.counts(self.report.clean + self.report.repaired)
    }

    /// Returns how events have ended since the client was made, without the first batches and issues.
    pub fn receipt(&self, outbox: Option<&Outbox>, batches: usize, issues: usize) -> ClientReceipt {
        let queued = if self.closed { 0 } else { self.queued(outbox).0 };
        let batches = self.receipt.batches.get(batches..).unwrap_or_default().to_vec();
        let ClientReceipt { accepted, refused, unknown, unsent, .. } = self.receipt;
        ClientReceipt { report: self.report.behind(issues), accepted, refused, unknown, unsent, batches, queued }
    }

    /// Closes the client: ends what is queued as unsent, and what the browser was given as unknown.
    pub fn close(&mut self, outbox: Option<&Outbox>) {
        if std::mem::replace(&mut self.closed, true) {
            return;
        }
        for Given { id, events, body, .. } in std::mem::take(&mut self.kept) {
            self.settle(BatchOutcome::new(id, events, body.len(), Outcome::page_left(), Vec::new()));
        }
        let filling = self.batcher.draft().map(|(id, events, body)| (id, events, body.len()));
        let early = self.early.iter().map(|batch| (batch.id.clone(), batch.entries.len(), batch.body.len()));
        let planned = outbox.into_iter().flat_map(|outbox| outbox.list("planned", usize::MAX, None));
        let planned = planned.map(|entry| (entry.id, entry.events, entry.bytes));
        let left: Vec<_> = early.chain(planned).chain(filling).collect();
        for (id, events, bytes) in left {
            let outcome = Outcome::unsent(Reason::Closed, "the client was closed before it was taken");
            self.settle(BatchOutcome::new(id, events, bytes, outcome, Vec::new()));
        }
    }

    /// Takes out the next queued events, in a body of at most `most` bytes, for a request that outlives the page. If
    /// `later` is true, the browser makes that request once the page is gone, and counts its room apart.
    pub fn give(&mut self, outbox: &mut Outbox, later: bool, most: usize) -> Option<Given> {
        let bytes = |kept: &Given| kept.body.len();
        let room = KEEPALIVE_MAX.saturating_sub(self.kept.iter().filter(|kept| kept.later == later).map(bytes).sum());
        let queued = outbox.load().1.saturating_sub(self.kept.iter().map(bytes).sum());
        let piece = if later { room } else { (queued.min(room) / 2).max(PIECE_MIN) };
        let part = outbox.give(piece.min(room).min(most))?;
        let given = Given {
            part,
            id: outbox.driver.held.describe(part).0,
            events: part.events(),
            body: outbox.driver.held.body_of(part),
            later,
        };
        self.kept.push(given.clone());
        Some(given)
    }

    /// Queues events again that were given away and not sent.
    pub fn give_back(&mut self, id: &str, outbox: &mut Outbox) {
        if let Some(at) = self.kept.iter().position(|kept| kept.id == id) {
            outbox.given_back(self.kept.remove(at).part);
        }
    }

    /// Takes the answer to a request that was given away. Returns how its batch ended, with its body, or `None` if it
    /// was queued again or has ended before.
    pub fn kept_ended(
        &mut self,
        id: &str,
        response: &Response,
        attempt: Attempt,
        outbox: &mut Outbox,
    ) -> Option<(BatchOutcome, Vec<u8>)> {
        let kept = self.kept.iter().find(|kept| kept.id == id)?;
        let (_, outcome) = response.outcome(kept.events, self.policy.runtime, &self.policy.statuses);
        if outcome.state == State::Unsent {
            self.give_back(id, outbox);
            return None;
        }
        self.end_kept(id, outcome, vec![attempt], outbox)
    }

    /// Ends what was given away as unknown, since no answer can come any more, and returns it.
    pub fn give_up(&mut self, outbox: &mut Outbox) -> Vec<(BatchOutcome, Vec<u8>)> {
        let ids: Vec<String> = self.kept.iter().map(|kept| kept.id.clone()).collect();
        ids.iter().filter_map(|id| self.end_kept(id, Outcome::page_left(), Vec::new(), outbox)).collect()
    }

    fn end_kept(
        &mut self,
        id: &str,
        outcome: Outcome,
        attempts: Vec<Attempt>,
        outbox: &mut Outbox,
    ) -> Option<(BatchOutcome, Vec<u8>)> {
        let at = self.kept.iter().position(|kept| kept.id == id)?;
        let Given { part, id, events, body, .. } = self.kept.remove(at);
        outbox.given_away(part);
        let settled = BatchOutcome::new(id, events, body.len(), outcome, attempts);
        self.settle(settled.clone());
        Some((settled, body))
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
            let oldest = outbox.as_deref_mut().and_then(|outbox| {
                let part = outbox.give(usize::MAX)?;
                let (id, bytes) = outbox.driver.held.describe(part);
                outbox.given_away(part);
                Some((id, part.events(), bytes))
            });
            let oldest = oldest.or_else(|| {
                let early = if self.early.is_empty() { None } else { Some(self.early.remove(0)) };
                let batch = early.or_else(|| {
                    self.empty();
                    outbox.as_deref_mut().map(Outbox::drop_draft);
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

fn overflowed(id: &str, events: usize, bytes: usize) -> BatchOutcome {
    let outcome = Outcome::unsent(Reason::Overflow, "the queue had no room for it");
    BatchOutcome::new(id.to_owned(), events, bytes, outcome, Vec::new())
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
