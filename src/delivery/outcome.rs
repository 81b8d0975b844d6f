//! What became of a batch: one table from the service's status to its meaning.

use std::ops::RangeInclusive;

use serde::{Serialize, Serializer};

use super::certain::{Failure, Runtime, never_sent};
use crate::text::find;

/// The states in which an event can end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
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

/// How one request ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ending {
    /// An answer came, with this status and the start of its body.
    Status(u16, String),
    /// A redirect whose status the browser hides.
    Redirect,
    /// `fetch` failed.
    Failed(Failure),
    /// No answer came in time, and the request was aborted.
    TimedOut,
    /// The user aborted the request.
    Cut,
}

/// Why a batch was not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// 401
    Unauthorized,
    /// 403
    Forbidden,
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
    /// The run was stopped before this batch's turn.
    Stopped,
    /// The user stopped the run before this batch's turn.
    Aborted,
}

impl Reason {
    /// The stable word that users see.
    pub fn as_str(self) -> &'static str {
        match self {
            Reason::Unauthorized => "unauthorized",
            Reason::Forbidden => "forbidden",
            Reason::RequestTimeout => "request_timeout",
            Reason::TooLarge => "too_large",
            Reason::TooEarly => "too_early",
            Reason::RateLimited => "rate_limited",
            Reason::Unavailable => "unavailable",
            Reason::Redirected => "redirected",
            Reason::Rejected => "rejected",
            Reason::ServerError => "server_error",
            Reason::NotConnected => "not_connected",
            Reason::ConnectionLost => "connection_lost",
            Reason::Timeout => "timeout",
            Reason::Cut => "cut",
            Reason::Stopped => "stopped",
            Reason::Aborted => "aborted",
        }
    }
}

impl Serialize for Reason {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// What an answer means for the batch, and for those after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Meaning {
    /// Taken.
    Accepted,
    /// Not taken, and would not be another time.
    Refused,
    /// Not taken, nor will any other batch of this run.
    RefusesAll,
    /// Not taken because of its size.
    TooLarge,
    /// Not taken; another time it may be.
    Again,
    /// Not taken; the service asks everyone to wait.
    Pause,
    /// It may have been taken.
    Unknown,
}

/// The first row that has the status counts.
const STATUS: [(RangeInclusive<u16>, Meaning, Reason); 12] = [
    (200..=299, Meaning::Accepted, Reason::Rejected),
    (300..=399, Meaning::Refused, Reason::Redirected),
    (401..=401, Meaning::RefusesAll, Reason::Unauthorized),
    (403..=403, Meaning::RefusesAll, Reason::Forbidden),
    (408..=408, Meaning::Again, Reason::RequestTimeout),
    (413..=413, Meaning::TooLarge, Reason::TooLarge),
    (425..=425, Meaning::Again, Reason::TooEarly),
    (429..=429, Meaning::Pause, Reason::RateLimited),
    (400..=499, Meaning::Refused, Reason::Rejected),
    (503..=503, Meaning::Pause, Reason::Unavailable),
    (500..=599, Meaning::Unknown, Reason::ServerError),
    (0..=u16::MAX, Meaning::Unknown, Reason::ServerError),
];

/// How a batch ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// Where its events stand now.
    pub state: State,
    /// Why, unless accepted.
    pub reason: Option<Reason>,
    /// The same for a person to read.
    pub message: Option<String>,
    /// Whether nothing more should be sent in this run.
    pub stops: bool,
}

impl Outcome {
    /// Of a request that ended so, for a batch of this many events.
    pub fn of(ending: &Ending, events: usize, runtime: Runtime) -> Outcome {
        match ending {
            Ending::Status(status, body) => Outcome::of_status(*status, body, events),
            Ending::Redirect => Outcome::not_accepted(State::Refused, Reason::Redirected, redirected("a redirect")),
            Ending::Failed(failure) if never_sent(runtime, failure) => Outcome {
                stops: true,
                ..Outcome::not_accepted(
                    State::Unsent,
                    Reason::NotConnected,
                    format!("no connection to the service ({}): check the address and the network", words(failure)),
                )
            },
            Ending::Failed(failure) => Outcome::not_accepted(
                State::Unknown,
                Reason::ConnectionLost,
                format!("the request failed ({}), and nothing proves that the service did not take it", words(failure)),
            ),
            Ending::TimedOut => Outcome::not_accepted(
                State::Unknown,
                Reason::Timeout,
                "no answer came in time; the service may have taken it".to_owned(),
            ),
            Ending::Cut => Outcome::not_accepted(
                State::Unknown,
                Reason::Cut,
                "the request was cut before its answer; the service may have taken it".to_owned(),
            ),
        }
    }

    fn of_status(status: u16, body: &str, events: usize) -> Outcome {
        let &(_, meaning, reason) =
            STATUS.iter().find(|(range, ..)| range.contains(&status)).unwrap_or(&STATUS[STATUS.len() - 1]);
        let answer = if body.is_empty() { format!("{status}") } else { format!("{status}: {body}") };
        let (state, message) = match meaning {
            Meaning::Accepted => return Outcome { state: State::Accepted, reason: None, message: None, stops: false },
            Meaning::RefusesAll => (
                State::Refused,
                format!(
                    "the service answered {answer}. Is this the SDK key of the right environment, and not the Admin key?"
                ),
            ),
            Meaning::Refused if reason == Reason::Redirected => (State::Refused, redirected(&answer)),
            Meaning::Refused => (State::Refused, format!("the service answered {answer}")),
            Meaning::TooLarge if events == 1 => {
                (State::Refused, format!("the service answered {answer}: this one event is too large for it"))
            }
            Meaning::TooLarge => {
                (State::Unsent, format!("the service answered {answer}: send it again with a smaller maxBytes"))
            }
            Meaning::Again | Meaning::Pause => {
                (State::Unsent, format!("the service answered {answer} and did not take it: send it again later"))
            }
            Meaning::Unknown => {
                (State::Unknown, format!("the service answered {answer}, which does not say whether it took it"))
            }
        };
        Outcome {
            stops: matches!(meaning, Meaning::RefusesAll | Meaning::Pause),
            ..Outcome::not_accepted(state, reason, message)
        }
    }

    /// Of a batch that was never sent.
    pub fn unsent(reason: Reason, message: &str) -> Outcome {
        Outcome::not_accepted(State::Unsent, reason, message.to_owned())
    }

    fn not_accepted(state: State, reason: Reason, message: String) -> Outcome {
        Outcome { state, reason: Some(reason), message: Some(message), stops: false }
    }
}

fn redirected(answer: &str) -> String {
    format!("the service answered {answer}, and events are sent to no other address: correct the endpoint")
}

fn words(failure: &Failure) -> String {
    match (failure.code.as_str(), failure.message.as_str()) {
        ("", message) => message.to_owned(),
        (code, message) if message.is_empty() || find(message, code).is_some() => {
            if message.is_empty() {
                code.to_owned()
            } else {
                message.to_owned()
            }
        }
        (code, message) => format!("{code}: {message}"),
    }
}

impl Failure {
    /// One line about it, for an attempt.
    pub fn line(&self) -> String {
        words(self)
    }
}
