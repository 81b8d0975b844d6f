//! Decides which part is sent when, and when sending stops. Its owner reports what happened, and does what it asks for.

mod control;

use std::collections::VecDeque;
use std::rc::Rc;

use crate::answer::{Handling, Response};
use crate::outcome::{Attempt, Outcome, Reason, State};
use crate::pace::{Backoff, Pace, Sizes};
use crate::part::Part;
use crate::policy::Policy;
use crate::step::Step;

/// Sending stops after this number of unknown parts in a row: an outage must not leave a whole file unknown.
const UNKNOWN_MAX: u32 = 3;
/// Sending stops after this number of refused parts in a row: their events may not be the cause.
const REFUSED_MAX: u32 = 3;

/// The next action of a driver.
#[derive(Debug, PartialEq)]
pub enum Action {
    /// Write down that this part is about to be sent, durably, and call [`Machine::claimed`].
    Claim(Part),
    /// Write down that this part was certainly not taken, and waits to be sent again.
    Postpone(Part),
    /// Write down how this part has ended, and the requests for it.
    Settle(Part, Outcome, Vec<Attempt>),
    /// Write down that the parts settled as [`Reason::AllRefused`] were refused for their own events.
    RefusedAlone,
    /// Leave this step to the caller. Never [`Step::Sync`] or [`Step::Settled`].
    Step(Step),
}

/// A part that has not ended.
#[derive(Debug)]
struct PendingPart {
    part: Part,
    /// The end of each event of the whole batch in its body.
    ends: Rc<[usize]>,
    attempts: Vec<Attempt>,
    /// The number of its requests whose answer was to try again.
    tries: u32,
    ready_at: f64,
    claimed: bool,
    /// True if a request for it got no answer: whatever comes later, the service may have it.
    maybe_taken: bool,
    /// The number of times that the user had resumed when it was sent.
    resumes: u32,
}

impl PendingPart {
    fn new(part: Part, ends: Rc<[usize]>) -> Self {
        PendingPart {
            part,
            ends,
            attempts: Vec::new(),
            tries: 0,
            ready_at: 0.0,
            claimed: false,
            maybe_taken: false,
            resumes: 0,
        }
    }

    fn bytes(&self) -> usize {
        self.part.bytes_in(&self.ends)
    }

    /// Keeps the first events, and returns those behind them.
    fn cut(&mut self, events: usize) -> PendingPart {
        let at = self.part.from + events;
        let rest = PendingPart {
            part: Part { from: at, ..self.part },
            ends: Rc::clone(&self.ends),
            attempts: Vec::new(),
            tries: 0,
            claimed: false,
            ..*self
        };
        self.part.to = at;
        self.claimed = false;
        rest
    }
}

/// Decides what to send and when. The first request goes alone, and so does every one while the service is in trouble:
/// a wrong key or address costs one request, and an outage is not met with a storm.
#[derive(Debug)]
pub struct Machine {
    policy: Policy,
    /// True if parts are claimed before they are sent.
    claims: bool,
    queue: VecDeque<PendingPart>,
    claiming: Vec<PendingPart>,
    in_flight: Vec<PendingPart>,
    done: VecDeque<Action>,
    pace: Pace,
    backoff: Backoff,
    sizes: Sizes,
    no_more: bool,
    /// True if a request was accepted, and none has found the service in trouble since.
    open: bool,
    held: bool,
    offline: bool,
    unknown_in_a_row: u32,
    refused_in_a_row: u32,
    /// True if refusals were settled whose cause may not be their events.
    in_doubt: bool,
    /// The length of the pause that the service has asked for, if that is longer than the pause it gets.
    asked_longer: Option<f64>,
    stopped: Option<(Reason, String)>,
    /// True if the browser was offline when sending stopped.
    stopped_offline: bool,
    resumes: u32,
}

impl Machine {
    /// Makes a machine. If `claims`, it asks to [claim](Action::Claim) each part before it is sent.
    pub fn new(policy: Policy, claims: bool) -> Self {
        Machine {
            pace: Pace::new(policy.rate),
            backoff: Backoff::new(policy.retry, policy.seed),
            policy,
            claims,
            queue: VecDeque::new(),
            claiming: Vec::new(),
            in_flight: Vec::new(),
            done: VecDeque::new(),
            sizes: Sizes::default(),
            no_more: false,
            open: false,
            held: false,
            offline: false,
            unknown_in_a_row: 0,
            refused_in_a_row: 0,
            in_doubt: false,
            asked_longer: None,
            stopped: None,
            stopped_offline: false,
            resumes: 0,
        }
    }

    /// Queues a part. `ends` has the end of each event of the whole batch in its body.
    pub fn offer(&mut self, part: Part, ends: Rc<[usize]>) {
        self.queue.push_back(PendingPart::new(part, ends));
    }

