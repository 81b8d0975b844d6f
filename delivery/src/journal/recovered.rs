//! What an earlier process has left in a journal.

use super::batch_json::read_batch;
use super::batch_record::BatchRecord;
use super::body::read_body;
use super::entry::{self, BATCH, BODY, COUNTS, EARLY, ENDED, IMPORT, PAUSE, RECEIPT, SOURCE};
use super::part_record::{PartRecord, PartState};
use super::read_json::{field, number, number_of, text_of};
use super::version::{Unreadable, VERSION};
use super::version1;
use super::write::Write;
use crate::outcome::{Outcome, Reason, State};
use crate::part::batch_id;
use split_events::Batch;
use split_events::json::{self, Value};

/// What an earlier process has left.
#[derive(Debug, Default)]
pub struct Recovered {
    /// What the journal is of, as its owner wrote it; empty if it is new.
    pub description: String,
    /// The receipt of an import that came to its end, as JSON.
    pub receipt: Option<String>,
    /// What the check had found when the last batch was planned, as JSON.
    pub counts: Option<String>,
    /// Whether the input was read to its end.
    pub ended: bool,
    /// The batches, in their order.
    pub batches: Vec<BatchRecord>,
    /// Until when nothing is sent, and how long that was when it was written, in milliseconds.
    pause: Option<(u64, u64)>,
    bodies: Vec<StoredBody>,
    early: Vec<(u64, Vec<u8>)>,
    sources: Vec<(u32, String)>,
}

/// The body of a batch as it is stored.
#[derive(Debug)]
struct StoredBody {
    number: u64,
    /// As it was written; the bodies of later pieces stand behind the first.
    bytes: Vec<u8>,
    pieces: usize,
}

/// The body of a batch of an outbox.
#[derive(Debug)]
pub(crate) struct Body {
    /// The number of the batch.
    pub number: u64,
    /// The body.
    pub bytes: Vec<u8>,
    /// In how many pieces it is stored.
    pub pieces: usize,
}

