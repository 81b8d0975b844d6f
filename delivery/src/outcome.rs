//! What became of a batch: one table from the service's status to its meaning.

use std::ops::RangeInclusive;

use serde::{Serialize, Serializer};

use crate::certain::{Failure, Proof, Runtime, proof};
use split_events::text::find;

/// The states in which an event can end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// The service answered 2xx: it took the event.
    Accepted,
    /// The service answered that it does not take it.
    Refused,
    /// Nobody can say whether the service took it.
    Unknown,
    /// Certainly not taken, and not refused.
    Unsent,
}

impl State {
    /// Every state and its stable word.
    pub const WORDS: [(State, &str); 4] = [
        (State::Accepted, "accepted"),
        (State::Refused, "refused"),
        (State::Unknown, "unknown"),
        (State::Unsent, "unsent"),
    ];

    /// The word that users see.
    pub fn as_str(self) -> &'static str {
        Self::WORDS[self as usize].1
    }

    /// By its word.
    pub fn named(word: &str) -> Option<Self> {
        Self::WORDS.iter().find(|(_, name)| *name == word).map(|(state, _)| *state)
    }
}

impl Serialize for State {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// How one request ended.
#[derive(Debug, Clone, PartialEq)]
pub enum Ending {
    /// An answer came.
    Answer(Answer),
    /// An answer came that says 2xx and is no word of the service.
    Foreign(Answer),
    /// A redirect whose status the browser hides.
    Redirect,
    /// `fetch` failed.
    Failed(Failure),
    /// No answer came in time, and the request was aborted.
    TimedOut,
    /// The user aborted the request.
    Cut,
}

/// What the service answered.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The start of the body.
    pub body: String,
    /// For how many milliseconds it asks to be left alone.
    pub wait: Option<f64>,
}

/// Why a batch was not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// 401
    Unauthorized,
    /// 403
    Forbidden,
    /// 404, 405, 410, 421: nothing at this address takes events.
    NotFound,
    /// 402
    PaymentRequired,
    /// 406, 407, 411, 415, 426, 431, 451: no such request is taken, whatever is in it.
    RequestRefused,
    /// 408
    RequestTimeout,
    /// 413
    TooLarge,
    /// 425
    TooEarly,
    /// 429
    RateLimited,
    /// 503
    Unavailable,
    /// 3xx
    Redirected,
    /// Another 4xx, or an answer that is no final status.
    Rejected,
    /// The same several times in a row: it may be for something else than the events.
    AllRefused,
    /// A 2xx of somebody else.
    ForeignAnswer,
    /// 500, 502, 504 and other 5xx
    ServerError,
    /// The request certainly never left.
    NotConnected,
    /// The request failed, and it is not known when.
    ConnectionLost,
    /// No answer in time.
    Timeout,
    /// The user cut the request.
    Cut,
    /// The process ended while the request was under way.
    Crashed,
    /// The deadline of the run passed before this batch's turn.
    Deadline,
    /// An earlier import has delivered the same events.
    Duplicate,
    /// The same, under another SDK key.
    OtherKey,
    /// The journal or the ledger could not be written.
    JournalFailed,
    /// The user gave up what was unknown.
    Dropped,
    /// The run was stopped before this batch's turn.
    Stopped,
    /// The user stopped the run before this batch's turn.
    Aborted,
    /// The client's queue had no room.
    Overflow,
    /// The client was closed before.
    Closed,
    /// The page was left while the request was under way.
    PageLeft,
    /// The browser was offline until the run ended.
    Offline,
}

