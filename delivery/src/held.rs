//! A batch in an outbox: its body without white space between the events, and its parts.

use std::ops::Range;
use std::rc::Rc;

use crate::journal::{BatchRecord, PartState};
use crate::machine::Part;
use crate::outbox::OutboxEntry;
use crate::outcome::State;
use crate::split::body_bytes;

/// What stands nowhere else waits for its turn.
const PLANNED: &str = "planned";

/// The word for how a part stands that is held.
fn word_of(state: &PartState) -> Option<&'static str> {
    match state {
        PartState::Dispatching => Some("dispatching"),
        PartState::Ended(outcome) => Some(outcome.state.as_str()).filter(|_| outcome.state != State::Accepted),
        PartState::Resend => None,
    }
}

#[derive(Debug)]
pub(super) struct Held {
    pub id: String,
    pub body: Vec<u8>,
    pub ends: Rc<[usize]>,
    pub record: BatchRecord,
    /// In how many pieces the store has the body.
    pub pieces: usize,
    /// Requests in this call that it was not taken by.
    pub tries: u32,
}

impl Held {
    pub fn whole(&self) -> Part {
        Part { batch: self.record.number, from: 0, to: self.ends.len() }
    }

    pub fn is_whole(&self, part: Part) -> bool {
        part == self.whole()
    }

    pub fn id_of(&self, part: Part) -> String {
        part.id_in(&self.id, self.is_whole(part))
    }

    /// Its parts that stand so: `planned`, `dispatching`, `unknown` or `refused`.
    pub fn parts_in(&self, state: &str) -> Vec<Part> {
        if state == PLANNED {
            return self.record.waiting();
        }
        let parts = self.record.parts.iter().filter(|part| word_of(&part.state) == Some(state));
        parts.map(|part| part.part).collect()
    }

    /// What a caller is told of a part.
    pub fn entry(&self, part: Part) -> OutboxEntry {
        let record = self.record.parts.iter().find(|record| record.part == part);
        let outcome = record.and_then(|record| match &record.state {
            PartState::Ended(outcome) => Some(outcome),
            _ => None,
        });
        OutboxEntry {
            id: self.id_of(part),
            number: part.batch,
            from: part.from,
            events: part.events(),
            bytes: self.bytes_of(part),
            state: record.and_then(|record| word_of(&record.state)).unwrap_or(PLANNED),
            reason: outcome.and_then(|outcome| outcome.reason),
            message: outcome.and_then(|outcome| outcome.message.clone()),
            attempts: record.map(|record| record.attempts.clone()).unwrap_or_default(),
        }
    }

    pub fn range_of(&self, part: Part) -> Range<usize> {
        let start = if part.from == 0 { 1 } else { self.ends[part.from - 1] + 1 };
        start..self.ends[part.to - 1]
    }

    pub fn bytes_of(&self, part: Part) -> usize {
        let Range { start, end } = self.range_of(part);
        body_bytes(start, end)
    }
}

/// A JSON array of objects without white space between them, and where each ends in it. By brackets and strings alone:
/// whoever made the batch has checked its events.
pub(super) fn compact(body: &[u8]) -> Option<(Vec<u8>, Vec<usize>)> {
    let (mut compact, mut ends) = (Vec::with_capacity(body.len()), Vec::new());
    let (mut depth, mut start, mut in_string, mut escaped, mut wants_event) = (0_u32, 0, false, false, true);
    for (at, &byte) in body.iter().enumerate() {
        if in_string {
            in_string = escaped || byte != b'"';
            escaped = !escaped && byte == b'\\';
            continue;
        }
        match (byte, depth) {
            (b'[', 0) if at == 0 || body[..at].iter().all(u8::is_ascii_whitespace) => depth = 1,
            (b'{', 1) if wants_event => {
                (start, depth, wants_event) = (at, 2, false);
            }
            (b',', 1) if !wants_event => wants_event = true,
            (b']', 1) if !wants_event => {
                let rest = &body[at + 1..];
                compact.push(b']');
                return rest.iter().all(u8::is_ascii_whitespace).then_some((compact, ends));
            }
            (b' ' | b'\t' | b'\r' | b'\n', 0 | 1) => {}
            (_, 0 | 1) => return None,
            (b'"', _) => in_string = true,
            (b'{' | b'[', _) => depth += 1,
            (b'}' | b']', _) => {
                depth -= 1;
                if depth == 1 {
                    compact.push(if ends.is_empty() { b'[' } else { b',' });
                    compact.extend_from_slice(&body[start..=at]);
                    ends.push(compact.len());
                }
            }
            _ => {}
        }
    }
    None
}
