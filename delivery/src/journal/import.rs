//! The journal of one import: what it was, how each of its batches stands, and what a crash leaves of it.

use super::body::read_body;
use super::numbered;
use super::record::{BatchRecord, PartRecord, PartState};
use super::{StoreKind, Write};
use crate::{Outcome, Part, Position, Reason, State, part_id};
use split_events::Batch;

/// What is written once: the import as its owner describes it, and in the end its receipt.
const IMPORT: &str = "import";
const RECEIPT: &str = "receipt";
const COUNTS: &str = "counts";
const BATCH: &str = "batch";
const BODY: &str = "body";
const SOURCE: &str = "source";
const PAUSE: &str = "pause";
const ENDED: &str = "ended";
const EARLY: &str = "early";

/// Writes the journal of an import.
#[derive(Debug, Clone, Copy, Default)]
pub struct Import {
    /// Keeps the bodies of batches until they are accepted: the source cannot be read again.
    pub bodies: bool,
}

impl Import {
    /// The import as its owner describes it.
    pub fn begin(description: &str) -> Write {
        write(IMPORT.to_owned(), Some(description.as_bytes().to_vec()))
    }

    /// The import is over, and this is how it ended.
    pub fn finish(receipt: &str) -> Write {
        write(RECEIPT.to_owned(), Some(receipt.as_bytes().to_vec()))
    }

    /// What the check had found when the last batch was planned.
    pub fn counts(counts: &str) -> Write {
        write(COUNTS.to_owned(), Some(counts.as_bytes().to_vec()))
    }

    /// The input was read to its end.
    pub fn ended() -> Write {
        write(ENDED.to_owned(), Some(Vec::new()))
    }

    /// The name of the source with this number.
    pub fn source(number: u32, name: &str) -> Write {
        write(numbered(SOURCE, number.into()), Some(name.as_bytes().to_vec()))
    }

    /// The service has asked to be left alone until this Unix time, which is so many milliseconds from now.
    pub fn pause(until: f64, wait: f64) -> Write {
        let text = [(until.ceil() as u64).to_string(), " ".to_owned(), (wait.ceil() as u64).to_string()].concat();
        write(PAUSE.to_owned(), Some(text.into_bytes()))
    }

    /// How a batch stands.
    pub fn batch(record: &BatchRecord) -> Write {
        write(numbered(BATCH, record.number), Some(record.text()))
    }

    /// A batch is needed no longer.
    pub fn forget(number: u64) -> Write {
        write(numbered(BATCH, number), None)
    }

    /// The body of a batch, or that it is needed no longer.
    pub fn body(number: u64, body: Option<Vec<u8>>) -> Write {
        Import::piece(number, 0, body)
    }

    /// A piece of the body of a batch, where it is kept in several, or that it is needed no longer.
    pub fn piece(number: u64, at: usize, piece: Option<Vec<u8>>) -> Write {
        let behind = if at == 0 { String::new() } else { [".", &(PIECES_MAX + at).to_string()].concat() };
        write([numbered(BODY, number), behind].concat(), piece)
    }

    /// A batch that was made before the journal was read, under a number of its own.
    pub fn early(number: u64, id: &str, body: &[u8]) -> Write {
        write(numbered(EARLY, number), Some([id.as_bytes(), b"\n", body].concat()))
    }

    /// That batch has another place.
    pub fn not_early(number: u64) -> Write {
        write(numbered(EARLY, number), None)
    }
}

/// All numbers of pieces are over this one, so that a store's order is theirs.
const PIECES_MAX: usize = 100_000;

fn write(key: String, value: Option<Vec<u8>>) -> Write {
    Write { store: StoreKind::Journal, key, value }
}

/// The user's word on something unknown.
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
    /// By its word.
    pub fn named(word: &str) -> Option<Self> {
        Some(match word {
            "resend" => Resolution::Resend,
            "drop" => Resolution::Drop,
            "accepted" => Resolution::Accepted,
            _ => return None,
        })
    }

    /// The word itself.
    pub fn as_str(self) -> &'static str {
        match self {
            Resolution::Resend => "resend",
            Resolution::Drop => "drop",
            Resolution::Accepted => "accepted",
        }
    }
}

/// Why the user's word on something is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotResolved {
    /// The journal knows nothing of that id.
    NoSuch,
    /// It was sent in parts, and each is to be decided.
    InParts,
    /// There is no word to take back.
    Open,
    /// It was decided so, and that can be taken back.
    Decided(Resolution),
    /// It was decided so, and an import that went on has acted on it.
    Done(Resolution),
    /// It stands so, and not by the user's word.
    Is(State),
}

impl NotResolved {
    /// A word or two for whoever explains it.
    pub fn words(self) -> (&'static str, &'static str) {
        match self {
            NotResolved::NoSuch => ("none", ""),
            NotResolved::InParts => ("parts", ""),
            NotResolved::Open => ("open", ""),
            NotResolved::Decided(word) => ("decided", word.as_str()),
            NotResolved::Done(word) => ("done", word.as_str()),
            NotResolved::Is(state) => ("is", state.as_str()),
        }
    }
}

