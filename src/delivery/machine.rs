//! Which batch is sent when, and when a run stops. Fed with what happened, asked for what to do.

use std::collections::VecDeque;

use super::certain::Runtime;
use super::outcome::{Ending, Outcome, Reason, State};

/// After this many unknown or unsent batches with no acceptance between them a run stops: an outage
/// must not park a whole file.
const FAILURES_MAX: u32 = 3;

/// What the caller is to do next.
#[derive(Debug, PartialEq, Eq)]
pub enum Action {
    /// Send this batch, and tell [`Machine::ended`] how it ended.
    Send(String),
    /// This batch has ended so.
    Settle(String, Outcome),
    /// There is room for another batch: read on and [offer](Machine::offer) it, or say [`Machine::no_more`].
    Read,
    /// Wait until a request ends.
    Wait,
    /// Everything is settled.
    Done,
}

/// Delivers batches, each with one attempt. The first goes alone: a wrong key or address costs one request.
#[derive(Debug)]
pub struct Machine {
    runtime: Runtime,
    concurrency: usize,
    planned: VecDeque<(String, usize)>,
    in_flight: Vec<(String, usize)>,
    settled: VecDeque<(String, Outcome)>,
    no_more: bool,
    opened: bool,
    failures: u32,
    stopped: Option<(Reason, String)>,
}

impl Machine {
    /// At most `concurrency` requests are in flight once the first was accepted.
    pub fn new(runtime: Runtime, concurrency: usize) -> Self {
        Machine {
            runtime,
            concurrency,
            planned: VecDeque::new(),
            in_flight: Vec::new(),
            settled: VecDeque::new(),
            no_more: false,
            opened: false,
            failures: 0,
            stopped: None,
        }
    }

    /// A batch is ready to be sent.
    pub fn offer(&mut self, id: String, events: usize) {
        self.planned.push_back((id, events));
    }

    /// No other batch will come.
    pub fn no_more(&mut self) {
        self.no_more = true;
    }

    /// A request that [`Action::Send`] asked for has ended.
    pub fn ended(&mut self, id: &str, ending: &Ending) {
        let Some(at) = self.in_flight.iter().position(|(flying, _)| flying == id) else { return };
        let (id, events) = self.in_flight.swap_remove(at);
        let outcome = Outcome::of(ending, events, self.runtime);
        match outcome.state {
            State::Accepted => {
                self.opened = true;
                self.failures = 0;
            }
            State::Unknown | State::Unsent => self.failures += 1,
            State::Refused => {}
        }
        if outcome.stops {
            let message = outcome.message.clone().unwrap_or_default();
            self.stop(outcome.reason.unwrap_or(Reason::Stopped), message);
        } else if self.failures >= FAILURES_MAX {
            let message = format!("{FAILURES_MAX} batches came to no answer, with none accepted between them");
            self.stop(outcome.reason.unwrap_or(Reason::Stopped), message);
        }
        self.settled.push_back((id, outcome));
    }

    /// The user stops the run: nothing more is sent, what is in flight is waited for.
    pub fn abort(&mut self) {
        self.stop(Reason::Aborted, "stopped by the user".to_owned());
    }

    /// Why nothing more is sent.
    pub fn stopped(&self) -> Option<&(Reason, String)> {
        self.stopped.as_ref()
    }

    /// Whether it was the user who stopped the run.
    pub fn stopped_by_user(&self) -> bool {
        matches!(self.stopped, Some((Reason::Aborted, _)))
    }

    /// The batches whose requests are in flight.
    pub fn in_flight(&self) -> Vec<String> {
        self.in_flight.iter().map(|(id, _)| id.clone()).collect()
    }

    /// What to do now. Ask again after each action, until there is nothing but [`Action::Wait`] or [`Action::Done`].
    pub fn next_action(&mut self) -> Action {
        if let Some((id, outcome)) = self.settled.pop_front() {
            return Action::Settle(id, outcome);
        }
        let room = self.in_flight.len() < if self.opened { self.concurrency } else { 1 };
        if (room || self.stopped.is_some())
            && let Some((id, events)) = self.planned.pop_front()
        {
            return match &self.stopped {
                Some((reason, _)) => Action::Settle(id, unsent_after(*reason)),
                None => {
                    self.in_flight.push((id.clone(), events));
                    Action::Send(id)
                }
            };
        }
        match (self.no_more, self.planned.is_empty(), self.in_flight.is_empty()) {
            (false, true, _) => Action::Read,
            (_, _, false) => Action::Wait,
            (..) => Action::Done,
        }
    }

    fn stop(&mut self, reason: Reason, message: String) {
        self.stopped.get_or_insert((reason, message));
    }
}

fn unsent_after(stop: Reason) -> Outcome {
    match stop {
        Reason::Aborted => Outcome::unsent(Reason::Aborted, "the run was stopped before its turn"),
        _ => Outcome::unsent(Reason::Stopped, "the run had stopped before its turn"),
    }
}
