//! What a journal has of unknown outcome, and the user's decision about it.

use super::batch_record::BatchRecord;
use super::entry;
use super::part_record::{PartRecord, PartState};
use super::recovered::Recovered;
use super::resolve::{NotResolved, Resolution};
use super::write::Write;
use crate::outcome::{Outcome, Reason, State};
use crate::part::{Part, Position, batch_id};

/// What a receipt says of what the user has decided to be accepted.
const DECIDED_ACCEPTED: &str = "you said that the service has it";

/// An outcome that says no more than that it is unknown.
const UNKNOWN: Outcome = Outcome { state: State::Unknown, reason: None, message: None };

/// A batch, or a part of one, whose outcome is unknown.
#[derive(Debug, Clone, serde::Serialize)]
pub struct Unknown {
    /// The id of the batch, or of its part.
    pub id: String,
    /// The number of its events.
    pub events: usize,
    /// Why it is unknown.
    pub reason: Option<Reason>,
    /// The same for a person.
    pub message: Option<String>,
    /// The first event of its batch.
    pub from: Position,
    /// The last event of its batch.
    pub to: Position,
    /// What the user has decided about it, as long as that can be taken back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decided: Option<&'static str>,
}

impl Recovered {
    /// Returns what is unknown, and what was decided and can be taken back. An outbox has no import id: `""`.
    pub fn unknown(&self, import_id: &str) -> Vec<Unknown> {
        let of_batch = |record: &BatchRecord| {
            let of_part = |one: &PartRecord| {
                let decided = one.decision();
                let outcome = match (&one.was, &one.state) {
                    (Some(was), _) => was,
                    (None, PartState::Ended(outcome)) if outcome.is_open() => outcome,
                    _ if decided.is_some() => &UNKNOWN,
                    _ => return None,
                };
                Some(Unknown {
                    id: id_of(import_id, record, one.part),
                    events: one.part.events(),
                    reason: outcome.reason,
                    message: outcome.message.clone(),
                    from: Position::new(record.from.0, record.from.1.as_deref()),
                    to: Position::new(record.to.0, record.to.1.as_deref()),
                    decided: decided.map(Resolution::as_str),
                })
            };
            record.parts.iter().filter_map(of_part).collect::<Vec<_>>()
        };
        self.batches.iter().flat_map(of_batch).collect()
    }

    /// Decides about what is unknown under this id, or takes a decision back if there is none, and returns what is to be
    /// written.
    pub fn resolve(
        &mut self,
        import_id: &str,
        id: &str,
        decision: Option<Resolution>,
    ) -> Result<Vec<Write>, NotResolved> {
        let found = |record: &&mut BatchRecord| record.parts.iter().any(|one| id_of(import_id, record, one.part) == id);
        let Some(record) = self.batches.iter_mut().find(found) else {
            return Err(self.without_part(import_id, id));
        };
        let at = record.parts.iter().position(|one| id_of(import_id, record, one.part) == id).unwrap_or_default();
        let one = &mut record.parts[at];
        match (decision, &one.state) {
            (Some(decision), PartState::Ended(outcome)) if outcome.is_open() => {
                one.was = Some(outcome.clone());
                one.state = match decision {
                    Resolution::Resend => PartState::Resend,
                    Resolution::Accepted => {
                        PartState::Ended(Outcome { message: Some(DECIDED_ACCEPTED.to_owned()), ..Outcome::ACCEPTED })
                    }
                    Resolution::Drop => {
                        let message = "nobody knows whether the service took it, and you gave it up".to_owned();
                        PartState::Ended(Outcome::not_accepted(State::Unknown, Reason::Dropped, message))
                    }
                };
            }
            (None, _) if one.decision().is_some() => {
                one.state = PartState::Ended(one.was.take().unwrap_or(UNKNOWN));
            }
            _ => return Err(not_resolved(one)),
        }
        Ok(vec![entry::batch(record), entry::no_receipt()])
    }

    /// Returns why nothing can be decided under an id that no part has.
    fn without_part(&self, import_id: &str, id: &str) -> NotResolved {
        for record in &self.batches {
            let whole = Part { batch: record.number, from: 0, to: record.fresh() };
            if record.waiting().iter().any(|&part| id_of(import_id, record, part) == id) {
                return NotResolved::Is(State::Unsent);
            }
            if id_of(import_id, record, whole) == id {
                return NotResolved::InParts;
            }
        }
        NotResolved::NoSuch
    }
}

/// Returns the id of a part, as users see it. The batches of an outbox have ids of their own.
fn id_of(import_id: &str, record: &BatchRecord, part: Part) -> String {
    let whole = part.events() == record.fresh();
    match &record.from.1 {
        Some(id) if import_id.is_empty() => part.id_in(id, whole),
        _ => part.id_in(&batch_id(import_id, part.batch), whole),
    }
}

fn not_resolved(one: &PartRecord) -> NotResolved {
    match (one.decision(), &one.state) {
        (Some(decision), _) => NotResolved::Decided(decision),
        (None, PartState::Ended(outcome)) if outcome.is_open() => NotResolved::Open,
        (None, PartState::Ended(outcome)) if outcome.reason == Some(Reason::Dropped) => {
            NotResolved::Done(Resolution::Drop)
        }
        (None, PartState::Ended(outcome)) if outcome.message.as_deref() == Some(DECIDED_ACCEPTED) => {
            NotResolved::Done(Resolution::Accepted)
        }
        (None, PartState::Ended(outcome)) => NotResolved::Is(outcome.state),
        (None, PartState::Dispatching | PartState::Resend) => NotResolved::Open,
    }
}
