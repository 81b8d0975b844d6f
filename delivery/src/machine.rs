//! Which part of which batch is sent when, and when a run stops. Fed with what happened, asked for what to do.

use std::collections::VecDeque;
use std::rc::Rc;

use crate::certain::Runtime;
use crate::outcome::{Ending, Meaning, Outcome, Reason, State, Statuses};
use crate::pace::Pace;
use crate::receipt::Attempt;
use crate::retry::{Backoff, Retry};
use crate::split::{Sizes, body_bytes};

/// After this many unknown parts with no acceptance between them a run stops: an outage must not park a whole file.
const UNKNOWN_MAX: u32 = 3;
/// The same of parts that are refused: they may be for something else than their events.
const REFUSED_MAX: u32 = 3;

/// How a run is delivered.
#[derive(Debug, Clone)]
pub struct Policy {
    /// Whose errors `fetch` throws.
    pub runtime: Runtime,
    /// Most requests in flight, once one was accepted.
    pub concurrency: usize,
    /// Most requests a second.
    pub rate: Option<f64>,
    /// How often and when what was not taken is sent again.
    pub retry: Retry,
    /// Nothing is sent after this time, in milliseconds of the caller's clock.
    pub deadline: Option<f64>,
    /// Sends again what may have been taken. The user's choice: events may count twice.
    pub retry_unknown: bool,
    /// What the service's answers mean.
    pub statuses: Statuses,
    /// The longest pause that a service is given, in milliseconds; then one request asks again.
    pub pause_cap: f64,
    /// Where the waits are drawn from.
    pub seed: u64,
}

impl Default for Policy {
    fn default() -> Self {
        Policy {
            runtime: Runtime::Unknown,
            concurrency: 4,
            rate: None,
            retry: Retry::default(),
            deadline: None,
            retry_unknown: false,
            statuses: Statuses::default(),
            pause_cap: 3_600_000.0,
            seed: 0,
        }
    }
}

/// Neighbouring events of a batch that are sent in one body: those from `from` to before `to`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// The batch's number in the run, from 1.
    pub batch: u64,
    /// Its first event's number in the batch.
    pub from: usize,
    /// The number behind its last.
    pub to: usize,
}

impl Part {
    /// Its id: that of its batch, and where it is not the `whole` of it which of its events.
    pub fn id_in(self, batch: &str, whole: bool) -> String {
        if whole { batch.to_owned() } else { [batch, ":", &self.from.to_string(), "-", &self.to.to_string()].concat() }
    }

    /// How many events it has.
    pub fn events(self) -> usize {
        self.to - self.from
    }

    /// Whether both have an event.
    pub fn overlaps(self, other: Part) -> bool {
        self.batch == other.batch && self.from < other.to && other.from < self.to
    }
}

/// What the caller is to do next.
#[derive(Debug, PartialEq)]
pub enum Action {
    /// Write down that this part is about to be sent, durably, and say [`Machine::claimed`].
    Claim(Part),
    /// Send this part, and tell [`Machine::ended`] how it ended.
    Send(Part),
    /// This part was certainly not taken, and waits to be sent again.
    Postpone(Part),
    /// This part has ended so, after these requests.
    Settle(Part, Outcome, Vec<Attempt>),
    /// What was settled as [`Reason::AllRefused`] was refused for its own events: others were accepted, or it was the last.
    RefusedAlone,
    /// There is room for another batch: read on and [offer](Machine::offer) it, or say [`Machine::no_more`].
    Read,
    /// Wait until something happens, or until this time.
    Wait(Option<f64>),
    /// Everything is settled.
    Done,
}

/// A part on its way.
#[derive(Debug)]
struct Load {
    part: Part,
    /// Where each event of the whole batch ends in its body.
    ends: Rc<[usize]>,
    attempts: Vec<Attempt>,
    /// Requests for it that came to an answer which says to try again.
    tries: u32,
    ready_at: f64,
    claimed: bool,
    /// A request for it came to no answer: whatever comes later, the service may have it.
    maybe_taken: bool,
    /// How often the user had said to go on when it was sent.
    resumes: u32,
}