    /// Notes that no other batch will come.
    pub fn no_more(&mut self) {
        self.no_more = true;
    }

    /// Notes that a claim is durable.
    pub fn claimed(&mut self, part: Part) {
        if let Some(mut pending) = take(&mut self.claiming, part) {
            pending.claimed = true;
            self.queue.push_front(pending);
        }
    }

    /// Takes the response to a request that [`Step::Post`] asked for.
    pub fn ended(&mut self, part: Part, response: &Response, attempt: Attempt, now: f64) {
        let Some(mut pending) = take(&mut self.in_flight, part) else { return };
        pending.attempts.push(attempt);
        if pending.resumes == self.resumes {
            return self.judge(pending, response, now);
        }
        // if the user has resumed since it was sent, it counts only for its own part, and holds no other back
        let (paused_until, asked_longer, stopped) = (self.pace.paused_until(), self.asked_longer, self.stopped.clone());
        self.judge(pending, response, now);
        self.pace.resume();
        self.pace.pause(paused_until);
        (self.asked_longer, self.stopped) = (asked_longer, stopped);
    }

    fn judge(&mut self, mut pending: PendingPart, response: &Response, now: f64) {
        let part = pending.part;
        pending.tries += 1;
        let (handling, outcome) = response.outcome(part.events(), self.policy.runtime, &self.policy.statuses);
        let asked = response.asked_wait().map(|wait| self.asked_pause(wait, now));
        match handling {
            Handling::Accepted => {
                self.open = self.asked_longer.is_none();
                self.unknown_in_a_row = 0;
                self.refused_in_a_row = 0;
                self.tell_alone();
                self.backoff.accepted();
                self.sizes.accepted(pending.bytes());
                self.settle(pending, outcome);
            }
            Handling::Refused => self.settle(pending, outcome),
            Handling::RefusedOrAll if pending.maybe_taken => self.settle(pending, outcome),
            Handling::RefusedOrAll => {
                self.in_doubt = true;
                self.refused_in_a_row += 1;
                if self.refused_in_a_row >= REFUSED_MAX {
                    let message = outcome.message.clone().unwrap_or_default();
                    let why = " requests in a row were refused; the last one: ";
                    self.stop(Reason::AllRefused, [&REFUSED_MAX.to_string(), why, &message].concat());
                }
                self.settle(pending, Outcome { reason: Some(Reason::AllRefused), ..outcome });
            }
            Handling::RefusesAll | Handling::NeverReached | Handling::Foreign => {
                self.stop_as(&outcome);
                self.settle(pending, outcome);
            }
            Handling::TooLarge => self.too_large(pending, outcome, now),
            Handling::Again => self.again(pending, outcome, now),
            Handling::Pause | Handling::NotReached => {
                self.open = false;
                match self.backoff.next(pending.tries) {
                    Some(wait) => {
                        // without a length from the service, all wait as long as this batch
                        self.pace.pause(now + asked.unwrap_or(wait));
                        self.postpone(pending, now);
                    }
                    None => {
                        let outcome = after_all(&pending, outcome);
                        self.stop_as(&outcome);
                        self.settle(pending, outcome);
                    }
                }
            }
            Handling::Unknown => {
                pending.maybe_taken = true;
                if self.policy.retry_unknown
                    && !matches!(response, Response::Cut)
                    && let Some(wait) = self.backoff.next(pending.tries)
                {
                    return self.postpone(pending, now + wait);
                }
                // a request that broke because the browser went offline tells nothing about the service
                if !self.offline || matches!(response, Response::Answer(_)) {
                    self.unknown_in_a_row += 1;
                }
                if self.unknown_in_a_row >= UNKNOWN_MAX {
                    let max = UNKNOWN_MAX.to_string();
                    let message = [&max, " requests in a row got no answer that says whether they were taken"].concat();
                    self.stop(outcome.reason.unwrap_or(Reason::Stopped), message);
                }
                self.settle(pending, outcome);
            }
        }
    }

    /// Stops sending for this reason, unless it has stopped before.
    pub fn stop(&mut self, reason: Reason, message: String) {
        if self.stopped.is_none() {
            self.stopped = Some((reason, message));
            self.stopped_offline = self.offline;
        }
    }

    /// Returns true if no request begins because the browser is offline.
    pub fn is_offline(&self) -> bool {
        self.offline
    }

    /// Returns when the pause ends.
    pub fn paused_until(&self) -> f64 {
        self.pace.paused_until()
    }

    /// Pauses because the service asks for it. Returns the length of the pause. All times are in milliseconds.
    pub fn asked_pause(&mut self, wait: f64, now: f64) -> f64 {
        let given = self.given_pause(wait);
        self.asked_longer = self.asked_longer.filter(|_| self.pace.paused_until() > now);
        if given < wait {
            self.asked_longer = Some(self.asked_longer.map_or(wait, |longest| longest.max(wait)));
            self.open = false;
        }
        self.pace.pause(now + given);
        given
    }

