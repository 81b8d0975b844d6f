//! Batches from outside that stay until the service has them: the machine, over one store. Without I/O and a clock.

use std::collections::VecDeque;
use std::rc::Rc;

use crate::held::{Held, compact};
use crate::journal::{BatchRecord, Body, Fingerprint, PartRecord, PartState, Recovered, Resolution, Write, entry};
use crate::machine::{Action, Machine, Part, Policy};
use crate::outcome::{Ending, Outcome, Reason, State};
use crate::receipt::{Attempt, Settled};
use crate::retry::Retry;
use crate::split::body_bytes;
use split_events::Place;

/// Most characters of a batch's id.
const ID_MAX: usize = 200;
/// After the service has refused to be used at all, this long nothing is sent; doubled each time, in milliseconds.
const REST: f64 = 30_000.0;
const REST_MAX: f64 = 600_000.0;
/// While the browser is offline it is looked again after so many milliseconds, if nothing tells that it is online.
const OFFLINE: f64 = 5_000.0;
/// Milliseconds beyond the longest wait after which a call that was told nothing has died with its context.
const DIED_AFTER: f64 = 30_000.0;

/// What the caller is to do next.
#[derive(Debug)]
pub enum OutboxStep {
    /// Post [the body](Outbox::body_of) of this part, and say how it [ended](Outbox::ended).
    Post(Part),
    /// Hand the [writes](Outbox::writes) to the store, make them durable, and say [`Outbox::synced`].
    Sync,
    /// Events have ended: accepted, refused or unknown.
    Settled(Settled),
    /// Wait until something happens, or until this time.
    Wait(Option<f64>),
    /// This call can do no more.
    Over,
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
    fn add(&mut self, events: usize) {
        self.batches += 1;
        self.events += events as u64;
    }
}

/// How many are where. What was accepted is counted since the outbox was opened.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
#[allow(missing_docs, reason = "each is the state of its name")]
pub struct OutboxCounts {
    pub planned: Sum,
    pub dispatching: Sum,
    pub accepted: Sum,
    pub refused: Sum,
    pub unknown: Sum,
}

/// A batch, or a part of one, that is held.
#[derive(Debug, Clone, serde::Serialize)]
pub struct OutboxEntry {
    /// The caller's id; of a part, with its events behind it.
    pub id: String,
    /// Its place in the order in which batches were added: the batch's number, which only grows.
    pub number: u64,
    /// And the first of its events within the batch.
    pub from: usize,
    /// How many events it has.
    pub events: usize,
    /// Size of their body.
    pub bytes: usize,
    /// `planned`, `dispatching`, `unknown` or `refused`.
    pub state: &'static str,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    /// The same for a person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// The requests that were made for it.
    pub attempts: Vec<Attempt>,
}

/// What one call of [`Outbox::resolve_all`] has done.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct Resolved {
    /// How many were resolved.
    pub batches: u64,
    /// Their events.
    pub events: u64,
    /// Size of their bodies.
    pub bytes: u64,
    /// Where to go on, as there may be more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<u64>,
}

/// Whether a batch was taken in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Added {
    /// It is planned.
    Planned,
    /// A batch with this id is held.
    Held,
    /// Its id is empty, too long, or has characters that are not printable ASCII.
    NoId,
    /// Its body is no JSON array of this many objects.
    NoBatch,
}

/// One call of `deliver`.
#[derive(Debug)]
struct Call {
    patience: f64,
    deadline: Option<f64>,
    /// Nothing more is sent: what is in flight is waited for.
    over: bool,
    /// While the browser is offline: until when this call waits for it.
    offline_until: Option<f64>,
    /// A call that does not ask for so many milliseconds has died, at this time.
    lives: f64,
    dies: f64,
}

