//! The outcomes that a batch's record already tells: what an earlier process delivered, and what the ledger holds back.

use std::rc::Rc;

use crate::journal::{BatchRecord, Fingerprint, Known, PartRecord, PartState, Write, entry, events_in};
use crate::outcome::{Attempt, BatchOutcome, Outcome, Reason, SettledPart, State};
use crate::part::{Body, Events, Part, batch_id, part_id};
use split_events::Batch;

const DUPLICATE: &str = "an earlier import has delivered the same events, or may have";
const OTHER_KEY: &str =
    "an earlier import has delivered the same events to this endpoint under another SDK key, or may have";
const LOST: &str = "the journal has lost its body: send it again from its source";

/// Returns how the parts of a batch ended of which the journal keeps no body.
pub(crate) fn recorded(import_id: &str, record: &BatchRecord) -> Vec<SettledPart> {
    let ended = record.parts.iter().filter_map(|PartRecord { part, state, attempts, .. }| match state {
        PartState::Ended(outcome) if outcome.state != State::Unsent => Some((*part, outcome.clone(), attempts.clone())),
        _ => None,
    });
    let lost = record.waiting().into_iter().map(|part| {
        let resends = record.parts.iter().any(|other| other.part == part && other.state == PartState::Resend);
        let state = if resends { State::Unknown } else { State::Unsent };
        (part, Outcome::not_accepted(state, Reason::JournalFailed, LOST.to_owned()), Vec::new())
    });
    let settled = |(part, outcome, attempts): (Part, Outcome, Vec<Attempt>)| {
        let id = part_id(import_id, part, part.events() == record.fresh());
        SettledPart {
            outcome: BatchOutcome::new(id, part.events(), record.bytes, outcome, attempts),
            from: record.from.clone(),
            to: record.to.clone(),
            held: None,
        }
    };
    ended.chain(lost).map(settled).collect()
}

/// Returns what the ledger holds back of a batch, with its events if there is the batch as it was read.
pub(crate) fn held_back(import_id: &str, record: &BatchRecord, batch: Option<&Batch>) -> Vec<SettledPart> {
    let reasons = [
        (Reason::Duplicate, &record.duplicates, ":duplicates", DUPLICATE),
        (Reason::OtherKey, &record.other_key, ":other-key", OTHER_KEY),
    ];
    let settled = |(reason, runs, name, message): (Reason, &Vec<(usize, usize)>, &str, &str)| {
        let id = [&batch_id(import_id, record.number), name].concat();
        let body = batch.and_then(|batch| batch.divide(runs).1).map(|batch| Rc::new(Body::from(batch)));
        let whole = |body: &Rc<Body>| Part { batch: record.number, from: 0, to: body.events() };
        SettledPart {
            outcome: BatchOutcome::new(id, events_in(runs), 0, Outcome::unsent(reason, message), Vec::new()),
            from: record.from.clone(),
            to: record.to.clone(),
            held: body.map(|body| Events { part: whole(&body), body }),
        }
    };
    reasons.into_iter().filter(|(_, runs, ..)| !runs.is_empty()).map(settled).collect()
}

/// Returns a batch without the events that the ledger holds back, and takes them out of what was looked up.
pub(crate) fn without_held_back(
    batch: &Batch,
    record: &BatchRecord,
    looked_up: &mut Vec<(Fingerprint, Known)>,
) -> Batch {
    let mut index = 0..;
    looked_up.retain(|_| index.next().is_some_and(|at| record.knows(at) == Known::No));
    batch.divide(&record.held_back()).0
}

type Planned = Vec<(Part, bool)>;
type HeldBack = Vec<(Part, Outcome)>;

/// Returns the planned parts of a batch, each with whether it may have been taken, and those that the ledger holds back:
/// another import may have delivered them since a part of their batch was taken.
pub(crate) fn planned(record: &BatchRecord, looked_up: &[(Fingerprint, Known)]) -> (Planned, HeldBack) {
    let (mut planned, mut held_back) = (Vec::new(), Vec::new());
    for whole in record.waiting() {
        let mut at = whole.from;
        while at < whole.to {
            let resent = record.parts.iter().find(|one| one.part.from == at && one.state == PartState::Resend);
            if let Some(PartRecord { part, .. }) = resent {
                planned.push((*part, true));
                at = part.to;
                continue;
            }
            let event = Part { from: at, to: at + 1, ..whole };
            match looked_up.get(at).map_or(Known::No, |(_, known)| *known) {
                Known::No => join(&mut planned, event, false),
                Known::OtherKey => join(&mut held_back, event, Outcome::unsent(Reason::OtherKey, OTHER_KEY)),
                Known::Earlier => join(&mut held_back, event, Outcome::unsent(Reason::Duplicate, DUPLICATE)),
            }
            at += 1;
        }
    }
    (planned, held_back)
}

/// Adds an event to the last part if it is its neighbour and of the same kind, or as a part of its own.
fn join<T: PartialEq>(parts: &mut Vec<(Part, T)>, event: Part, kind: T) {
    match parts.last_mut() {
        Some((part, same)) if part.to == event.from && *same == kind => part.to = event.to,
        _ => parts.push((event, kind)),
    }
}

/// Returns what the ledger knows of each event of a batch.
pub(crate) fn known_in(looked_up: &[(Fingerprint, Known)]) -> Vec<Known> {
    looked_up.iter().map(|(_, known)| *known).collect()
}

/// Makes what the user has said of unknown parts final, except that they are to be sent again: that can be taken back
/// until they are. Returns what is to be written.
pub(crate) fn act_on_words(record: &mut BatchRecord) -> Option<Write> {
    let mut acted = false;
    for one in record.parts.iter_mut().filter(|one| one.state != PartState::Resend) {
        acted |= one.was.take().is_some();
    }
    acted.then(|| entry::batch(record))
}

/// Returns true if the journal need not keep the body of a batch for this part.
pub(crate) fn needs_no_body(record: &PartRecord) -> bool {
    match &record.state {
        PartState::Ended(end) => end.state == State::Accepted || end.reason == Some(Reason::Dropped),
        _ => false,
    }
}
