//! What a response means: one table from the service's status to how it is handled, and which 2xx are not the service's.

use std::ops::RangeInclusive;

use crate::certain::{Certainty, Failure, Runtime, certainty};
use crate::outcome::{Outcome, Reason, State};
use split_events::json::{self, Kind, Value};

/// What came of one request.
#[derive(Debug, Clone, PartialEq)]
pub enum Response {
    /// An answer came.
    Answer(Answer),
    /// An answer came that says 2xx and is not the service's.
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

/// What is done with a part after a response, and with those that wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Handling {
    /// Taken.
    Accepted,
    /// Not taken, and would not be another time.
    Refused,
    /// The same; but several in a row are not refused for their events.
    RefusedOrAll,
    /// Not taken, and no other will be.
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
    /// The same, and another server than the service answers.
    Foreign,
}

impl Handling {
    /// Returns what a user calls so in the option `statuses`.
    pub fn named(word: &str) -> Option<Self> {
        Some(match word {
            "accepted" => Handling::Accepted,
            "refused" => Handling::Refused,
            "retry" => Handling::Again,
            "pause" => Handling::Pause,
            "unknown" => Handling::Unknown,
            _ => return None,
        })
    }

    /// Returns the state of a part of this number of events that is not sent again.
    pub fn state(self, events: usize) -> State {
        match self {
            Handling::Accepted => State::Accepted,
            Handling::Refused | Handling::RefusedOrAll | Handling::RefusesAll => State::Refused,
            Handling::TooLarge if events == 1 => State::Refused,
            Handling::TooLarge | Handling::Again | Handling::Pause | Handling::NotReached | Handling::NeverReached => {
                State::Unsent
            }
            Handling::Unknown | Handling::Foreign => State::Unknown,
        }
    }
}

/// How each status is handled, and what the user says instead.
#[derive(Debug, Clone, Default)]
pub struct Statuses {
    own: Vec<(RangeInclusive<u16>, Handling)>,
}

/// The first row that has the status counts.
const STATUSES: &[(RangeInclusive<u16>, Handling, Reason)] = &[
    (200..=299, Handling::Accepted, Reason::Rejected),
    (300..=399, Handling::RefusesAll, Reason::Redirected),
    (401..=401, Handling::RefusesAll, Reason::Unauthorized),
    (402..=402, Handling::RefusesAll, Reason::PaymentRequired),
    (403..=403, Handling::RefusesAll, Reason::Forbidden),
    (404..=405, Handling::RefusesAll, Reason::NotFound),
    (406..=407, Handling::RefusesAll, Reason::RequestRefused),
    (408..=408, Handling::Again, Reason::RequestTimeout),
    (410..=410, Handling::RefusesAll, Reason::NotFound),
    (411..=411, Handling::RefusesAll, Reason::RequestRefused),
    (413..=413, Handling::TooLarge, Reason::TooLarge),
    (415..=415, Handling::RefusesAll, Reason::RequestRefused),
    (421..=421, Handling::RefusesAll, Reason::NotFound),
    (425..=425, Handling::Again, Reason::TooEarly),
    (426..=426, Handling::RefusesAll, Reason::RequestRefused),
    (429..=429, Handling::Pause, Reason::RateLimited),
    (431..=431, Handling::RefusesAll, Reason::RequestRefused),
    (451..=451, Handling::RefusesAll, Reason::RequestRefused),
    (400..=499, Handling::RefusedOrAll, Reason::Rejected),
    (503..=503, Handling::Pause, Reason::Unavailable),
    (500..=599, Handling::Unknown, Reason::ServerError),
    (0..=u16::MAX, Handling::Unknown, Reason::ServerError),
];

impl Statuses {
    /// Handles these statuses as the user says. Later calls count before earlier ones.
    pub fn set(&mut self, statuses: RangeInclusive<u16>, handling: Handling) {
        self.own.insert(0, (statuses, handling));
    }

    /// Says how a status is handled, and the reason if it is no acceptance.
    pub fn of(&self, status: u16) -> (Handling, Reason) {
        let usual = STATUSES.iter().find(|(range, ..)| range.contains(&status));
        let (handling, reason) =
            usual.map_or((Handling::Unknown, Reason::ServerError), |(_, handling, reason)| (*handling, *reason));
        (self.own(status).unwrap_or(handling), reason)
    }

    /// Returns how the user wants it to be handled.
    pub fn own(&self, status: u16) -> Option<Handling> {
        self.own.iter().find(|(range, _)| range.contains(&status)).map(|(_, own)| *own)
    }
}