/// Delivers what is added, now or in a later process.
#[derive(Debug)]
pub struct Outbox {
    machine: Machine,
    /// Most requests for one batch in one call.
    attempts: u32,
    deadline: Option<f64>,
    /// By their numbers. Most are let go of at the front.
    held: VecDeque<Held>,
    next: u64,
    waiting: VecDeque<Part>,
    settled: VecDeque<Settled>,
    writes: Vec<Write>,
    claims: Vec<Part>,
    syncing: Option<Vec<Part>>,
    accepted: Sum,
    /// Events and bytes that are held.
    load: (usize, usize),
    rests: u32,
    /// The request by which the pause came that is now or was last.
    paused_by: Option<Attempt>,
    /// The one after which nothing more is sent.
    stopped_by: Option<Attempt>,
    /// The caller holds back what is not in flight.
    held_back: bool,
    call: Option<Call>,
    calls: u32,
    /// The batch that still grows.
    draft: Option<Draft>,
    /// Bodies are stored in pieces of so many bytes.
    piece: usize,
}

/// What the store has of a batch that still grows.
#[derive(Debug)]
struct Draft {
    number: u64,
    id: String,
    bytes: usize,
    pieces: usize,
}

impl Outbox {
    /// With what an earlier process has left. `now` is Unix time in milliseconds, as every time that is given to it; the
    /// deadline of the policy is each call's own, as a span. Nothing where the store is not that of an
    /// outbox, or is damaged.
    pub fn new(policy: Policy, mut recovered: Recovered, now: f64) -> Option<Self> {
        let new = recovered.description.is_empty() && recovered.batches.is_empty();
        if !new && !recovered.is_outbox() {
            return None;
        }
        let (attempts, deadline) = (policy.retry.attempts, policy.deadline);
        let mut machine = Machine::new(
            Policy { deadline: None, retry: Retry { attempts: u32::MAX, ..policy.retry }, ..policy },
            true,
        );
        machine.asked_pause(recovered.paused_until(now) - now, now);
        let mut writes = recovered.settle_crashed();
        if new {
            writes.push(entry::import(entry::OUTBOX));
        }
        let mut outbox = Outbox {
            machine,
            attempts,
            deadline,
            held: VecDeque::new(),
            next: recovered.last() + 1,
            waiting: VecDeque::new(),
            settled: VecDeque::new(),
            writes,
            claims: Vec::new(),
            syncing: None,
            accepted: Sum::default(),
            load: (0, 0),
            rests: 0,
            paused_by: None,
            stopped_by: None,
            held_back: false,
            call: None,
            calls: 0,
            draft: None,
            piece: usize::MAX,
        };
        let early = recovered.take_early();
        let mut bodies = recovered.take_bodies().into_iter().peekable();
        for mut record in recovered.batches {
            record.forget_dropped();
            let number = record.number;
            while let Some(alone) = bodies.next_if(|body| body.number < number) {
                outbox.remove(alone.number, alone.pieces);
            }
            let Body { bytes, pieces, .. } = bodies.next_if(|body| body.number == number)?;
            let (body, ends) = compact(&bytes).filter(|(_, ends)| ends.len() == record.events)?;
            if record.is_done() {
                outbox.remove(number, pieces);
                continue;
            }
            let id = record.from.1.clone()?;
            outbox.waiting.extend(record.waiting());
            outbox.hold(Held { id, body, ends: ends.into(), record, pieces, tries: 0 });
        }
        for alone in bodies {
            outbox.remove(alone.number, alone.pieces);
        }
        for (number, id, body) in early {
            let events = compact(&body)?.1.len();
            outbox.add(id, events, &body);
            outbox.writes.push(entry::no_early(number));
        }
        Some(outbox)
    }

    /// Stores bodies in pieces from now on, as a store needs that may lose values of more than `bytes`.
    pub fn store_in_pieces(&mut self, bytes: usize) {
        self.piece = bytes.saturating_sub(entry::PIECE_HEAD).max(1);
    }