/// Every reason and its stable word.
const REASONS: &[(Reason, &str)] = &[
    (Reason::Unauthorized, "unauthorized"),
    (Reason::Forbidden, "forbidden"),
    (Reason::NotFound, "not_found"),
    (Reason::PaymentRequired, "payment_required"),
    (Reason::RequestRefused, "request_refused"),
    (Reason::RequestTimeout, "request_timeout"),
    (Reason::TooLarge, "too_large"),
    (Reason::TooEarly, "too_early"),
    (Reason::RateLimited, "rate_limited"),
    (Reason::Unavailable, "unavailable"),
    (Reason::Redirected, "redirected"),
    (Reason::Rejected, "rejected"),
    (Reason::AllRefused, "all_refused"),
    (Reason::ForeignAnswer, "foreign_answer"),
    (Reason::ServerError, "server_error"),
    (Reason::NotConnected, "not_connected"),
    (Reason::ConnectionLost, "connection_lost"),
    (Reason::Timeout, "timeout"),
    (Reason::Cut, "cut"),
    (Reason::Crashed, "crashed"),
    (Reason::Deadline, "deadline"),
    (Reason::Duplicate, "duplicate"),
    (Reason::OtherKey, "other_key"),
    (Reason::JournalFailed, "journal_failed"),
    (Reason::Dropped, "dropped"),
    (Reason::Stopped, "stopped"),
    (Reason::Aborted, "aborted"),
    (Reason::Overflow, "overflow"),
    (Reason::Closed, "closed"),
    (Reason::PageLeft, "page_left"),
    (Reason::Offline, "offline"),
];

impl Reason {
    /// Every reason and its stable word.
    pub const WORDS: &'static [(Reason, &'static str)] = REASONS;

    /// Whether it is, or may be, for the key, the address or the account: with the right one the same events may be taken.
    pub fn is_of_settings(self) -> bool {
        matches!(
            self,
            Reason::Unauthorized
                | Reason::Forbidden
                | Reason::NotFound
                | Reason::PaymentRequired
                | Reason::RequestRefused
                | Reason::Redirected
                | Reason::AllRefused
        )
    }

    /// The stable word that users see.
    pub fn as_str(self) -> &'static str {
        REASONS.iter().find(|(reason, _)| *reason == self).map_or("", |(_, word)| word)
    }

    /// By its word.
    pub fn named(word: &str) -> Option<Self> {
        REASONS.iter().find(|(_, name)| *name == word).map(|(reason, _)| *reason)
    }
}

impl Serialize for Reason {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// What an ending means for the batch, and for those after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meaning {
    /// Taken.
    Accepted,
    /// Not taken, and would not be another time.
    Refused,
    /// The same; but several in a row are for something else than their events.
    RefusedOrAll,
    /// Not taken, nor will any other batch of this run.
    RefusesAll,
    /// Not taken because of its size.
    TooLarge,
    /// Not taken; another time it may be.
    Again,
    /// Not taken; the service asks everyone to wait.
    Pause,
    /// Not taken: the service was never reached.
    NotReached,
    /// Not taken: the service was never reached, and will not be.
    NeverReached,
    /// It may have been taken.
    Unknown,
    /// The same, and somebody else than the service answers.
    Foreign,
}

impl Meaning {
    /// By the word that a user gives it in the table of statuses.
    pub fn named(word: &str) -> Option<Self> {
        Some(match word {
            "accepted" => Meaning::Accepted,
            "refused" => Meaning::Refused,
            "retry" => Meaning::Again,
            "pause" => Meaning::Pause,
            "unknown" => Meaning::Unknown,
            _ => return None,
        })
    }

    /// Where the events of a batch stand that is not tried again.
    pub fn state(self, events: usize) -> State {
        match self {
            Meaning::Accepted => State::Accepted,
            Meaning::Refused | Meaning::RefusedOrAll | Meaning::RefusesAll => State::Refused,
            Meaning::TooLarge if events == 1 => State::Refused,
            Meaning::TooLarge | Meaning::Again | Meaning::Pause | Meaning::NotReached | Meaning::NeverReached => {
                State::Unsent
            }
            Meaning::Unknown | Meaning::Foreign => State::Unknown,
        }
    }
}

/// From statuses to meanings, as data: the first row that has the status counts.
#[derive(Debug, Clone, Default)]
pub struct Statuses {
    own: Vec<(RangeInclusive<u16>, Meaning)>,
}

