//! Batches from outside that stay in one store until the service has them.

use std::collections::VecDeque;

use crate::answer::Response;
use crate::call::Call;
use crate::draft::{Drafts, remove};
use crate::driver::{Delivery, Driver, Owner};
use crate::held::{Held, Sum};
use crate::journal::PartState;
use crate::outcome::{Attempt, Outcome, Reason, State};
use crate::part::Part;
use crate::pause_cause::PauseCause;
use crate::step::Step;

/// After the service has refused to be used at all, nothing is sent for this time; doubled each time, in milliseconds.
const REST: f64 = 30_000.0;
const REST_MAX: f64 = 600_000.0;

/// Delivers what is added, now or in a later process.
#[derive(Debug)]
pub struct Outbox {
    pub(crate) driver: Driver,
    /// Parts that are planned, and not offered to the machine.
    pub(crate) waiting: VecDeque<Part>,
    pub(crate) drafts: Drafts,
    pub(crate) accepted: Sum,
    /// Events and bytes that are held.
    pub(crate) load: (usize, usize),
    pub(crate) pause_cause: PauseCause,
    pub(crate) call: Option<Call>,
    calls: u32,
    /// How long a call may take, in milliseconds.
    deadline: Option<f64>,
    /// Most requests for one batch in one call.
    attempts: u32,
    /// How often in a row the service was left alone.
    pub(crate) rests: u32,
    /// The caller holds back what is not in flight.
    held_back: bool,
}

impl Outbox {
    /// Makes one that holds nothing. A call lasts no longer than `deadline`, and makes no more than `attempts` requests
    /// for a batch.
    pub(crate) fn empty(driver: Driver, drafts: Drafts, deadline: Option<f64>, attempts: u32) -> Self {
        Outbox {
            driver,
            waiting: VecDeque::new(),
            drafts,
            accepted: Sum::default(),
            load: (0, 0),
            pause_cause: PauseCause::default(),
            call: None,
            calls: 0,
            deadline,
            attempts,
            rests: 0,
            held_back: false,
        }
    }

    /// Begins a call of `deliver`, and returns its number; `None` if another is under way. `patience` is how long the
    /// call may sleep, and `timeout` how long a request may take, in milliseconds.
    pub fn begin(&mut self, now: f64, patience: f64, timeout: f64) -> Option<u32> {
        if let Some(call) = &self.call {
            if !call.has_died(now) {
                return None;
            }
            // the requests of the last call have died with it
            self.driver.sync_again();
            self.cut(now);
        }
        for held in &mut self.driver.held.0 {
            held.tries = 0;
        }
        self.calls = self.calls.wrapping_add(1);
        self.call = Some(Call::new(self.calls, now, patience, timeout, self.deadline.map(|span| now + span)));
        Some(self.calls)
    }

    /// Stops the call: no request begins, what is in flight is waited for.
    pub fn stop(&mut self) {
        if let Some(call) = &mut self.call {
            call.is_over = true;
        }
    }

    /// Stops the call, and ends what is in flight as cut.
    pub fn cut(&mut self, now: f64) {
        self.stop();
        for part in self.driver.machine.in_flight() {
            self.ended(part, &Response::Cut, Attempt::cut(), now);
        }
    }

    /// Holds requests back until it is called with `false`: meanwhile none begins, and a call ends with what is in flight.
    pub fn hold_back(&mut self, held_back: bool) {
        self.held_back = held_back;
    }

    /// Stops because the store has failed.
    pub fn fail(&mut self, why: String) {
        self.driver.machine.stop(Reason::JournalFailed, why);
    }

    /// Pauses until this time, if the present pause is shorter: the caller knows of it.
    pub fn pause(&mut self, until: f64) {
        if until > self.driver.machine.paused_until() {
            self.pause_cause.clear();
        }
        self.driver.machine.pause(until);
    }

    /// Takes out the oldest planned events that fit into a body of `bytes`, for the caller to send. Call
    /// [`Outbox::given_back`] or [`Outbox::given_away`] later.
    pub fn give(&mut self, bytes: usize) -> Option<Part> {
        let &whole = self.waiting.front()?;
        let fitting = whole.fitting(&self.driver.held.find(whole)?.body.ends, bytes);
        if fitting == 0 {
            return None;
        }
        let part = Part { to: whole.from + fitting, ..whole };
        self.waiting.pop_front();
        if fitting < whole.events() {
            self.waiting.push_front(Part { from: part.to, ..whole });
        }
        self.set(part, PartState::Dispatching, Vec::new());
        Some(part)
    }

    /// Plans a part again that was not sent or not taken.
    pub fn given_back(&mut self, part: Part) {
        self.driver.forget(part);
        let at = self.waiting.partition_point(|other| (other.batch, other.from) < (part.batch, part.from));
        self.waiting.insert(at, part);
    }