    /// Plans a batch: durable with the next sync.
    pub fn add(&mut self, id: String, events: usize, body: &[u8]) -> Added {
        let printable = id.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ');
        if id.is_empty() || id.len() > ID_MAX || !printable {
            return Added::NoId;
        }
        let Some((body, ends)) = compact(body).filter(|(_, ends)| ends.len() == events) else {
            return Added::NoBatch;
        };
        if self.find(&id).is_some() || self.held.iter().any(|held| held.id == id) {
            return Added::Held;
        }
        let (record, pieces) = self.plan(&id, events, &body);
        self.draft.take_if(|draft| draft.number == record.number);
        self.waiting.push_back(Part { batch: record.number, from: 0, to: events });
        self.hold(Held { id, body, ends: ends.into(), record, pieces, tries: 0 });
        Added::Planned
    }

    /// Writes down the batch that is being filled, as it is now: a later process finds it planned. This one sends it
    /// once it is [added](Outbox::add), under the same number; before that, another draft of it takes its place.
    pub fn draft(&mut self, id: String, events: usize, body: &[u8]) {
        let (record, pieces) = self.plan(&id, events, body);
        self.draft = Some(Draft { number: record.number, id, bytes: body.len(), pieces });
    }

    /// The batch that was being filled is given up.
    pub fn drop_draft(&mut self) {
        if let Some(Draft { number, pieces, .. }) = self.draft.take() {
            self.remove(number, pieces);
        }
    }

    /// Writes down a batch as planned: under the number of the draft where it is the same, of which only what is new is
    /// written, or the next. Gives its record, and in how many pieces the store has its body.
    fn plan(&mut self, id: &str, events: usize, body: &[u8]) -> (BatchRecord, usize) {
        let (number, written) = match &self.draft {
            // its last byte was the closing bracket
            Some(draft) if draft.id == id => (draft.number, draft.bytes.saturating_sub(1) / self.piece),
            _ => {
                self.next += 1;
                (self.next - 1, 0)
            }
        };
        let place = Place { index: 0, source: 0, text: None };
        let record = BatchRecord {
            number,
            fingerprint: Fingerprint::of(body),
            events,
            bytes: body.len(),
            from: (place, Some(id.to_owned())),
            to: (place, None),
            duplicates: Vec::new(),
            other_key: Vec::new(),
            parts: Vec::new(),
        };
        // in this order: a record without its body could not be taken up
        let pieces = body.chunks(self.piece);
        let count = pieces.len();
        for (at, piece) in pieces.enumerate().skip(written) {
            self.writes.push(entry::piece(number, at, piece));
        }
        self.writes.push(entry::batch(&record));
        (record, count)
    }

    /// A call of `deliver` begins, and gives its number; nothing where another is under way. `patience` is how long the
    /// call may sleep, and `timeout` how long a request may take.
    pub fn begin(&mut self, now: f64, patience: f64, timeout: f64) -> Option<u32> {
        if let Some(Call { dies, .. }) = self.call {
            if now < dies {
                return None;
            }
            self.take_over(now);
        }
        for held in &mut self.held {
            held.tries = 0;
        }
        let deadline = self.deadline.map(|span| now + span);
        let lives = patience.max(timeout) + DIED_AFTER;
        self.call = Some(Call { patience, deadline, over: false, offline_until: None, lives, dies: now + lives });
        self.calls = self.calls.wrapping_add(1);
        Some(self.calls)
    }

    /// Whether the call with this number is still the one under way.
    pub fn is_call(&self, number: u32) -> bool {
        self.call.is_some() && self.calls == number
    }

    /// The user stops the call: nothing more is sent, what is in flight is waited for.
    pub fn stop(&mut self) {
        if let Some(call) = &mut self.call {
            call.over = true;
        }
    }

    /// The caller holds back, or lets go on: held back no request begins, and a call ends with what is in flight.
    pub fn hold_back(&mut self, held_back: bool) {
        self.held_back = held_back;
    }