const STATUSES: &[(RangeInclusive<u16>, Meaning, Reason)] = &[
    (200..=299, Meaning::Accepted, Reason::Rejected),
    (300..=399, Meaning::RefusesAll, Reason::Redirected),
    (401..=401, Meaning::RefusesAll, Reason::Unauthorized),
    (402..=402, Meaning::RefusesAll, Reason::PaymentRequired),
    (403..=403, Meaning::RefusesAll, Reason::Forbidden),
    (404..=405, Meaning::RefusesAll, Reason::NotFound),
    (406..=407, Meaning::RefusesAll, Reason::RequestRefused),
    (408..=408, Meaning::Again, Reason::RequestTimeout),
    (410..=410, Meaning::RefusesAll, Reason::NotFound),
    (411..=411, Meaning::RefusesAll, Reason::RequestRefused),
    (413..=413, Meaning::TooLarge, Reason::TooLarge),
    (415..=415, Meaning::RefusesAll, Reason::RequestRefused),
    (421..=421, Meaning::RefusesAll, Reason::NotFound),
    (425..=425, Meaning::Again, Reason::TooEarly),
    (426..=426, Meaning::RefusesAll, Reason::RequestRefused),
    (429..=429, Meaning::Pause, Reason::RateLimited),
    (431..=431, Meaning::RefusesAll, Reason::RequestRefused),
    (451..=451, Meaning::RefusesAll, Reason::RequestRefused),
    (400..=499, Meaning::RefusedOrAll, Reason::Rejected),
    (503..=503, Meaning::Pause, Reason::Unavailable),
    (500..=599, Meaning::Unknown, Reason::ServerError),
    (0..=u16::MAX, Meaning::Unknown, Reason::ServerError),
];

impl Statuses {
    /// The user knows better what these statuses mean. Later ones count before earlier ones.
    pub fn set(&mut self, statuses: RangeInclusive<u16>, meaning: Meaning) {
        self.own.insert(0, (statuses, meaning));
    }

    /// What a status means, and the word for it.
    pub fn of(&self, status: u16) -> (Meaning, Reason) {
        let usual = STATUSES.iter().find(|(range, ..)| range.contains(&status));
        let (meaning, reason) = usual.map_or((Meaning::Unknown, Reason::ServerError), |(_, m, r)| (*m, *r));
        (self.own(status).unwrap_or(meaning), reason)
    }

    /// What the user says that it means.
    pub fn own(&self, status: u16) -> Option<Meaning> {
        self.own.iter().find(|(range, _)| range.contains(&status)).map(|(_, own)| *own)
    }
}

/// How a batch ended, or would end if it is not tried again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// Where its events stand now.
    pub state: State,
    /// Why, unless accepted.
    pub reason: Option<Reason>,
    /// The same for a person to read.
    pub message: Option<String>,
}

impl Outcome {
    /// Taken.
    pub const ACCEPTED: Outcome = Outcome { state: State::Accepted, reason: None, message: None };

    /// Of one request that ended so, for a batch of this many events.
    pub fn of(ending: &Ending, events: usize, runtime: Runtime, statuses: &Statuses) -> (Meaning, Outcome) {
        let (meaning, reason, message) = match ending {
            Ending::Foreign(answer) if statuses.own(answer.status).is_none() => {
                (Meaning::Foreign, Reason::ForeignAnswer, of_somebody_else(answer))
            }
            Ending::Answer(answer) | Ending::Foreign(answer) => {
                let (meaning, reason) = statuses.of(answer.status);
                if meaning == Meaning::Accepted {
                    return (meaning, Outcome::ACCEPTED);
                }
                (meaning, reason, of_answer(meaning, reason, answer, events))
            }
            Ending::Redirect => (Meaning::RefusesAll, Reason::Redirected, redirected("a redirect")),
            Ending::Failed(failure) => {
                let (meaning, reason, before, behind) = match proof(runtime, failure) {
                    Proof::NeverSent => (Meaning::NotReached, Reason::NotConnected, NO_CONNECTION, CHECK),
                    Proof::NeverWill => (Meaning::NeverReached, Reason::NotConnected, NO_CONNECTION, CHECK),
                    Proof::Nothing => (Meaning::Unknown, Reason::ConnectionLost, FAILED, NO_PROOF),
                };
                (meaning, reason, [before, &failure.line(), behind].concat())
            }
            Ending::TimedOut => {
                (Meaning::Unknown, Reason::Timeout, "no answer came in time; the service may have taken it".to_owned())
            }
            Ending::Cut => (
                Meaning::Unknown,
                Reason::Cut,
                "the request was cut before its answer; the service may have taken it".to_owned(),
            ),
        };
        (meaning, Outcome::not_accepted(meaning.state(events), reason, message))
    }