    /// Forgets a part that somebody else has sent.
    pub fn given_away(&mut self, part: Part) {
        self.set(part, PartState::Ended(Outcome::ACCEPTED), Vec::new());
    }

    /// Prepares for the end of the process: plans what is about to be sent and was not, so that a later process sends it,
    /// and writes what is in flight down as unknown, until its answer comes. This call sends nothing more.
    pub fn leave(&mut self) {
        self.stop();
        self.driver.drop_claims();
        self.unclaim();
        for part in self.driver.machine.in_flight() {
            self.set(part, PartState::Ended(Outcome::page_left()), Vec::new());
        }
    }

    /// Writes down the state of a part, or lets go of its batch if the service has all of it.
    pub(crate) fn set(&mut self, part: Part, state: PartState, attempts: Vec<Attempt>) {
        let Some(at) = self.driver.held.at(part.batch) else { return };
        let record = &mut self.driver.held.0[at].record;
        record.set(part, state, attempts);
        if !record.is_done() {
            return self.driver.note(at);
        }
        if let Some(Held { record, body, pieces, .. }) = self.driver.held.0.remove(at) {
            self.load = (self.load.0 - body.events(), self.load.1 - body.text.len());
            remove(&mut self.driver, record.number, pieces);
        }
    }

    /// Plans what was written down as about to be sent, and was not.
    fn unclaim(&mut self) {
        for part in self.driver.machine.unclaim() {
            self.driver.forget(part);
        }
    }

    /// Leaves the service alone for a while if it refuses everything or says nothing.
    fn rest(&mut self, now: f64) {
        if self.driver.machine.stopped().is_none() || self.has_failed() {
            return;
        }
        let rest = (REST * f64::from(1_u32 << self.rests.min(16))).min(REST_MAX);
        self.rests += 1;
        let paused_until = self.driver.machine.paused_until();
        self.driver.pausing(now, |machine| machine.revive(now + rest));
        if self.driver.machine.paused_until() > paused_until {
            self.pause_cause.rests();
        }
    }

    /// Returns true if the store has failed: only an outbox opened anew can go on.
    pub fn has_failed(&self) -> bool {
        matches!(self.driver.machine.stopped(), Some((Reason::JournalFailed, _)))
    }
}

impl Delivery for Outbox {
    fn driver(&mut self) -> &mut Driver {
        &mut self.driver
    }

    /// [`Step::Done`] ends the call.
    fn next_step(&mut self, now: f64) -> Step {
        while let Some(call) = &mut self.call {
            call.asks(now, self.driver.machine.is_offline());
            let holds = call.is_over || self.held_back;
            self.driver.machine.hold(holds);
            self.driver.machine.more(!holds && !self.waiting.is_empty() && self.driver.machine.stopped().is_none());
            let until = match self.drive(now) {
                Step::Wait(until) => until,
                Step::Done => None,
                step => return step,
            };
            let machine = &self.driver.machine;
            if self.driver.is_syncing() || machine.is_busy() {
                return Step::Wait(until);
            }
            let is_planned = !self.waiting.is_empty() || machine.ready().is_some();
            let call = self.call.as_ref().filter(|_| !holds);
            if let Some(until) = call.and_then(|call| call.waits(until, is_planned, now)) {
                return Step::Wait(Some(until));
            }
            self.rest(now);
            self.unclaim();
            if !self.driver.has_writes() {
                self.driver.machine.hold(false);
                self.call = None;
            }
        }
        Step::Done
    }

    fn ended(&mut self, part: Part, response: &Response, attempt: Attempt, now: f64) {
        self.pause_cause.ended(&mut self.driver, part, response, attempt, now);
        if let (Some(at), Some(call)) = (self.driver.held.at(part.batch), &mut self.call) {
            let held = &mut self.driver.held.0[at];
            held.tries += 1;
            call.is_over |= held.tries >= self.attempts;
        }
    }
}

impl Owner for Outbox {
    /// Plans again what was not taken. Refusals are told at once, whether or not their events are the cause.
    fn settle(&mut self, part: Part, mut outcome: Outcome, attempts: Vec<Attempt>) {
        if outcome.state == State::Unsent {
            return self.given_back(part);
        }
        if outcome.reason == Some(Reason::AllRefused) && !self.driver.machine.refused_all() {
            outcome.reason = Some(Reason::Rejected);
        }
        let Some(held) = self.driver.held.find(part) else { return };
        let settled = held.settled(part, outcome.clone(), attempts.clone());
        self.driver.settled.push_back(settled);
        if outcome.state == State::Accepted {
            self.accepted.add(part);
            self.rests = 0;
        }
        self.set(part, PartState::Ended(outcome), attempts);
    }

    fn offer(&mut self) -> bool {
        let part = self.waiting.pop_front();
        if let Some(part) = part {
            self.driver.offer(part, false);
        }
        self.driver.machine.more(!self.waiting.is_empty());
        part.is_some()
    }
}