    /// The browser is offline, or online again: offline no request begins.
    pub fn set_offline(&mut self, offline: bool) {
        self.machine.set_offline(offline);
    }

    /// Whether no request begins because the browser is offline.
    pub fn is_offline(&self) -> bool {
        self.machine.is_offline()
    }

    /// A request that [`OutboxStep::Post`] asked for has ended.
    pub fn ended(&mut self, part: Part, ending: &Ending, attempt: Attempt, now: f64) {
        let is_old = self.machine.has_older_in_flight();
        let (paused_until, was_stopped) = (self.machine.paused_until(), self.machine.stopped().is_some());
        self.machine.ended(part, ending, attempt.clone(), now);
        self.note_pause(paused_until, now);
        // its headers have begun the pause before its body was there
        let asked = match ending {
            Ending::Answer(answer) | Ending::Foreign(answer) if !is_old => answer.wait,
            _ => None,
        };
        let until = self.machine.paused_until();
        if until > paused_until || asked.is_some_and(|wait| self.machine.given_pause(wait) + now >= until) {
            self.paused_by = Some(attempt);
        } else if !was_stopped && self.machine.stopped().is_some() {
            self.stopped_by = Some(attempt);
        }
        if let (Some(at), Some(call)) = (self.at(part.batch), &mut self.call) {
            self.held[at].tries += 1;
            call.over |= self.held[at].tries >= self.attempts;
        }
    }

    /// What [`OutboxStep::Sync`] asked for is done, or has failed for this reason: then nothing more is sent.
    pub fn synced(&mut self, result: Result<(), String>) {
        if let Err(why) = result {
            self.machine.stop(Reason::JournalFailed, why);
        }
        for part in self.syncing.take().unwrap_or_default() {
            self.machine.claimed(part);
        }
    }

    /// Whether the store has failed: only an outbox opened anew can go on.
    pub fn has_failed(&self) -> bool {
        matches!(self.machine.stopped(), Some((Reason::JournalFailed, _)))
    }

    /// What is to be written, in its order.
    pub fn writes(&mut self) -> Vec<Write> {
        std::mem::take(&mut self.writes)
    }

    /// What to do now. Ask again after each step, until there is nothing but [`OutboxStep::Wait`] or
    /// [`OutboxStep::Over`].
    pub fn next_step(&mut self, now: f64) -> OutboxStep {
        loop {
            if let Some(settled) = self.settled.pop_front() {
                return OutboxStep::Settled(settled);
            }
            let Some(call) = &mut self.call else { return OutboxStep::Over };
            call.dies = now + call.lives;
            call.over |= call.deadline.is_some_and(|deadline| now >= deadline);
            let (over, patience) = (call.over || self.held_back, call.patience);
            let offline = self.machine.is_offline();
            call.offline_until = offline.then(|| call.offline_until.unwrap_or(now + patience));
            let gives_up = [call.offline_until, call.deadline].into_iter().flatten().reduce(f64::min);
            self.machine.hold(over);
            self.machine.more(!over && !self.waiting.is_empty() && self.machine.stopped().is_none());
            let until = match self.machine.next_action(now) {
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
                // here each is told at once, and stays refused
                Action::RefusedAlone => continue,
                Action::Read => {
                    self.offer();
                    continue;
                }
                Action::Send(part) => return OutboxStep::Post(part),
                Action::Wait(until) => until,
                Action::Done => None,
            };
            if self.syncing.is_none() && !(self.writes.is_empty() && self.claims.is_empty()) {
                self.syncing = Some(std::mem::take(&mut self.claims));
                return OutboxStep::Sync;
            }
            if self.syncing.is_some() || self.machine.is_busy() {
                return OutboxStep::Wait(until);
            }
            let until = if offline && self.has_planned() { gives_up.filter(|&time| time > now) } else { until };
            if let Some(until) = until.filter(|until| !over && until - now <= patience) {
                return OutboxStep::Wait(Some(until));
            }
            self.rest(now);
            // what was written down as about to be sent, and was not, is planned
            for part in self.machine.unclaim() {
                self.forget(part);
            }
            if self.writes.is_empty() {
                self.machine.hold(false);
                self.call = None;
                return OutboxStep::Over;
            }
        }
    }

