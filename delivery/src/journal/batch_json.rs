//! A batch's record as JSON.

use super::batch_record::BatchRecord;
use super::fingerprint::Fingerprint;
use super::part_record::{PartRecord, PartState};
use super::read_json::{attempt, field, list, number, number_of, part, place, text_of};
use super::version::VERSION;
use super::write_json::JsonObject;
use crate::outcome::{Attempt, Outcome};
use split_events::Place;
use split_events::json::{Value, elements};

impl BatchRecord {
    /// Returns the record as it is written, in version 2 of the format.
    pub fn text(&self) -> Vec<u8> {
        let mut json = JsonObject::new();
        json.number("version", VERSION.into());
        json.text("fingerprint", &self.fingerprint.hex());
        json.number("events", self.events as u64);
        json.number("bytes", self.bytes as u64);
        json.json("from", &place_json(&self.from));
        json.json("to", &place_json(&self.to));
        for (name, runs) in [("duplicates", &self.duplicates), ("otherKey", &self.other_key)] {
            if !runs.is_empty() {
                let run = |(from, to): &(usize, usize)| ["[", &from.to_string(), ",", &to.to_string(), "]"].concat();
                json.list(name, runs.iter().map(run));
            }
        }
        if !self.parts.is_empty() {
            json.list("parts", self.parts.iter().map(part_json));
        }
        json.end().into_bytes()
    }
}

/// Reads the record of the batch with this number, of version 2.
pub(super) fn read_batch(number_in_key: u64, value: &Value) -> Option<BatchRecord> {
    let mut parts = Vec::new();
    for value in list(value, "parts")? {
        let mut attempts = Vec::new();
        for value in list(&value, "attempts")? {
            attempts.push(attempt(&value)?);
        }
        parts.push(part(number_in_key, &value, attempts)?);
    }
    Some(BatchRecord {
        number: number_in_key,
        fingerprint: Fingerprint::from_hex(text_of(field(value, "fingerprint")?)?)?,
        events: number(value, "events")? as usize,
        bytes: number(value, "bytes")? as usize,
        from: place(field(value, "from")?)?,
        to: place(field(value, "to")?)?,
        duplicates: runs(value, "duplicates")?,
        other_key: runs(value, "otherKey")?,
        parts,
    })
}

fn runs(value: &Value, name: &str) -> Option<Vec<(usize, usize)>> {
    let mut runs = Vec::new();
    for run in list(value, name)? {
        let [from, to] = elements(&run)?.try_into().ok()?;
        runs.push((number_of(&from)? as usize, number_of(&to)? as usize));
    }
    Some(runs)
}

fn place_json((place, file): &(Place, Option<String>)) -> String {
    let mut json = JsonObject::new();
    json.number("index", place.index);
    json.number("source", place.source.into());
    if let Some((line, offset)) = place.text {
        json.number("line", line);
        json.number("byteOffset", offset);
    }
    if let Some(file) = file {
        json.text("file", file);
    }
    json.end()
}

fn part_json(record: &PartRecord) -> String {
    let mut json = JsonObject::new();
    json.number("from", record.part.from as u64);
    json.number("to", record.part.to as u64);
    match &record.state {
        PartState::Dispatching => json.text("state", "dispatching"),
        PartState::Resend => json.text("state", "resend"),
        PartState::Ended(outcome) => write_outcome(&mut json, outcome),
    }
    if let Some(was) = &record.was {
        let mut outcome = JsonObject::new();
        write_outcome(&mut outcome, was);
        json.json("was", &outcome.end());
    }
    if !record.attempts.is_empty() {
        json.list("attempts", record.attempts.iter().map(attempt_json));
    }
    json.end()
}

fn write_outcome(json: &mut JsonObject, Outcome { state, reason, message }: &Outcome) {
    json.text("state", state.as_str());
    if let Some(reason) = reason {
        json.text("reason", reason.as_str());
    }
    if let Some(message) = message {
        json.text("message", message);
    }
}

fn attempt_json(Attempt { status, error, ms }: &Attempt) -> String {
    let mut json = JsonObject::new();
    json.number("ms", *ms as u64);
    if let Some(status) = status {
        json.number("status", (*status).into());
    }
    if let Some(error) = error {
        json.text("error", error);
    }
    json.end()
}
