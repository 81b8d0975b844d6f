//! The counts and lists of an outbox, and when it has work to do.

use crate::held::{Held, Sum};
use crate::journal::PartState;
use crate::outbox::Outbox;
use crate::outcome::{Attempt, Reason, State};
use crate::part::Part;

/// The time between two looks whether the browser is still offline, in milliseconds.
const OFFLINE: f64 = 5_000.0;
/// The state of a part that has no record yet: it waits to be sent.
const PLANNED: &str = "planned";

/// What an outbox holds, by its states. What was accepted is counted since the outbox was opened.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
#[allow(missing_docs, reason = "each is the state of its name")]
pub struct OutboxCounts {
    pub planned: Sum,
    pub dispatching: Sum,
    pub accepted: Sum,
    pub refused: Sum,
    pub unknown: Sum,
}

/// A batch, or a part of one, that is held.
#[derive(Debug, Clone, serde::Serialize)]
pub struct OutboxEntry {
    /// The caller's id; of a part, with the range of its events behind it.
    pub id: String,
    /// The batch's number, which grows in the order in which batches are added.
    pub number: u64,
    /// The index of its first event in the batch.
    pub from: usize,
    /// How many events it has.
    pub events: usize,
    /// Size of their body.
    pub bytes: usize,
    /// `planned`, `dispatching`, `unknown` or `refused`.
    pub state: &'static str,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    /// The same for a person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// The requests that were made for it.
    pub attempts: Vec<Attempt>,
}

impl Outbox {
    pub(crate) fn find(&self, id: &str) -> Option<Part> {
        let held = self.driver.held.0.iter().filter(|held| id.starts_with(&held.id));
        let mut parts = held.flat_map(|held| {
            let ended = held.record.parts.iter().map(|record| record.part);
            ended.chain(held.record.waiting()).map(move |part| (held, part))
        });
        parts.find(|(held, part)| held.id_of(*part) == id).map(|(_, part)| part)
    }

    /// Counts what is held, by its states.
    pub fn counts(&self) -> OutboxCounts {
        let mut counts = OutboxCounts { accepted: self.accepted, ..OutboxCounts::default() };
        for held in &self.driver.held.0 {
            for part in held.record.waiting() {
                counts.planned.add(part);
            }
            for record in &held.record.parts {
                match &record.state {
                    PartState::Dispatching => counts.dispatching.add(record.part),
                    PartState::Ended(outcome) if outcome.state == State::Refused => counts.refused.add(record.part),
                    PartState::Ended(outcome) if outcome.state == State::Unknown => counts.unknown.add(record.part),
                    _ => {}
                }
            }
        }
        counts
    }

    /// Counts the batches that are held, and the bytes of their bodies.
    pub fn size(&self) -> (usize, usize) {
        (self.driver.held.0.len(), self.driver.held.0.iter().map(|held| held.body.text.len()).sum())
    }

    /// Lists the first parts in this state, behind the [number](OutboxEntry::number) and the
    /// [first event](OutboxEntry::from) of one that need not be held any longer.
    pub fn list(&self, state: &str, limit: usize, behind: Option<(u64, usize)>) -> Vec<OutboxEntry> {
        let held = &self.driver.held.0;
        let begin = behind.map_or(0, |(batch, _)| held.partition_point(|held| held.record.number < batch));
        let parts =
            held.range(begin..).flat_map(|held| parts_in(held, state).into_iter().map(move |part| (held, part)));
        let found = parts.filter(|(_, part)| behind.is_none_or(|behind| behind < (part.batch, part.from)));
        found.take(limit).map(|(held, part)| entry(held, part)).collect()
    }

    /// Describes what is held under this id.
    pub fn entry(&self, id: &str) -> Option<OutboxEntry> {
        let part = self.find(id)?;
        self.driver.held.find(part).map(|held| entry(held, part))
    }

    /// Returns the body of what is held under this id.
    pub fn body(&self, id: &str) -> Option<Vec<u8>> {
        self.find(id).map(|part| self.driver.held.body_of(part))
    }

    /// Returns true if the call with this number is under way.
    pub fn is_call(&self, number: u32) -> bool {
        self.call.as_ref().is_some_and(|call| call.number == number)
    }

    /// Returns after how many milliseconds there is something to do; `None` if nothing is planned.
    pub fn wait(&self, now: f64) -> Option<f64> {
        let machine = &self.driver.machine;
        let opens = (!self.waiting.is_empty() && machine.has_room()).then(|| machine.opens());
        let time = [opens, machine.ready()].into_iter().flatten().reduce(f64::min)?;
        let least = if machine.is_offline() { OFFLINE } else { 0.0 };
        Some((time - now).max(least))
    }

    /// Returns when the pause ends.
    pub fn paused_until(&self) -> f64 {
        self.driver.machine.paused_until()
    }

    /// Returns the request whose answer began the pause; `None` if an earlier process or the caller began it.
    pub fn paused_by(&self) -> Option<&Attempt> {
        self.pause_cause.attempt()
    }

    /// Counts the events that are held, and the bytes of their bodies.
    pub fn load(&self) -> (usize, usize) {
        self.load
    }

    /// Returns true if a request is under way.
    pub fn is_sending(&self) -> bool {
        self.driver.machine.is_busy()
    }

    /// Returns true if a part waits for its turn.
    pub fn has_waiting(&self) -> bool {
        !self.waiting.is_empty()
    }
}

fn entry(held: &Held, part: Part) -> OutboxEntry {
    let record = held.record.parts.iter().find(|record| record.part == part);
    let outcome = record.and_then(|record| match &record.state {
        PartState::Ended(outcome) => Some(outcome),
        _ => None,
    });
    OutboxEntry {
        id: held.id_of(part),
        number: part.batch,
        from: part.from,
        events: part.events(),
        bytes: held.bytes_of(part),
        state: record.and_then(|record| word_of(&record.state)).unwrap_or(PLANNED),
        reason: outcome.and_then(|outcome| outcome.reason),
        message: outcome.and_then(|outcome| outcome.message.clone()),
        attempts: record.map(|record| record.attempts.clone()).unwrap_or_default(),
    }
}

/// Returns the parts of a batch in this state: `planned`, `dispatching`, `unknown` or `refused`.
pub(crate) fn parts_in(held: &Held, state: &str) -> Vec<Part> {
    if state == PLANNED {
        return held.record.waiting();
    }
    let parts = held.record.parts.iter().filter(|record| word_of(&record.state) == Some(state));
    parts.map(|record| record.part).collect()
}

fn word_of(state: &PartState) -> Option<&'static str> {
    match state {
        PartState::Dispatching => Some("dispatching"),
        PartState::Ended(outcome) => Some(outcome.state.as_str()).filter(|_| outcome.state != State::Accepted),
        PartState::Resend => None,
    }
}