    /// Returns the length of the pause if the service asks for `wait` milliseconds.
    pub fn given_pause(&self, wait: f64) -> f64 {
        wait.min(self.policy.pause_cap)
    }

    /// Returns the length of the pause that the service has asked for, in milliseconds, if that is longer than the
    /// pause it gets.
    pub fn asked_longer(&self, now: f64) -> Option<f64> {
        self.asked_longer.filter(|_| self.pace.paused_until() > now)
    }

    /// Returns true if a part is in flight, or about to be sent.
    pub fn is_busy(&self) -> bool {
        self.busy() > 0
    }

    /// Returns why sending has stopped, if it has.
    pub fn stopped(&self) -> Option<&(Reason, String)> {
        self.stopped.as_ref()
    }

    /// Returns the parts whose requests are in flight.
    pub fn in_flight(&self) -> Vec<Part> {
        self.in_flight.iter().map(|pending| pending.part).collect()
    }

    /// Returns true if a part whose request has ended was certainly not taken: it waits to be sent again, or ends unsent.
    pub fn is_planned(&self, part: Part) -> bool {
        let is_unsent = |action: &Action| matches!(action, Action::Settle(ended, outcome, _) if *ended == part && outcome.state == State::Unsent);
        self.queue.iter().any(|pending| pending.part == part && !pending.maybe_taken) || self.done.iter().any(is_unsent)
    }

    /// Returns what to do now. Ask again after each action, until it is [`Step::Wait`] or [`Step::Done`].
    pub fn next_action(&mut self, now: f64) -> Action {
        if let Some(action) = self.done.pop_front() {
            return action;
        }
        self.look_at_deadline(now);
        if let Some((reason, _)) = &self.stopped {
            let reason = *reason;
            if let Some(pending) = self.queue.pop_front() {
                return settled(pending, unsent_after(reason, self.stopped_offline));
            }
        } else if let Some(action) = self.send_next(now) {
            return action;
        }
        match (self.no_more, self.wants_more(now), self.is_idle()) {
            (false, true, _) => Action::Step(Step::Read),
            (true, _, true) if self.in_doubt && !self.refused_all() => {
                self.in_doubt = false;
                Action::RefusedAlone
            }
            (true, _, true) => Action::Step(Step::Done),
            _ => Action::Step(Step::Wait(self.next_time(now))),
        }
    }

    fn send_next(&mut self, now: f64) -> Option<Action> {
        if self.waits() || self.pace.opens() > now || self.busy() >= self.parallel_limit() {
            return None;
        }
        let at = self.queue.iter().position(|pending| pending.ready_at <= now)?;
        let mut pending = self.queue.remove(at)?;
        let whole = pending.part;
        let fitting = self.sizes.fitting(whole, &pending.ends);
        // a part that may have been taken is not cut: the journal knows it as one
        if fitting < whole.events() && !pending.maybe_taken {
            let was_claimed = pending.claimed;
            let rest = pending.cut(fitting);
            self.queue.insert(at, rest);
            if was_claimed {
                // the claim in the journal is for more than is sent
                self.queue.insert(at, pending);
                return Some(Action::Postpone(whole));
            }
        }
        let part = pending.part;
        if pending.claimed || !self.claims {
            self.pace.begin(now);
            pending.resumes = self.resumes;
            self.in_flight.push(pending);
            Some(Action::Step(Step::Post(part)))
        } else {
            self.claiming.push(pending);
            Some(Action::Claim(part))
        }
    }

    /// Returns true while the user holds requests back, or the browser is offline.
    fn waits(&self) -> bool {
        self.held || self.offline
    }

    fn parallel_limit(&self) -> usize {
        if self.open { self.policy.concurrency } else { 1 }
    }

    fn busy(&self) -> usize {
        self.in_flight.len() + self.claiming.len()
    }

    fn is_idle(&self) -> bool {
        self.queue.is_empty() && self.claiming.is_empty() && self.in_flight.is_empty()
    }

    /// Returns true if another batch should be offered. Batches that wait for another attempt keep others from being
    /// offered only if many do: memory holds few of them.
    fn wants_more(&self, now: f64) -> bool {
        if self.stopped.is_some() {
            return self.queue.is_empty();
        }
        let ready = self.queue.iter().any(|pending| pending.ready_at <= now);
        !ready && self.queue.len() < self.policy.concurrency && !(self.waits() || self.pace.paused_until() > now)
    }