    /// After how many milliseconds there is something to do; nothing where nothing is planned.
    pub fn wait(&self, now: f64) -> Option<f64> {
        let waiting = !self.waiting.is_empty() && self.machine.has_room();
        let opens = waiting.then(|| self.machine.opens());
        let time = [opens, self.machine.ready()].into_iter().flatten().reduce(f64::min)?;
        let least = if self.machine.is_offline() { OFFLINE } else { 0.0 };
        Some((time - now).max(least))
    }

    /// Whether something waits to be sent.
    fn has_planned(&self) -> bool {
        !self.waiting.is_empty() || self.machine.ready().is_some()
    }

    /// Pauses for `wait` milliseconds: the headers of an answer ask for it, and its body may still come.
    pub fn asked_pause(&mut self, wait: f64, now: f64) {
        // whose answer it is shows when it has ended
        if !self.machine.has_older_in_flight() {
            let paused_until = self.machine.paused_until();
            self.machine.asked_pause(wait, now);
            self.note_pause(paused_until, now);
        }
    }

    /// The user's word: a pause or a rest is over, and what is planned is sent at once. What is in flight was sent
    /// before it, and holds nothing back. Durable with the next sync.
    pub fn end_pause(&mut self) {
        if self.machine.paused_until() > 0.0 {
            self.writes.push(entry::pause(0.0, 0.0));
        }
        self.machine.resume();
        self.rests = 0;
    }

    /// The same, and what was refused only for the key, the address or the account is planned again: it was certainly not
    /// taken. Returns how many batches and events were planned again.
    pub fn resume(&mut self) -> Sum {
        self.end_pause();
        let mut again = Sum::default();
        let records = self.held.iter().flat_map(|held| &held.record.parts);
        let refused = records.filter(|part| part.state.is_of_settings()).map(|part| part.part);
        for part in refused.collect::<Vec<_>>() {
            again.add(part.events());
            self.given_back(part);
        }
        again
    }

    /// The caller knows of a pause.
    pub fn pause(&mut self, until: f64) {
        if until > self.machine.paused_until() {
            self.paused_by = None;
        }
        self.machine.pause(until);
    }

    /// Until when nothing is sent.
    pub fn paused_until(&self) -> f64 {
        self.machine.paused_until()
    }

    /// Returns the request whose answer began the pause; `None` where an earlier process or the caller began it.
    pub fn paused_by(&self) -> Option<&Attempt> {
        self.paused_by.as_ref()
    }

    /// How many are where.
    pub fn counts(&self) -> OutboxCounts {
        let mut counts = OutboxCounts { accepted: self.accepted, ..OutboxCounts::default() };
        for held in &self.held {
            for part in held.record.waiting() {
                counts.planned.add(part.events());
            }
            for PartRecord { part, state, .. } in &held.record.parts {
                match state {
                    PartState::Dispatching => counts.dispatching.add(part.events()),
                    PartState::Ended(outcome) if outcome.state == State::Refused => counts.refused.add(part.events()),
                    PartState::Ended(outcome) if outcome.state == State::Unknown => counts.unknown.add(part.events()),
                    _ => {}
                }
            }
        }
        counts
    }

    /// The first that stand so, behind the [number](OutboxEntry::number) and the [first event](OutboxEntry::from) of one
    /// that need not be held any longer.
    pub fn list(&self, state: &str, limit: usize, behind: Option<(u64, usize)>) -> Vec<OutboxEntry> {
        let begin = behind.map_or(0, |(batch, _)| self.held.partition_point(|held| held.record.number < batch));
        let held =
            self.held.range(begin..).flat_map(|held| held.parts_in(state).into_iter().map(move |one| (held, one)));
        let found = held.filter(|(_, part)| behind.is_none_or(|behind| behind < (part.batch, part.from)));
        found.take(limit).map(|(held, part)| held.entry(part)).collect()
    }