impl Load {
    fn new(part: Part, ends: Rc<[usize]>) -> Self {
        Load {
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
        body_bytes(self.start(), self.ends[self.part.to - 1])
    }

    fn start(&self) -> usize {
        if self.part.from == 0 { 1 } else { self.ends[self.part.from - 1] + 1 }
    }

    /// Keeps the first events; gives those behind them.
    fn cut(&mut self, events: usize) -> Load {
        let at = self.part.from + events;
        let rest = Load {
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

/// Delivers batches. The first request goes alone, and so does every one while the service is in trouble: a wrong
/// key or address costs one request, and an outage is not met with a storm.
#[derive(Debug)]
pub struct Machine {
    policy: Policy,
    /// Whether parts are claimed before they are sent.
    claims: bool,
    queue: VecDeque<Load>,
    claiming: Vec<Load>,
    in_flight: Vec<Load>,
    done: VecDeque<Action>,
    pace: Pace,
    backoff: Backoff,
    sizes: Sizes,
    no_more: bool,
    /// A request was accepted, and none found the service in trouble since.
    open: bool,
    held: bool,
    offline: bool,
    unknown_in_a_row: u32,
    refused_in_a_row: u32,
    /// Refusals were settled of which it was not said whether they stand alone.
    in_doubt: bool,
    /// For how long the service has asked to be left alone, where that is longer than it gets.
    asked_longer: Option<f64>,
    stopped: Option<(Reason, String)>,
    /// It was offline when it stopped.
    stopped_offline: bool,
    /// How often the user has said to go on.
    resumes: u32,
}

impl Machine {
    /// With `claims`, each part is [claimed](Action::Claim) before it is sent.
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

    /// A part of a batch is ready to be sent. `ends` says where each event of the whole batch ends in its body.
    pub fn offer(&mut self, part: Part, ends: Rc<[usize]>) {
        self.queue.push_back(Load::new(part, ends));
    }

    /// The same before all others.
    pub fn offer_first(&mut self, part: Part, ends: Rc<[usize]>) {
        self.queue.push_front(Load::new(part, ends));
    }

    /// What waits here of this part is taken out: it is not sent.
    pub fn withdraw(&mut self, part: Part) {
        self.queue.retain(|load| !load.part.overlaps(part));
    }

    /// No other batch will come.
    pub fn no_more(&mut self) {
        self.no_more = true;
    }

    /// What [`Action::Claim`] asked for is done.
    pub fn claimed(&mut self, part: Part) {
        if let Some(mut load) = take(&mut self.claiming, part) {
            load.claimed = true;
            self.queue.push_front(load);
        }
    }

    /// A request that [`Action::Send`] asked for has ended.
    pub fn ended(&mut self, part: Part, ending: &Ending, attempt: Attempt, now: f64) {
        let Some(mut load) = take(&mut self.in_flight, part) else { return };
        load.attempts.push(attempt);
        if load.resumes == self.resumes {
            return self.judge(load, ending, now);
        }
        // the user has said to go on since it was sent: it tells of itself, and holds nobody back
        let (paused_until, asked_longer, stopped) = (self.pace.paused_until(), self.asked_longer, self.stopped.clone());
        self.judge(load, ending, now);
        self.pace.resume();
        self.pace.pause(paused_until);
        (self.asked_longer, self.stopped) = (asked_longer, stopped);
    }

    fn judge(&mut self, mut load: Load, ending: &Ending, now: f64) {
        let part = load.part;
        load.tries += 1;
        let (meaning, outcome) = Outcome::of(ending, part.events(), self.policy.runtime, &self.policy.statuses);
        let asked = match ending {
            Ending::Answer(answer) | Ending::Foreign(answer) => answer.wait,
            _ => None,
        };
        let asked = asked.map(|wait| self.asked_pause(wait, now));
        match meaning {
            Meaning::Accepted => {
                self.open = self.asked_longer.is_none();
                self.unknown_in_a_row = 0;
                self.refused_in_a_row = 0;
                self.tell_alone();
                self.backoff.accepted();
                self.sizes.accepted(load.bytes());
                self.settle(load, outcome);
            }
            Meaning::Refused => self.settle(load, outcome),
            Meaning::RefusedOrAll if load.maybe_taken => self.settle(load, outcome),
            Meaning::RefusedOrAll => {
                self.in_doubt = true;
                self.refused_in_a_row += 1;
                if self.refused_in_a_row >= REFUSED_MAX {
                    let message = outcome.message.clone().unwrap_or_default();
                    let why = " batches in a row were refused, with none accepted between them; of the last ";
                    self.stop(Reason::AllRefused, [&REFUSED_MAX.to_string(), why, &message].concat());
                }
                self.settle(load, Outcome { reason: Some(Reason::AllRefused), ..outcome });
            }
            Meaning::RefusesAll | Meaning::NeverReached | Meaning::Foreign => {
                self.stop_as(&outcome);
                self.settle(load, outcome);
            }
            Meaning::TooLarge => self.too_large(load, outcome, now),
            Meaning::Again => self.again(load, outcome, now),
            Meaning::Pause | Meaning::NotReached => {
                self.open = false;
                match self.backoff.next(load.tries) {
                    Some(wait) => {
                        // who asks for a pause says how long; else everybody waits as long as this batch
                        self.pace.pause(now + asked.unwrap_or(wait));
                        self.postpone(load, now);
                    }
                    None => {
                        let outcome = after_all(&load, outcome);
                        self.stop_as(&outcome);
                        self.settle(load, outcome);
                    }
                }
            }
            Meaning::Unknown => {
                load.maybe_taken = true;
                if self.policy.retry_unknown
                    && !matches!(ending, Ending::Cut)
                    && let Some(wait) = self.backoff.next(load.tries)
                {
                    return self.postpone(load, now + wait);
                }
                // what broke because the browser went offline says nothing about the service
                if !self.offline || matches!(ending, Ending::Answer(_)) {
                    self.unknown_in_a_row += 1;
                }
                if self.unknown_in_a_row >= UNKNOWN_MAX {
                    let max = UNKNOWN_MAX.to_string();
                    let message =
                        [max.as_str(), " batches came to no answer, with none accepted between them"].concat();
                    self.stop(outcome.reason.unwrap_or(Reason::Stopped), message);
                }
                self.settle(load, outcome);
            }
        }
    }

    /// The user stops the run: nothing more is sent, what is in flight is waited for.
    pub fn abort(&mut self) {
        self.stop(Reason::Aborted, "stopped by the user".to_owned());
    }

    /// Nothing more can be sent, for this reason.
    pub fn stop(&mut self, reason: Reason, message: String) {
        if self.stopped.is_none() {
            self.stopped = Some((reason, message));
            self.stopped_offline = self.offline;
        }
    }

    /// The user pauses the run, or lets it go on.
    pub fn hold(&mut self, held: bool) {
        self.held = held;
    }

    /// The browser is offline, or online again: offline no request begins, and the first one after it goes alone.
    pub fn set_offline(&mut self, offline: bool) {
        self.offline = offline;
        if offline {
            self.open = false;
            self.unknown_in_a_row = 0;
        }
    }

    /// Whether no request begins because the browser is offline.
    pub fn is_offline(&self) -> bool {
        self.offline
    }

    /// Until when the service has asked not to be sent anything.
    pub fn paused_until(&self) -> f64 {
        self.pace.paused_until()
    }

    /// Goes on where an earlier process was asked to wait.
    pub fn pause(&mut self, until: f64) {
        self.pace.pause(until);
    }

    /// The service asks to be left alone for so many milliseconds; gives how many of them it is.
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

    /// Of a wait that the service asks for, what it gets.
    pub fn given_pause(&self, wait: f64) -> f64 {
        wait.min(self.policy.pause_cap)
    }

    /// For how many milliseconds the service has asked to be left alone, while it is and where that is longer than it gets.
    pub fn asked_longer(&self, now: f64) -> Option<f64> {
        self.asked_longer.filter(|_| self.pace.paused_until() > now)
    }

    /// Whether another batch is to be offered when there is room for it.
    pub fn more(&mut self, more: bool) {
        self.no_more = !more;
    }

    /// Goes on after a stop, from this time on: the first request alone, and a single one that ends like those that
    /// stopped it stops it again.
    pub fn revive(&mut self, from: f64) {
        self.stopped = None;
        self.open = false;
        self.pace.pause(from);
    }

    /// The user's word: a pause is over, and what waits to be tried again is tried at once. What is in flight was sent
    /// before it: its answer neither pauses nor stops anything.
    pub fn resume(&mut self) {
        self.pace.resume();
        self.asked_longer = None;
        if !matches!(self.stopped, Some((Reason::JournalFailed, _))) {
            self.open &= self.stopped.is_none();
            self.stopped = None;
        }
        for load in &mut self.queue {
            load.ready_at = 0.0;
        }
        self.resumes = self.resumes.wrapping_add(1);
    }

    /// Whether a request is in flight that was sent before the user's last word to go on.
    pub fn has_older_in_flight(&self) -> bool {
        self.in_flight.iter().any(|load| load.resumes != self.resumes)
    }

    /// What is claimed, or about to be, and was not sent is to be claimed again.
    pub fn unclaim(&mut self) -> Vec<Part> {
        let mut unclaimed: Vec<Part> = self.claiming.iter().map(|load| load.part).collect();
        for load in std::mem::take(&mut self.claiming) {
            self.queue.push_front(load);
        }
        for load in self.queue.iter_mut().filter(|load| load.claimed && !load.maybe_taken) {
            load.claimed = false;
            unclaimed.push(load.part);
        }
        unclaimed
    }

    /// Whether something is in flight, or about to be.
    pub fn is_busy(&self) -> bool {
        self.busy() > 0
    }

    /// When the next request may begin.
    pub fn opens(&self) -> f64 {
        self.pace.opens()
    }

    /// When the first of what waits here may be sent.
    pub fn ready(&self) -> Option<f64> {
        self.queue.iter().map(|load| load.ready_at).reduce(f64::min).map(|ready| ready.max(self.opens()))
    }

    /// Whether another batch would be asked for.
    pub fn has_room(&self) -> bool {
        self.queue.len() < self.policy.concurrency
    }

    /// Why nothing more is sent.
    pub fn stopped(&self) -> Option<&(Reason, String)> {
        self.stopped.as_ref()
    }

    /// Whether it was the user who stopped the run.
    pub fn stopped_by_user(&self) -> bool {
        matches!(self.stopped, Some((Reason::Aborted, _)))
    }

    /// The parts whose requests are in flight.
    pub fn in_flight(&self) -> Vec<Part> {
        self.in_flight.iter().map(|load| load.part).collect()
    }

    /// What to do now. Ask again after each action, until there is nothing but [`Action::Wait`] or [`Action::Done`].
    pub fn next_action(&mut self, now: f64) -> Action {
        if let Some(action) = self.done.pop_front() {
            return action;
        }
        self.look_at_deadline(now);
        if let Some((reason, _)) = &self.stopped {
            let reason = *reason;
            if let Some(load) = self.queue.pop_front() {
                return settled(load, unsent_after(reason, self.stopped_offline));
            }
        } else if let Some(action) = self.send_next(now) {
            return action;
        }
        match (self.no_more, self.wants_more(now), self.is_idle()) {
            (false, true, _) => Action::Read,
            (true, _, true) if self.in_doubt && !self.refused_all() => {
                self.in_doubt = false;
                Action::RefusedAlone
            }
            (true, _, true) => Action::Done,
            _ => Action::Wait(self.next_time(now)),
        }
    }

    fn send_next(&mut self, now: f64) -> Option<Action> {
        if self.waits() || self.pace.opens() > now || self.busy() >= self.lanes() {
            return None;
        }
        let at = self.queue.iter().position(|load| load.ready_at <= now)?;
        let mut load = self.queue.remove(at)?;
        let whole = load.part;
        let fitting = self.sizes.fitting(&load.ends[whole.from..whole.to], load.start());
        // what may have been taken is not cut: the journal knows it as one
        if fitting < whole.events() && !load.maybe_taken {
            let was_claimed = load.claimed;
            let rest = load.cut(fitting);
            self.queue.insert(at, rest);
            if was_claimed {
                // what was written down no longer holds
                self.queue.insert(at, load);
                return Some(Action::Postpone(whole));
            }
        }
        let part = load.part;
        if load.claimed || !self.claims {
            self.pace.begin(now);
            load.resumes = self.resumes;
            self.in_flight.push(load);
            Some(Action::Send(part))
        } else {
            self.claiming.push(load);
            Some(Action::Claim(part))
        }
    }

    /// For the user, or for the browser to be online.
    fn waits(&self) -> bool {
        self.held || self.offline
    }

    fn lanes(&self) -> usize {
        if self.open { self.policy.concurrency } else { 1 }
    }

    fn busy(&self) -> usize {
        self.in_flight.len() + self.claiming.len()
    }

    fn is_idle(&self) -> bool {
        self.queue.is_empty() && self.claiming.is_empty() && self.in_flight.is_empty()
    }

    /// A batch that waits to be tried again holds the others back only when many do: memory holds few of them.
    fn wants_more(&self, now: f64) -> bool {
        if self.stopped.is_some() {
            return self.queue.is_empty();
        }
        let ready = self.queue.iter().any(|load| load.ready_at <= now);
        !ready && self.queue.len() < self.policy.concurrency && !(self.waits() || self.pace.paused_until() > now)
    }

    /// When there may be something to do without anything else happening.
    fn next_time(&self, now: f64) -> Option<f64> {
        if self.stopped.is_some() {
            return None;
        }
        let waits = self.waits();
        let ready = self.queue.iter().map(|load| load.ready_at).reduce(f64::min);
        let sends = ready.filter(|_| !waits && self.busy() < self.lanes()).map(|ready| ready.max(self.pace.opens()));
        let reads = (!waits && !self.no_more && self.queue.is_empty()).then(|| self.pace.paused_until());
        let deadline = self.policy.deadline.filter(|_| !self.queue.is_empty() || !self.no_more);
        [sends, reads, deadline].into_iter().flatten().filter(|&time| time > now).reduce(f64::min)
    }

    fn look_at_deadline(&mut self, now: f64) {
        let Some(deadline) = self.policy.deadline else { return };
        if now >= deadline {
            let message = if self.offline {
                "the browser was offline when the deadline of the run passed"
            } else {
                "the deadline of the run has passed"
            };
            self.stop(Reason::Deadline, message.to_owned());
        } else if self.pace.paused_until() >= deadline {
            let message = "the service asks for a pause that is longer than the deadline allows".to_owned();
            self.stop(Reason::Deadline, message);
        }
    }

    /// Not taken, though the service is there: the others go on meanwhile.
    fn again(&mut self, load: Load, outcome: Outcome, now: f64) {
        match self.backoff.next(load.tries) {
            Some(wait) => self.postpone(load, now + wait),
            None => {
                let outcome = after_all(&load, outcome);
                self.settle(load, outcome);
            }
        }
    }

    fn postpone(&mut self, mut load: Load, until: f64) {
        load.ready_at = until;
        load.claimed = load.maybe_taken; // what stands there as sent stays so
        if self.claims && !load.maybe_taken {
            self.done.push_back(Action::Postpone(load.part));
        }
        self.queue.push_front(load);
    }

    fn too_large(&mut self, mut load: Load, outcome: Outcome, now: f64) {
        let events = load.part.events();
        let useful = self.sizes.refused(load.bytes(), events);
        if !useful {
            let times =
                "whatever is sent, the service answers 413: it takes no body of this endpoint's events".to_owned();
            self.stop(Reason::TooLarge, times);
        }
        if events == 1 || !useful || load.maybe_taken {
            return self.settle(load, outcome);
        }
        load.tries -= 1; // it is cut when its turn comes, and tried again as what it then is
        self.postpone(load, now);
    }

    /// What was refused before the one that was just accepted stands alone, unless the run has stopped for it.
    fn tell_alone(&mut self) {
        if std::mem::take(&mut self.in_doubt) && !self.refused_all() {
            self.done.push_back(Action::RefusedAlone);
        }
    }

    /// Whether it stopped because nothing but refusals came.
    pub fn refused_all(&self) -> bool {
        matches!(self.stopped, Some((Reason::AllRefused, _)))
    }

    fn settle(&mut self, load: Load, outcome: Outcome) {
        self.done.push_back(settled(load, outcome));
    }

    fn stop_as(&mut self, outcome: &Outcome) {
        let message = outcome.message.clone().unwrap_or_default();
        self.stop(outcome.reason.unwrap_or(Reason::Stopped), message);
    }
}

fn take(loads: &mut Vec<Load>, part: Part) -> Option<Load> {
    let at = loads.iter().position(|load| load.part == part)?;
    Some(loads.swap_remove(at))
}

/// What may have been taken once stays unknown, whatever became of later requests, unless it was accepted.
fn settled(load: Load, outcome: Outcome) -> Action {
    let outcome = match outcome.state {
        State::Refused | State::Unsent if load.maybe_taken => Outcome { state: State::Unknown, ..outcome },
        _ => outcome,
    };
    Action::Settle(load.part, outcome, load.attempts)
}

fn after_all(load: &Load, outcome: Outcome) -> Outcome {
    let message = outcome.message.unwrap_or_default();
    let requests = load.tries.to_string();
    Outcome { message: Some(["after ", &requests, " requests: ", &message].concat()), ..outcome }
}

fn unsent_after(stop: Reason, offline: bool) -> Outcome {
    match stop {
        Reason::Aborted | Reason::Deadline if offline => Outcome::offline(),
        Reason::Aborted => Outcome::unsent(Reason::Aborted, "the run was stopped before its turn"),
        Reason::Deadline => Outcome::unsent(Reason::Deadline, "the deadline of the run passed before its turn"),
        _ => Outcome::unsent(Reason::Stopped, "the run had stopped before its turn"),
    }
}
