//! How to handle a response: one table for the service's statuses, and the signs of a 2xx of another server.

use std::ops::RangeInclusive;

use crate::certain::{Certainty, Failure, Runtime, certainty};
use crate::outcome::{Outcome, Reason, State};
use split_events::json::{self, Kind, Value};

/// The response to one request.
#[derive(Debug, Clone, PartialEq)]
pub enum Response {
    /// An answer came.
    Answer(Answer),
    /// A 2xx answer came that is not the service's.
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

/// An answer of the service.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The start of the body.
    pub body: String,
    /// The length of the pause that it asks for, in milliseconds.
    pub wait: Option<f64>,
}

/// The handling of a part after its response, and of the parts that wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Handling {
    /// It was taken.
    Accepted,
    /// It was not taken, and would not be another time.
    Refused,
    /// It was not taken; but if several in a row are not, their events are not the cause.
    RefusedOrAll,
    /// It was not taken, and no other will be.
    RefusesAll,
    /// It was not taken because of its size.
    TooLarge,
    /// It was not taken, and may be another time.
    Again,
    /// It was not taken; the service asks for a pause.
    Pause,
    /// It did not reach the service.
    NotReached,
    /// It did not reach the service, and no other will.
    NeverReached,
    /// It may have been taken.
    Unknown,
    /// It may have been taken; another server than the service answers.
    Foreign,
}

impl Handling {
    /// Returns the handling that has this name in the option `statuses`.
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

    /// Returns the state of a part with this number of events that is not sent again.
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

/// The handling of each status, with the user's own choices.
#[derive(Debug, Clone, Default)]
pub struct Statuses {
    own: Vec<(RangeInclusive<u16>, Handling)>,
}

/// The handling of each status by default. The first row that has the status counts.
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
    /// Sets how to handle these statuses. Later calls count before earlier ones.
    pub fn set(&mut self, statuses: RangeInclusive<u16>, handling: Handling) {
        self.own.insert(0, (statuses, handling));
    }

    /// Returns how to handle a status, and the reason if it is not accepted.
    pub fn of(&self, status: u16) -> (Handling, Reason) {
        let usual = STATUSES.iter().find(|(range, ..)| range.contains(&status));
        let (handling, reason) =
            usual.map_or((Handling::Unknown, Reason::ServerError), |(_, handling, reason)| (*handling, *reason));
        (self.own(status).unwrap_or(handling), reason)
    }

    /// Returns how the user has chosen to handle a status.
    pub fn own(&self, status: u16) -> Option<Handling> {
        self.own.iter().find(|(range, _)| range.contains(&status)).map(|(_, own)| *own)
    }
}

impl Response {
    /// Returns how to handle the response, and how the part ends if it is not sent again. `events` is the number of its
    /// events.
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

    /// Returns the length of the pause that an answer asks for, in milliseconds.
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

/// The server from which a 2xx answer comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// The service.
    Ours,
    /// Another server: the answer is a web page.
    Page,
    /// Its body decides, by [`tells_error`].
    Body,
}

/// Decides by the status and the Content-Type. 202, which the service answers, and 204 always count as the service's.
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

/// Returns true if a body in JSON has a top-level `error` or `errors` that is not null, false, an empty text or an
/// empty list.
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