    /// What is held under this id.
    pub fn entry(&self, id: &str) -> Option<OutboxEntry> {
        let part = self.find(id)?;
        self.at(part.batch).map(|at| self.held[at].entry(part))
    }

    /// The body of what is held under this id.
    pub fn body(&self, id: &str) -> Option<Vec<u8>> {
        self.find(id).map(|part| self.body_of(part))
    }

    /// Decides about a batch that is unknown or refused, or drops one that is planned. Returns whether one with this id
    /// stands so; one that is being sent does not.
    pub fn resolve(&mut self, id: &str, resolution: Resolution) -> bool {
        self.find(id).is_some_and(|part| self.resolve_part(part, resolution))
    }

    /// The same for all that stand so, in the order of their numbers: behind the batch with the number `after`, until so
    /// many are resolved.
    pub fn resolve_all(&mut self, state: &str, resolution: Resolution, after: u64, limit: usize) -> Resolved {
        let (mut parts, mut resolved) = (Vec::new(), Resolved::default());
        let begin = self.held.partition_point(|held| held.record.number <= after);
        for held in self.held.range(begin..) {
            if parts.len() >= limit {
                break;
            }
            resolved.next = Some(held.record.number);
            parts.extend(held.parts_in(state).into_iter().map(|part| (part, held.bytes_of(part))));
        }
        if self.held.back().map(|held| held.record.number) == resolved.next {
            resolved.next = None;
        }
        for (part, bytes) in parts {
            if self.resolve_part(part, resolution) {
                resolved.batches += 1;
                resolved.events += part.events() as u64;
                resolved.bytes += bytes as u64;
            }
        }
        resolved
    }

    /// Puts a planned batch before all others and ends the pause. Returns whether a planned batch has this id.
    pub fn send_now(&mut self, id: &str) -> bool {
        let Some(part) = self.find(id).filter(|&part| self.is_planned(part)) else { return false };
        let Some(at) = self.at(part.batch) else { return false };
        self.withdraw(part);
        let ends = Rc::clone(&self.held[at].ends);
        self.machine.offer_first(part, ends);
        self.end_pause();
        true
    }

    fn resolve_part(&mut self, part: Part, resolution: Resolution) -> bool {
        let Some(at) = self.at(part.batch) else { return false };
        let parts = &self.held[at].record.parts;
        let is_open = parts.iter().any(|other| {
            let open = matches!(&other.state, PartState::Ended(outcome) if outcome.state != State::Accepted);
            other.part == part && open
        });
        let drops_planned = resolution == Resolution::Drop && self.is_planned(part);
        if !is_open && !drops_planned {
            return false;
        }
        match resolution {
            Resolution::Resend => {
                self.forget(part);
                self.waiting.push_back(part);
            }
            Resolution::Accepted | Resolution::Drop => {
                if resolution == Resolution::Accepted {
                    self.accepted.add(part.events());
                }
                if drops_planned {
                    self.withdraw(part);
                }
                self.held[at].record.set(part, PartState::Ended(Outcome::ACCEPTED), Vec::new());
                self.note(at);
            }
        }
        true
    }

    fn is_planned(&self, part: Part) -> bool {
        self.at(part.batch).is_some_and(|at| self.held[at].record.waiting().contains(&part))
    }

    /// What waits of this part waits no longer.
    fn withdraw(&mut self, part: Part) {
        let mut left = part.events();
        while left > 0
            && let Some(at) = self.waiting.iter().position(|other| other.overlaps(part))
        {
            left -= self.waiting.remove(at).map_or(left, Part::events);
        }
        self.machine.withdraw(part);
    }

