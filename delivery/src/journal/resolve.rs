//! A user's decision about events whose outcome is unknown.

use crate::outcome::State;

/// What a user decides about something unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resolution {
    /// Send it again, though it may then count twice.
    Resend,
    /// Give it up, though it may be lost.
    Drop,
    /// The service has it.
    Accepted,
}

impl Resolution {
    /// Returns the decision with this name, if there is one.
    pub fn named(name: &str) -> Option<Self> {
        Some(match name {
            "resend" => Resolution::Resend,
            "drop" => Resolution::Drop,
            "accepted" => Resolution::Accepted,
            _ => return None,
        })
    }

    /// Returns its name.
    pub fn as_str(self) -> &'static str {
        match self {
            Resolution::Resend => "resend",
            Resolution::Drop => "drop",
            Resolution::Accepted => "accepted",
        }
    }
}

/// Why a decision is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotResolved {
    /// The journal has no such id.
    NoSuch,
    /// It was sent in parts, and each is to be decided.
    InParts,
    /// There is no decision to take back.
    Open,
    /// It was decided so, and that can be taken back.
    Decided(Resolution),
    /// It was decided so, and an import that went on has acted on it.
    Done(Resolution),
    /// It is in this state, and not by a decision.
    Is(State),
}

impl NotResolved {
    /// Returns the case and the decision or state in it, by which a caller words the reason.
    pub fn words(self) -> (&'static str, &'static str) {
        match self {
            NotResolved::NoSuch => ("none", ""),
            NotResolved::InParts => ("parts", ""),
            NotResolved::Open => ("open", ""),
            NotResolved::Decided(decision) => ("decided", decision.as_str()),
            NotResolved::Done(decision) => ("done", decision.as_str()),
            NotResolved::Is(state) => ("is", state.as_str()),
        }
    }
}