    /// Returns when there is something to do if nothing else happens.
    fn next_time(&self, now: f64) -> Option<f64> {
        if self.stopped.is_some() {
            return None;
        }
        let waits = self.waits();
        let ready = self.queue.iter().map(|pending| pending.ready_at).reduce(f64::min);
        let sends =
            ready.filter(|_| !waits && self.busy() < self.parallel_limit()).map(|ready| ready.max(self.pace.opens()));
        let reads = (!waits && !self.no_more && self.queue.is_empty()).then(|| self.pace.paused_until());
        let deadline = self.policy.deadline.filter(|_| !self.queue.is_empty() || !self.no_more);
        [sends, reads, deadline].into_iter().flatten().filter(|&time| time > now).reduce(f64::min)
    }

    fn look_at_deadline(&mut self, now: f64) {
        let Some(deadline) = self.policy.deadline else { return };
        if now >= deadline {
            let message = if self.offline {
                "the browser was offline when the deadline passed"
            } else {
                "the deadline has passed"
            };
            self.stop(Reason::Deadline, message.to_owned());
        } else if self.pace.paused_until() >= deadline {
            let message = "the pause before the next request is longer than the deadline allows".to_owned();
            self.stop(Reason::Deadline, message);
        }
    }

    /// Postpones a part that was not taken. The others go on meanwhile.
    fn again(&mut self, pending: PendingPart, outcome: Outcome, now: f64) {
        match self.backoff.next(pending.tries) {
            Some(wait) => self.postpone(pending, now + wait),
            None => {
                let outcome = after_all(&pending, outcome);
                self.settle(pending, outcome);
            }
        }
    }

    fn postpone(&mut self, mut pending: PendingPart, until: f64) {
        pending.ready_at = until;
        pending.claimed = pending.maybe_taken; // the journal still has it as sent
        if self.claims && !pending.maybe_taken {
            self.done.push_back(Action::Postpone(pending.part));
        }
        self.queue.push_front(pending);
    }

    fn too_large(&mut self, mut pending: PendingPart, outcome: Outcome, now: f64) {
        let events = pending.part.events();
        let useful = self.sizes.refused(pending.bytes(), events);
        if !useful {
            let times =
                "the service answers 413 to bodies of every size: check the endpoint, and the proxy if there is one"
                    .to_owned();
            self.stop(Reason::TooLarge, times);
        }
        if events == 1 || !useful || pending.maybe_taken {
            return self.settle(pending, outcome);
        }
        pending.tries -= 1; // it is cut when its turn comes, and the smaller parts are sent for the first time
        self.postpone(pending, now);
    }

    /// Notes that the refusals before an acceptance were for their own events, unless sending has stopped because of
    /// them.
    fn tell_alone(&mut self) {
        if std::mem::take(&mut self.in_doubt) && !self.refused_all() {
            self.done.push_back(Action::RefusedAlone);
        }
    }

    /// Returns true if sending has stopped because of refusals in a row.
    pub fn refused_all(&self) -> bool {
        matches!(self.stopped, Some((Reason::AllRefused, _)))
    }

    fn settle(&mut self, pending: PendingPart, outcome: Outcome) {
        self.done.push_back(settled(pending, outcome));
    }

    fn stop_as(&mut self, outcome: &Outcome) {
        let message = outcome.message.clone().unwrap_or_default();
        self.stop(outcome.reason.unwrap_or(Reason::Stopped), message);
    }
}

fn take(parts: &mut Vec<PendingPart>, part: Part) -> Option<PendingPart> {
    let at = parts.iter().position(|pending| pending.part == part)?;
    Some(parts.swap_remove(at))
}

/// Settles a part. One that may have been taken once ends unknown whatever its later requests, unless it was accepted.
fn settled(pending: PendingPart, outcome: Outcome) -> Action {
    let outcome = match outcome.state {
        // what the user sends again and was not sent waits as before
        State::Refused | State::Unsent if pending.maybe_taken && !pending.attempts.is_empty() => outcome.maybe_taken(),
        _ => outcome,
    };
    Action::Settle(pending.part, outcome, pending.attempts)
}

fn after_all(pending: &PendingPart, outcome: Outcome) -> Outcome {
    let message = outcome.message.unwrap_or_default();
    let requests = pending.tries.to_string();
    Outcome { message: Some(["after ", &requests, " requests: ", &message].concat()), ..outcome }
}

fn unsent_after(stop: Reason, offline: bool) -> Outcome {
    match stop {
        Reason::Aborted | Reason::Deadline if offline => Outcome::offline(),
        Reason::Aborted => Outcome::unsent(Reason::Aborted, "you stopped before it was sent"),
        Reason::Deadline => Outcome::unsent(Reason::Deadline, "the deadline passed before it was sent"),
        _ => Outcome::unsent(Reason::Stopped, "sending had stopped before it was sent"),
    }
}