    /// The body to post for this part.
    pub fn body_of(&self, part: Part) -> Vec<u8> {
        let Some(at) = self.at(part.batch) else { return Vec::new() };
        let held = &self.held[at];
        [b"[", &held.body[held.range_of(part)], b"]"].concat()
    }

    /// The id of this part, and the size of its body.
    pub fn describe(&self, part: Part) -> (String, usize) {
        self.at(part.batch)
            .map_or_else(Default::default, |at| (self.held[at].id_of(part), self.held[at].bytes_of(part)))
    }

    /// How many events are held, and how many bytes their bodies have.
    pub fn load(&self) -> (usize, usize) {
        self.load
    }

    /// Whether a request is under way.
    pub fn is_sending(&self) -> bool {
        self.machine.is_busy()
    }

    /// Whether something waits for its turn.
    pub fn has_waiting(&self) -> bool {
        !self.waiting.is_empty()
    }

    /// Gives the oldest of what is planned and not yet on its way to somebody else: as many events as fit into a body of
    /// so many bytes. Say [`Outbox::given_back`] or [`Outbox::given_away`] of them.
    pub fn give(&mut self, bytes: usize) -> Option<Part> {
        let &whole = self.waiting.front()?;
        let at = self.at(whole.batch)?;
        let held = &self.held[at];
        let start = held.range_of(whole).start;
        let fitting = (whole.from..whole.to).take_while(|&at| body_bytes(start, held.ends[at]) <= bytes).count();
        if fitting == 0 {
            return None;
        }
        let part = Part { to: whole.from + fitting, ..whole };
        self.waiting.pop_front();
        if fitting < whole.events() {
            self.waiting.push_front(Part { from: part.to, ..whole });
        }
        self.held[at].record.set(part, PartState::Dispatching, Vec::new());
        self.note(at);
        Some(part)
    }

    /// Nobody has what was given: it waits for its turn again.
    pub fn given_back(&mut self, part: Part) {
        self.forget(part);
        self.wait_again(part);
    }

    /// What was given is somebody else's: it is forgotten.
    pub fn given_away(&mut self, part: Part) {
        if let Some(at) = self.at(part.batch) {
            self.held[at].record.set(part, PartState::Ended(Outcome::ACCEPTED), Vec::new());
            self.note(at);
        }
    }

    /// The process may end now: what is about to be sent and was not is planned, so that a later process sends it, and
    /// what is in flight is written down as unknown, until its answer comes. This call sends nothing more.
    pub fn leave(&mut self) {
        self.stop();
        self.claims.clear();
        if let Some(syncing) = &mut self.syncing {
            syncing.clear();
        }
        for part in self.machine.unclaim() {
            self.forget(part);
        }
        for part in self.machine.in_flight() {
            if let Some(at) = self.at(part.batch) {
                self.held[at].record.set(part, PartState::Ended(Outcome::page_left()), Vec::new());
                self.note(at);
            }
        }
    }

    /// The store has failed, for this reason: nothing more is sent.
    pub fn fail(&mut self, why: String) {
        self.machine.stop(Reason::JournalFailed, why);
    }

    /// How many batches are held, and how many bytes their bodies have.
    pub fn size(&self) -> (usize, usize) {
        (self.held.len(), self.held.iter().map(|held| held.body.len()).sum())
    }

    fn hold(&mut self, held: Held) {
        self.load = (self.load.0 + held.ends.len(), self.load.1 + held.body.len());
        let at = self.held.partition_point(|other| other.record.number < held.record.number);
        self.held.insert(at, held);
    }

    fn at(&self, number: u64) -> Option<usize> {
        self.held.binary_search_by_key(&number, |held| held.record.number).ok()
    }