/// What the receipt says of what is accepted by the user's word.
const BY_WORD: &str = "you said that the service has it";

/// Events of which nobody knows whether the service took them.
#[derive(Debug, Clone, serde::Serialize)]
pub struct Unknown {
    /// Of their batch, or of the part of it that they are.
    pub id: String,
    /// How many.
    pub events: usize,
    /// Why.
    pub reason: Option<Reason>,
    /// The same for a person.
    pub message: Option<String>,
    /// The first event of their batch.
    pub from: Position,
    /// The last event of their batch.
    pub to: Position,
    /// The user's word on them, which can be taken back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decided: Option<&'static str>,
}

/// The body of a batch as it was written, and in how many pieces.
#[derive(Debug)]
pub(crate) struct Body {
    pub number: u64,
    pub bytes: Vec<u8>,
    pub pieces: usize,
}

/// What an earlier process has left.
#[derive(Debug, Default)]
pub struct Recovered {
    /// The import as its owner described it; empty where nothing was ever begun.
    pub description: String,
    /// The receipt of an import that came to its end.
    pub receipt: Option<String>,
    /// What the check had found when the last batch was planned.
    pub counts: Option<String>,
    /// Whether the input was read to its end.
    pub ended: bool,
    /// In their order.
    pub batches: Vec<BatchRecord>,
    pause: Option<(f64, f64)>,
    bodies: Vec<Body>,
    early: Vec<(u64, Vec<u8>)>,
    sources: Vec<(u32, String)>,
}

impl Recovered {
    /// An entry of the store, in the order of the keys. Gives whether it is understood.
    pub fn load(&mut self, key: &str, value: Vec<u8>) -> bool {
        let text = |value: Vec<u8>| String::from_utf8(value).ok();
        let (name, number) = match key.split_once('/') {
            Some((BODY, piece)) if piece.contains('.') => return self.load_piece(piece, &value),
            Some((name, number)) => match number.parse() {
                Ok(number) => (name, number),
                Err(_) => return false,
            },
            None => (key, 0_u64),
        };
        match name {
            IMPORT => text(value).map(|text| self.description = text).is_some(),
            RECEIPT => text(value).map(|text| self.receipt = Some(text)).is_some(),
            COUNTS => text(value).map(|text| self.counts = Some(text)).is_some(),
            ENDED => {
                self.ended = true;
                true
            }
            SOURCE => text(value).map(|text| self.sources.push((number as u32, text))).is_some(),
            PAUSE => text(value)
                .and_then(|text| {
                    let (until, wait) = text.split_once(' ')?;
                    Some((until.parse::<u64>().ok()? as f64, wait.parse::<u64>().ok()? as f64))
                })
                .map(|pause| self.pause = Some(pause))
                .is_some(),
            BATCH => BatchRecord::read(number, &value).map(|batch| self.batches.push(batch)).is_some(),
            BODY => {
                self.bodies.push(Body { number, bytes: value, pieces: 1 });
                true
            }
            EARLY => {
                self.early.push((number, value));
                true
            }
            _ => false,
        }
    }

    fn load_piece(&mut self, key: &str, piece: &[u8]) -> bool {
        let number = key.split_once('.').and_then(|(number, _)| number.parse().ok());
        let Some(body) = self.bodies.last_mut().filter(|body| Some(body.number) == number) else { return false };
        body.bytes.extend_from_slice(piece);
        body.pieces += 1;
        true
    }

    /// What a wrong key or address cost is sent when the import goes on: it may be right by now.
    pub fn forget_wrong_settings(&mut self) {
        for batch in &mut self.batches {
            batch.parts.retain(|part| !part.state.is_of_settings());
        }
    }