impl Response {
    /// Says how to handle it, and how the part ends if it is not sent again. `events` is the size of the part.
    pub fn outcome(&self, events: usize, runtime: Runtime, statuses: &Statuses) -> (Handling, Outcome) {
        let (handling, reason, message) = match self {
            Response::Foreign(answer) if statuses.own(answer.status).is_none() => {
                (Handling::Foreign, Reason::ForeignAnswer, of_another_server(answer))
            }
            Response::Answer(answer) | Response::Foreign(answer) => {
                let (handling, reason) = statuses.of(answer.status);
                if handling == Handling::Accepted {
                    return (handling, Outcome::ACCEPTED);
                }
                (handling, reason, of_answer(handling, reason, answer, events))
            }
            Response::Redirect => (Handling::RefusesAll, Reason::Redirected, redirected("a redirect")),
            Response::Failed(failure) => {
                let (handling, reason, before, behind) = match certainty(runtime, failure) {
                    Certainty::NeverSent => (Handling::NotReached, Reason::NotConnected, NO_CONNECTION, CHECK),
                    Certainty::NeverWill => (Handling::NeverReached, Reason::NotConnected, NO_CONNECTION, CHECK),
                    Certainty::Unsure => (Handling::Unknown, Reason::ConnectionLost, FAILED, MAYBE_TAKEN),
                };
                (handling, reason, [before, &failure.line(), behind].concat())
            }
            Response::TimedOut => {
                (Handling::Unknown, Reason::Timeout, "no answer came in time; the service may have taken it".to_owned())
            }
            Response::Cut => (
                Handling::Unknown,
                Reason::Cut,
                "the request was cut before its answer; the service may have taken it".to_owned(),
            ),
        };
        (handling, Outcome::not_accepted(handling.state(events), reason, message))
    }

    /// Returns for how many milliseconds an answer asks to be left alone.
    pub fn asked_wait(&self) -> Option<f64> {
        match self {
            Response::Answer(answer) | Response::Foreign(answer) => answer.wait,
            _ => None,
        }
    }
}

const NO_CONNECTION: &str = "no connection to the service (";
const CHECK: &str = "): check the address and the network";
const FAILED: &str = "the request failed (";
const MAYBE_TAKEN: &str = "), so the service may have taken it";

fn of_answer(handling: Handling, reason: Reason, answer: &Answer, events: usize) -> String {
    let status = answer.status.to_string();
    let said = if answer.body.is_empty() { status } else { [&status, ": ", &answer.body].concat() };
    let then = match handling {
        Handling::RefusesAll | Handling::Refused if reason == Reason::Redirected => return redirected(&said),
        Handling::RefusesAll if reason == Reason::NotFound => ". Is this the address of the service?",
        Handling::RefusesAll if reason == Reason::PaymentRequired => ". Is the account active and paid for?",
        Handling::RefusesAll if reason == Reason::RequestRefused => {
            ", whatever events are sent: check the endpoint, and the proxy if there is one"
        }
        Handling::RefusesAll => ". Is this the SDK key of the right environment, and not the Admin key?",
        Handling::Accepted | Handling::Refused | Handling::RefusedOrAll => "",
        Handling::TooLarge if events == 1 => ": this one event is too large for it",
        Handling::TooLarge => ": send it again with a smaller maxBytes",
        Handling::Again | Handling::Pause | Handling::NotReached | Handling::NeverReached => {
            " and did not take it: send it again later"
        }
        Handling::Unknown | Handling::Foreign => ", which does not say whether it took it",
    };
    ["the service answered ", &said, then].concat()
}

fn of_another_server(Answer { status, body, .. }: &Answer) -> String {
    let what = if body.is_empty() { "a web page" } else { "an error: " };
    let then = ". This may not be the service: check the endpoint, and whether the network wants a log-in. \
                It is unknown whether the service took them";
    ["the answer was ", &status.to_string(), " with ", what, body, then].concat()
}

fn redirected(answer: &str) -> String {
    ["the service answered ", answer, ", and events are sent to no other address: correct the endpoint"].concat()
}

/// Whose an answer is that says 2xx.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// The service's.
    Ours,
    /// Another server's: it is a web page.
    Page,
    /// Its body decides, by [`tells_error`].
    Body,
}

/// Decides by the status and the Content-Type. 202, which the service answers, and 204 are always its own.
pub fn look(status: u16, content_type: &str) -> Look {
    if matches!(status, 202 | 204) {
        return Look::Ours;
    }
    let end = content_type.bytes().position(|byte| matches!(byte, b';' | b','));
    let kind = content_type.get(..end.unwrap_or(content_type.len())).unwrap_or_default().trim_ascii();
    let kind = kind.to_ascii_lowercase();
    match kind.as_str() {
        "text/html" | "application/xhtml+xml" => Look::Page,
        "application/json" => Look::Body,
        kind if kind.ends_with("+json") => Look::Body,
        _ => Look::Ours,
    }
}

/// Returns true if a body of JSON has a top-level `error` or `errors` that is not null, false, an empty text or an empty list.
pub fn tells_error(body: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(body) else { return false };
    let Ok(Value { kind: Kind::Object(members), .. }) = json::parse(text.trim_start_matches('\u{feff}')) else {
        return false;
    };
    members.iter().any(|member| matches!(&*member.name, "error" | "errors") && is_filled(&member.value))
}

fn is_filled(value: &Value) -> bool {
    match &value.kind {
        Kind::Null | Kind::Bool(false) => false,
        Kind::String(text) => !text.is_empty(),
        Kind::Array => value.raw.bytes().any(|byte| !matches!(byte, b'[' | b']' | b' ' | b'\t' | b'\r' | b'\n')),
        _ => true,
    }
}
