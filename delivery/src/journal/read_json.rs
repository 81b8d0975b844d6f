//! Reads the JSON of a record. Members that it does not know are ignored.

use super::part_record::{PartRecord, PartState};
use crate::outcome::{Attempt, Outcome, Reason, State};
use crate::part::Part;
use split_events::Place;
use split_events::json::{self, Kind, Value};

pub(super) fn field<'v, 'a>(value: &'v Value<'a>, name: &str) -> Option<&'v Value<'a>> {
    match &value.kind {
        Kind::Object(members) => members.iter().find(|member| member.name == name).map(|member| &member.value),
        _ => None,
    }
}

pub(super) fn number_of(value: &Value) -> Option<u64> {
    match value.kind {
        Kind::Number(text) => text.parse().ok(),
        _ => None,
    }
}

pub(super) fn text_of<'v>(value: &'v Value) -> Option<&'v str> {
    match &value.kind {
        Kind::String(text) => Some(text),
        _ => None,
    }
}

pub(super) fn number(value: &Value, name: &str) -> Option<u64> {
    field(value, name).and_then(number_of)
}

/// Returns the elements of the list of this name, which may be missing, or `None` if it is no list.
pub(super) fn list<'a>(value: &Value<'a>, name: &str) -> Option<Vec<Value<'a>>> {
    match field(value, name) {
        Some(list) => json::elements(list),
        None => Some(Vec::new()),
    }
}

/// Reads where an event stands, and the name of its source.
pub(super) fn place(value: &Value) -> Option<(Place, Option<String>)> {
    let text = number(value, "line").zip(number(value, "byteOffset"));
    let place = Place { index: number(value, "index")?, source: number(value, "source")? as u32, text };
    Some((place, field(value, "file").and_then(text_of).map(str::to_owned)))
}

/// Reads a part of the batch with this number, whose requests are these.
pub(super) fn part(batch: u64, value: &Value, attempts: Vec<Attempt>) -> Option<PartRecord> {
    let (from, to) = (number(value, "from")? as usize, number(value, "to")? as usize);
    let state = match text_of(field(value, "state")?)? {
        "dispatching" => PartState::Dispatching,
        "resend" => PartState::Resend,
        state => PartState::Ended(outcome(State::named(state)?, value)?),
    };
    let was = match field(value, "was") {
        Some(was) => Some(outcome(State::Unknown, was)?),
        None => None,
    };
    Some(PartRecord { part: Part { batch, from, to }, state, attempts, was })
}

/// Reads a request.
pub(super) fn attempt(value: &Value) -> Option<Attempt> {
    Some(Attempt {
        status: number(value, "status").map(|status| status as u16),
        error: field(value, "error").and_then(text_of).map(str::to_owned),
        ms: number(value, "ms")? as f64,
    })
}

fn outcome(state: State, value: &Value) -> Option<Outcome> {
    let reason = match field(value, "reason") {
        Some(reason) => Some(Reason::named(text_of(reason)?)?),
        None => None,
    };
    Some(Outcome { state, reason, message: field(value, "message").and_then(text_of).map(str::to_owned) })
}