    fn find(&self, id: &str) -> Option<Part> {
        let held = self.held.iter().filter(|held| id.starts_with(&held.id));
        let mut parts = held.flat_map(|held| {
            let ended = held.record.parts.iter().map(|part| part.part);
            ended.chain(held.record.waiting()).map(move |part| (held, part))
        });
        parts.find(|(held, part)| held.id_of(*part) == id).map(|(_, part)| part)
    }

    fn offer(&mut self) {
        if let Some(part) = self.waiting.pop_front()
            && let Some(at) = self.at(part.batch)
        {
            let ends = Rc::clone(&self.held[at].ends);
            self.machine.offer(part, ends);
        }
    }

    fn claim(&mut self, part: Part) {
        if let Some(at) = self.at(part.batch) {
            self.held[at].record.set(part, PartState::Dispatching, Vec::new());
            self.note(at);
        }
        self.claims.push(part);
    }

    fn forget(&mut self, part: Part) {
        if let Some(at) = self.at(part.batch) {
            let parts = self.held[at].record.parts.len();
            self.held[at].record.forget(part);
            if self.held[at].record.parts.len() < parts {
                self.note(at);
            }
        }
    }

    fn wait_again(&mut self, part: Part) {
        let at = self.waiting.partition_point(|other| (other.batch, other.from) < (part.batch, part.from));
        self.waiting.insert(at, part);
    }

    fn settle(&mut self, part: Part, mut outcome: Outcome, attempts: Vec<Attempt>) {
        if outcome.reason == Some(Reason::AllRefused) && !self.machine.refused_all() {
            outcome.reason = Some(Reason::Rejected);
        }
        if outcome.state == State::Unsent {
            return self.given_back(part);
        }
        let Some(at) = self.at(part.batch) else { return };
        let (id, bytes) = self.describe(part);
        if outcome.state == State::Accepted {
            self.accepted.add(part.events());
            self.rests = 0;
        }
        self.held[at].record.set(part, PartState::Ended(outcome.clone()), attempts.clone());
        self.settled.push_back(Settled::new(id, part.events(), bytes, outcome, attempts));
        self.note(at);
    }

    /// Writes down how a batch stands, or lets go of it where the service has all of it.
    fn note(&mut self, at: usize) {
        if self.held[at].record.is_done() {
            let Some(held) = self.held.remove(at) else { return };
            self.load = (self.load.0 - held.ends.len(), self.load.1 - held.body.len());
            self.remove(held.record.number, held.pieces);
        } else {
            self.writes.push(entry::batch(&self.held[at].record));
        }
    }

    fn remove(&mut self, number: u64, pieces: usize) {
        self.writes.push(entry::no_batch(number));
        self.writes.extend((0..pieces).map(|at| entry::no_piece(number, at)));
    }

    /// Where the service wants nothing of anything, or says nothing, it is left alone for a while.
    fn rest(&mut self, now: f64) {
        if self.machine.stopped().is_none() || self.has_failed() {
            return;
        }
        let paused_until = self.machine.paused_until();
        let rest = (REST * f64::from(1_u32 << self.rests.min(16))).min(REST_MAX);
        self.rests += 1;
        self.machine.revive(now + rest);
        if self.machine.paused_until() > paused_until {
            self.paused_by = self.stopped_by.take();
        }
        self.note_pause(paused_until, now);
    }

    fn note_pause(&mut self, before: f64, now: f64) {
        let until = self.machine.paused_until();
        if until > before {
            self.writes.push(entry::pause(until, until - now));
        }
    }

    /// The context of the last call has died with its requests: nobody knows of them, and its sync begins again.
    fn take_over(&mut self, now: f64) {
        self.claims.extend(self.syncing.take().unwrap_or_default());
        self.cut(now);
    }

    /// Every request was cut, and nothing more is sent by this call.
    pub fn cut(&mut self, now: f64) {
        self.stop();
        for part in self.machine.in_flight() {
            let attempt = Attempt { status: None, error: Some("cut".to_owned()), ms: 0.0 };
            self.ended(part, &Ending::Cut, attempt, now);
        }
    }
}
