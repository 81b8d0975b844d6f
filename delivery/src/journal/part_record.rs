//! What a journal holds of one part of a batch.

use super::resolve::Resolution;
use crate::outcome::{Attempt, Outcome, State};
use crate::part::Part;

/// One part of a batch, whose held-back events are not counted.
#[derive(Debug, Clone, PartialEq)]
pub struct PartRecord {
    /// Its batch, and which events of it.
    pub part: Part,
    /// How far it has come.
    pub state: PartState,
    /// The requests that were made for it.
    pub attempts: Vec<Attempt>,
    /// How it was unknown before the user decided. The decision can be taken back until an import that goes on acts on
    /// it.
    pub was: Option<Outcome>,
}

/// How far a part has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PartState {
    /// It is claimed: about to be sent, or sent. After a crash it is unknown.
    Dispatching,
    /// It has its outcome.
    Ended(Outcome),
    /// It was unknown, and the user has decided to send it again.
    Resend,
}

impl PartState {
    /// Returns whether it was refused for what may be put right without changing its events.
    pub fn is_of_settings(&self) -> bool {
        matches!(self, PartState::Ended(outcome) if outcome.is_of_settings())
    }

    /// Returns whether it is planned.
    pub(super) fn waits(&self) -> bool {
        match self {
            PartState::Dispatching => false,
            PartState::Resend => true,
            PartState::Ended(outcome) => outcome.state == State::Unsent,
        }
    }
}

impl PartRecord {
    /// Returns whether the user is to decide about it.
    pub fn is_open(&self) -> bool {
        matches!(&self.state, PartState::Ended(outcome) if outcome.is_open())
    }

    /// Returns the user's decision about it, as long as it can be taken back.
    pub fn decision(&self) -> Option<Resolution> {
        match (&self.state, &self.was) {
            (PartState::Resend, _) => Some(Resolution::Resend),
            (PartState::Ended(outcome), Some(_)) if outcome.state == State::Accepted => Some(Resolution::Accepted),
            (PartState::Ended(_), Some(_)) => Some(Resolution::Drop),
            _ => None,
        }
    }
}