    /// Whether the user's word on it is awaited.
    pub fn is_open(&self) -> bool {
        self.state == State::Unknown && self.reason != Some(Reason::Dropped)
    }

    /// Refused, for what may be put right without changing its events.
    pub fn is_of_settings(&self) -> bool {
        self.state == State::Refused && self.reason.is_some_and(Reason::is_of_settings)
    }

    /// Of a batch whose page was left before its answer came.
    pub fn page_left() -> Outcome {
        let message = "the page was left while the browser had it; the service may have taken it".to_owned();
        Outcome::not_accepted(State::Unknown, Reason::PageLeft, message)
    }

    /// Of a batch that was never sent.
    pub fn unsent(reason: Reason, message: &str) -> Outcome {
        Outcome::not_accepted(State::Unsent, reason, message.to_owned())
    }

    /// Of a batch for which no request may begin: the browser is offline.
    pub fn offline() -> Outcome {
        Outcome::unsent(Reason::Offline, "the browser is offline: send it again once it is online")
    }

    /// Of a batch that was not accepted.
    pub fn not_accepted(state: State, reason: Reason, message: String) -> Outcome {
        Outcome { state, reason: Some(reason), message: Some(message) }
    }
}

const NO_CONNECTION: &str = "no connection to the service (";
const CHECK: &str = "): check the address and the network";
const FAILED: &str = "the request failed (";
const NO_PROOF: &str = "), and nothing proves that the service did not take it";

fn of_answer(meaning: Meaning, reason: Reason, answer: &Answer, events: usize) -> String {
    let status = answer.status.to_string();
    let said = if answer.body.is_empty() { status } else { [&status, ": ", &answer.body].concat() };
    let then = match meaning {
        Meaning::RefusesAll | Meaning::Refused if reason == Reason::Redirected => return redirected(&said),
        Meaning::RefusesAll if reason == Reason::NotFound => ". Is this the address of the service?",
        Meaning::RefusesAll if reason == Reason::PaymentRequired => ". Is the account active and paid for?",
        Meaning::RefusesAll if reason == Reason::RequestRefused => {
            ", whatever events are sent: check the endpoint, and the proxy where there is one"
        }
        Meaning::RefusesAll => ". Is this the SDK key of the right environment, and not the Admin key?",
        Meaning::Accepted | Meaning::Refused | Meaning::RefusedOrAll => "",
        Meaning::TooLarge if events == 1 => ": this one event is too large for it",
        Meaning::TooLarge => ": send it again with a smaller maxBytes",
        Meaning::Again | Meaning::Pause | Meaning::NotReached | Meaning::NeverReached => {
            " and did not take it: send it again later"
        }
        Meaning::Unknown | Meaning::Foreign => ", which does not say whether it took it",
    };
    ["the service answered ", &said, then].concat()
}

fn of_somebody_else(Answer { status, body, .. }: &Answer) -> String {
    let what = if body.is_empty() { "a web page" } else { "an error: " };
    let then = ". This may not be the service: check the endpoint, and whether the network wants a log-in. \
                Nobody knows whether it took them";
    ["the answer was ", &status.to_string(), " with ", what, body, then].concat()
}

fn redirected(answer: &str) -> String {
    ["the service answered ", answer, ", and events are sent to no other address: correct the endpoint"].concat()
}

impl Failure {
    /// One line about it.
    pub fn line(&self) -> String {
        match (self.code.as_str(), self.message.as_str()) {
            ("", message) => message.to_owned(),
            (code, "") => code.to_owned(),
            (code, message) if find(message, code).is_some() => message.to_owned(),
            (code, message) => [code, ": ", message].concat(),
        }
    }
}