/// An entry that is text: JSON with a version, or what version 1 wrote.
enum Record<'a> {
    Json(Value<'a>),
    Version1(&'a str),
}

impl Recovered {
    /// Reads an entry of the store. Entries come in the order of their keys.
    pub fn load(&mut self, key: &str, value: Vec<u8>) -> Result<(), Unreadable> {
        let (name, number) = match key.split_once('/') {
            Some((BODY, piece)) if piece.contains('.') => return self.load_piece(piece, &value),
            Some((name, number)) => (name, number.parse().map_err(|_| Unreadable::Damaged)?),
            None => (key, 0_u64),
        };
        match name {
            BODY => {
                read_body(&value)?;
                self.bodies.push(StoredBody { number, bytes: value, pieces: 1 });
                Ok(())
            }
            EARLY => {
                read_body(&value)?;
                self.early.push((number, value));
                Ok(())
            }
            _ => {
                let text = std::str::from_utf8(&value).map_err(|_| Unreadable::Damaged)?;
                self.load_record(name, number, text, &read_record(text)?).ok_or(Unreadable::Damaged)
            }
        }
    }

    fn load_record(&mut self, name: &str, number_in_key: u64, text: &str, record: &Record) -> Option<()> {
        let raw = |name| match record {
            Record::Json(value) => field(value, name).map(|value| value.raw.to_owned()),
            Record::Version1(text) => Some((*text).to_owned()),
        };
        match (name, record) {
            (IMPORT, _) => text.clone_into(&mut self.description),
            (RECEIPT, _) => self.receipt = Some(raw("receipt")?),
            (COUNTS, Record::Json(value)) => self.counts = Some(field(value, "counts")?.raw.to_owned()),
            (COUNTS, Record::Version1(text)) => self.counts = Some(version1::counts_json(text)?),
            (ENDED, _) => self.ended = true,
            (SOURCE, Record::Json(value)) => {
                self.sources.push((number_in_key as u32, text_of(field(value, "name")?)?.to_owned()));
            }
            (SOURCE, Record::Version1(name)) => self.sources.push((number_in_key as u32, (*name).to_owned())),
            (PAUSE, Record::Json(value)) => self.pause = Some((number(value, "until")?, number(value, "wait")?)),
            (PAUSE, Record::Version1(text)) => self.pause = Some(version1::read_pause(text)?),
            (BATCH, Record::Json(value)) => self.batches.push(read_batch(number_in_key, value)?),
            (BATCH, Record::Version1(text)) => self.batches.push(version1::read_batch(number_in_key, text)?),
            _ => return None,
        }
        Some(())
    }

    fn load_piece(&mut self, key: &str, value: &[u8]) -> Result<(), Unreadable> {
        let number = key.split_once('.').and_then(|(number, _)| number.parse().ok());
        let last = self.bodies.last_mut().filter(|body| Some(body.number) == number).ok_or(Unreadable::Damaged)?;
        last.bytes.extend_from_slice(read_body(value)?.body);
        last.pieces += 1;
        Ok(())
    }

    /// Returns whether it is the journal of an outbox.
    pub fn is_outbox(&self) -> bool {
        [entry::OUTBOX, version1::OUTBOX].contains(&self.description.as_str())
    }

    /// Plans again what was refused for a wrong key or address, which may be right by now.
    pub fn forget_wrong_settings(&mut self) {
        for batch in &mut self.batches {
            batch.parts.retain(|part| !part.state.is_of_settings());
        }
    }

    /// Makes unknown what was claimed when the process ended, and returns the batches that this changes.
    pub fn settle_crashed(&mut self) -> Vec<Write> {
        let mut writes = Vec::new();
        for batch in &mut self.batches {
            let mut crashed = false;
            for PartRecord { state, .. } in &mut batch.parts {
                if *state == PartState::Dispatching {
                    *state = PartState::Ended(crash());
                    crashed = true;
                }
            }
            if crashed {
                writes.push(entry::batch(batch));
            }
        }
        writes
    }

    /// Returns until when nothing is sent, in Unix milliseconds. A clock that was set back makes no pause longer.
    pub fn paused_until(&self, now: f64) -> f64 {
        self.pause.map_or(0.0, |(until, wait)| (until as f64).min(now + wait as f64))
    }

    /// Returns the number of the last batch that was planned, or 0.
    pub fn last(&self) -> u64 {
        self.batches.last().map_or(0, |batch| batch.number)
    }

    /// Returns the record of the batch with this number.
    pub fn batch(&self, number: u64) -> Option<&BatchRecord> {
        let at = self.batches.binary_search_by_key(&number, |batch| batch.number).ok()?;
        self.batches.get(at)
    }

    /// Returns the batch with this number of an import that keeps bodies.
    pub fn body(&self, number: u64, import_id: &str) -> Option<Batch> {
        let record = self.batch(number)?;
        let stored = self.bodies.iter().find(|body| body.number == number)?;
        read_body(&stored.bytes).ok()?.batch(batch_id(import_id, number), number, record.fresh())
    }

    /// Takes out the bodies of an outbox, in the order of their batches.
    pub(crate) fn take_bodies(&mut self) -> Vec<Body> {
        let body = |StoredBody { number, mut bytes, pieces }| {
            let length = read_body(&bytes).map_or(0, |kept| kept.body.len());
            bytes.drain(..bytes.len() - length);
            Body { number, bytes, pieces }
        };
        std::mem::take(&mut self.bodies).into_iter().map(body).collect()
    }

    /// Takes out the batches that were made before the journal was read: number, id and body of each.
    pub(crate) fn take_early(&mut self) -> Vec<(u64, String, Vec<u8>)> {
        let read = |(number, bytes): (u64, Vec<u8>)| {
            let kept = read_body(&bytes).ok().filter(|kept| !kept.id.is_empty());
            let kept = kept.or_else(|| version1::read_early(&bytes))?;
            Some((number, kept.id.to_owned(), kept.body.to_vec()))
        };
        std::mem::take(&mut self.early).into_iter().filter_map(read).collect()
    }

    /// Returns the name of the source with this number.
    pub fn source(&self, number: u32) -> Option<&str> {
        self.sources.iter().find(|(of, _)| *of == number).map(|(_, name)| name.as_str())
    }
}

/// Tells by its version what an entry is.
fn read_record(text: &str) -> Result<Record<'_>, Unreadable> {
    let Ok(value) = json::parse(text) else { return Ok(Record::Version1(text)) };
    match field(&value, "version").and_then(number_of) {
        None | Some(1) => Ok(Record::Version1(text)),
        Some(version) if version > VERSION.into() => Err(Unreadable::Newer(version.min(u32::MAX.into()) as u32)),
        Some(_) => Ok(Record::Json(value)),
    }
}

fn crash() -> Outcome {
    let message = "the process ended while the request was under way; the service may have taken it";
    Outcome::not_accepted(State::Unknown, Reason::Crashed, message.to_owned())
}