    /// After a crash what was under way is unknown. Gives the batches that this changes.
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
                writes.push(Import::batch(batch));
            }
        }
        writes
    }

    /// Until when the service has asked to be left alone. A clock that was set back makes no pause longer.
    pub fn paused_until(&self, now: f64) -> f64 {
        self.pause.map_or(0.0, |(until, wait)| until.min(now + wait))
    }

    /// The number of the last batch that was planned.
    pub fn last(&self) -> u64 {
        self.batches.last().map_or(0, |batch| batch.number)
    }

    /// The record of the batch with this number.
    pub fn batch(&self, number: u64) -> Option<&BatchRecord> {
        let at = self.batches.binary_search_by_key(&number, |batch| batch.number).ok()?;
        self.batches.get(at)
    }

    /// The batch with this number, where its body was kept.
    pub fn body(&self, number: u64, run: &str) -> Option<Batch> {
        let record = self.batch(number)?;
        let body = self.bodies.iter().find(|body| body.number == number)?;
        read_body([run, "-", &number.to_string()].concat(), record, &body.bytes)
    }

    /// Every body, in the order of their batches.
    pub(crate) fn take_bodies(&mut self) -> Vec<Body> {
        std::mem::take(&mut self.bodies)
    }

    /// Batches that were made before the journal was read: number, id and body of each.
    pub(crate) fn take_early(&mut self) -> Vec<(u64, String, Vec<u8>)> {
        let read = |(number, mut text): (u64, Vec<u8>)| {
            let at = memchr::memchr(b'\n', &text)?;
            let body = text.split_off(at + 1);
            text.truncate(at);
            Some((number, String::from_utf8(text).ok()?, body))
        };
        std::mem::take(&mut self.early).into_iter().filter_map(read).collect()
    }

    /// What nobody knows the outcome of; also what was decided, as long as that can be taken back.
    pub fn unknown(&self, run: &str) -> Vec<Unknown> {
        let of_batch = |record: &BatchRecord| {
            let of_part = |one: &PartRecord| {
                let decided = one.word();
                let outcome = match (&one.was, &one.state) {
                    (Some(was), _) => was,
                    (None, PartState::Ended(outcome)) if outcome.is_open() => outcome,
                    _ if decided.is_some() => &UNKNOWN,
                    _ => return None,
                };
                Some(Unknown {
                    id: id_of(run, record, one.part),
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

    /// The user's word on something unknown, or none to take it back; what is to be written.
    pub fn resolve(&mut self, run: &str, id: &str, word: Option<Resolution>) -> Result<Vec<Write>, NotResolved> {
        let found = |record: &&mut BatchRecord| record.parts.iter().any(|one| id_of(run, record, one.part) == id);
        let Some(record) = self.batches.iter_mut().find(found) else {
            return Err(self.without_part(run, id));
        };
        let at = record.parts.iter().position(|one| id_of(run, record, one.part) == id).unwrap_or_default();
        let one = &mut record.parts[at];
        match (word, &one.state) {
            (Some(word), PartState::Ended(outcome)) if outcome.is_open() => {
                one.was = Some(outcome.clone());
                one.state = match word {
                    Resolution::Resend => PartState::Resend,
                    Resolution::Accepted => {
                        PartState::Ended(Outcome { message: Some(BY_WORD.to_owned()), ..Outcome::ACCEPTED })
                    }
                    Resolution::Drop => {
                        let message = "nobody knows whether the service took it, and you gave it up".to_owned();
                        PartState::Ended(Outcome::not_accepted(State::Unknown, Reason::Dropped, message))
                    }
                };
            }
            (None, _) if one.word().is_some() => {
                one.state = PartState::Ended(one.was.take().unwrap_or(UNKNOWN));
            }
            _ => return Err(not_resolved(one)),
        }
        Ok(vec![Import::batch(record), write(RECEIPT.to_owned(), None)])
    }

    /// Why no part of that id can be decided.
    fn without_part(&self, run: &str, id: &str) -> NotResolved {
        for record in &self.batches {
            let whole = Part { batch: record.number, from: 0, to: record.fresh() };
            if record.waiting().iter().any(|&part| id_of(run, record, part) == id) {
                return NotResolved::Is(State::Unsent);
            }
            if id_of(run, record, whole) == id {
                return NotResolved::InParts;
            }
        }
        NotResolved::NoSuch
    }

    /// The name of the source with this number.
    pub fn source(&self, number: u32) -> Option<&str> {
        self.sources.iter().find(|(of, _)| *of == number).map(|(_, name)| name.as_str())
    }
}

/// Of which nothing more is known.
const UNKNOWN: Outcome = Outcome { state: State::Unknown, reason: None, message: None };

/// The id of a part, as users see it. Without a run it is an outbox, whose batches have ids of their own.
fn id_of(run: &str, record: &BatchRecord, part: Part) -> String {
    let whole = part.events() == record.fresh();
    match &record.from.1 {
        Some(id) if run.is_empty() => part.id_in(id, whole),
        _ => part_id(run, part, whole),
    }
}

fn not_resolved(one: &PartRecord) -> NotResolved {
    match (one.word(), &one.state) {
        (Some(word), _) => NotResolved::Decided(word),
        (None, PartState::Ended(outcome)) if outcome.is_open() => NotResolved::Open,
        (None, PartState::Ended(outcome)) if outcome.reason == Some(Reason::Dropped) => {
            NotResolved::Done(Resolution::Drop)
        }
        (None, PartState::Ended(outcome)) if outcome.message.as_deref() == Some(BY_WORD) => {
            NotResolved::Done(Resolution::Accepted)
        }
        (None, PartState::Ended(outcome)) => NotResolved::Is(outcome.state),
        (None, PartState::Dispatching | PartState::Resend) => NotResolved::Open,
    }
}

fn crash() -> Outcome {
    let message = "the process ended while the request was under way; the service may have taken it";
    Outcome::not_accepted(State::Unknown, Reason::Crashed, message.to_owned())
}
