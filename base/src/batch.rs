//! Bodies of events under a cap of events and a cap of bytes, both exact.

use std::ops::Range;

use crate::limits::{BATCH_BYTES, BATCH_EVENTS};
use crate::place::Place;

/// How large a batch may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Caps {
    /// Most events of a batch.
    pub events: usize,
    /// Most bytes of a batch's body.
    pub bytes: usize,
}

impl Default for Caps {
    fn default() -> Self {
        Caps { events: BATCH_EVENTS, bytes: BATCH_BYTES }
    }
}

/// An event in a batch: where it ends in the body, and where it came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// The byte of the body behind its last.
    pub end: usize,
    /// Where it stands in the input.
    pub place: Place,
}

/// What a batch takes.
#[derive(Debug, Clone, Copy)]
pub struct Room {
    /// Further events.
    pub events: usize,
    /// Their bytes, with one more before each.
    pub bytes: usize,
    /// The bytes that an empty batch takes.
    pub all_bytes: usize,
}

/// A JSON array of events, ready to be posted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// The import's id and the batch's number in it: no other batch has it.
    pub id: String,
    /// Its number in the import, from 1.
    pub number: u64,
    /// `[` events with `,` between them `]`.
    pub body: Vec<u8>,
    /// The events in their order; never empty.
    pub entries: Vec<Entry>,
}

impl Batch {
    /// Returns the bytes and the place of each event.
    pub fn events(&self) -> impl Iterator<Item = (&[u8], Place)> {
        let starts = std::iter::once(1).chain(self.entries.iter().map(|entry| entry.end + 1));
        starts.zip(&self.entries).map(|(start, entry)| (&self.body[start..entry.end], entry.place))
    }

    /// Returns a body of only these events.
    pub fn body_of(&self, events: Range<usize>) -> Vec<u8> {
        if events.len() == self.entries.len() {
            return self.body.clone();
        }
        let start = if events.start == 0 { 1 } else { self.entries[events.start - 1].end + 1 };
        [b"[", &self.body[start..self.entries[events.end - 1].end], b"]"].concat()
    }

    /// Divides the batch by spans of neighbouring events: returns it without these, and perhaps without any, and a
    /// batch of these if there are any.
    pub fn divide(&self, spans: &[(usize, usize)]) -> (Batch, Option<Batch>) {
        let part = |id: String| Batch { id, number: self.number, body: vec![b'['], entries: Vec::new() };
        let (mut rest, mut taken) = (part(self.id.clone()), part([&self.id, ":duplicates"].concat()));
        for (at, (event, place)) in self.events().enumerate() {
            let taken_out = spans.iter().any(|(from, to)| (*from..*to).contains(&at));
            let Batch { body, entries, .. } = if taken_out { &mut taken } else { &mut rest };
            if !entries.is_empty() {
                body.push(b',');
            }
            body.extend_from_slice(event);
            entries.push(Entry { end: body.len(), place });
        }
        rest.body.push(b']');
        taken.body.push(b']');
        let taken = (!taken.entries.is_empty()).then_some(taken);
        (rest, taken)
    }
}

/// Fills batches.
#[derive(Debug)]
pub struct Batcher {
    caps: Caps,
    import_id: String,
    made: u64,
    body: Vec<u8>,
    entries: Vec<Entry>,
    /// Neighbours in the source that are not copied yet.
    pending: Range<usize>,
    /// The number of their first entry.
    pending_from: usize,
}

impl Batcher {
    /// Makes a batcher. `import_id` is the part of every batch's id that no other import has.
    pub fn new(caps: Caps, import_id: String) -> Self {
        Batcher { caps, import_id, made: 0, body: Vec::new(), entries: Vec::new(), pending: 0..0, pending_from: 0 }
    }

    /// Drops the events that it holds.
    pub fn clear(&mut self) {
        self.body.clear();
        self.entries.clear();
        self.pending = 0..0;
    }

    /// Returns whether an event of this many bytes fits into a batch of its own.
    pub fn fits(&self, bytes: usize) -> bool {
        bytes + 2 <= self.caps.bytes
    }

    /// Adds an event that [fits](Batcher::fits); returns the batch that had no room for it. `source` is what the spans
    /// of [`Batcher::add_span`] are into.
    pub fn add(&mut self, event: &[u8], place: Place, source: &[u8]) -> Option<Batch> {
        let batch = self.make_room(event.len(), source);
        self.copy(source);
        self.separate();
        self.body.extend_from_slice(event);
        self.entries.push(Entry { end: self.body.len(), place });
        batch
    }

    /// Adds an event that lies in the source. It is copied together with its neighbours: call [`Batcher::copy`] before
    /// the source changes.
    #[inline]
    pub fn add_span(&mut self, span: Range<usize>, place: Place, source: &[u8]) -> Option<Batch> {
        if self.extend(span.clone(), place) {
            return None;
        }
        let batch = self.make_room(span.len(), source);
        self.copy(source);
        self.separate();
        self.pending = span;
        self.pending_from = self.entries.len();
        self.entries.push(Entry { end: self.length(), place });
        batch
    }

    /// Adds an event only if it stands right behind the one before and there is room; returns whether it was added.
    #[inline]
    pub fn extend(&mut self, span: Range<usize>, place: Place) -> bool {
        let length = self.length() + 1 + span.len();
        let good = !self.pending.is_empty()
            && span.start == self.pending.end + 1
            && self.entries.len() < self.caps.events
            && length < self.caps.bytes;
        if good {
            self.pending.end = span.end;
            self.entries.push(Entry { end: length, place });
        }
        good
    }

    /// Returns what the batch being filled still takes.
    pub fn room(&self) -> Room {
        let closing = 1;
        let left = |bytes: usize| self.caps.bytes.saturating_sub(bytes + closing);
        Room { events: self.caps.events - self.entries.len(), bytes: left(self.length()), all_bytes: left(0) }
    }

    /// Adds events for which there is [room](Batcher::room): their bytes with one more before each, and where each ends
    /// among them. None may have been added by its span.
    pub fn add_written(&mut self, events: &[u8], entries: impl Iterator<Item = Entry>) {
        let before = self.body.len();
        let is_first = self.entries.is_empty();
        self.body.extend_from_slice(events);
        if let Some(first) = self.body.get_mut(before).filter(|_| is_first) {
            *first = b'[';
        }
        self.entries.extend(entries.map(|entry| Entry { end: before + entry.end, ..entry }));
    }

    /// Copies the events that were added by their spans.
    pub fn copy(&mut self, source: &[u8]) {
        if self.pending.is_empty() {
            return;
        }
        self.body.extend_from_slice(&source[self.pending.clone()]);
        let last = self.entries.len() - 1;
        for entry in &self.entries[self.pending_from..last] {
            self.body[entry.end] = b','; // any white space may stand there
        }
        self.pending = 0..0;
    }

    /// Takes the batch that is being filled, unless it is empty.
    pub fn take(&mut self, source: &[u8]) -> Option<Batch> {
        if self.entries.is_empty() {
            return None;
        }
        self.copy(source);
        // the next body is about as long; one that grows is copied
        let room = (self.body.len() + self.body.len() / 16 + 1).min(self.caps.bytes);
        let mut body = std::mem::replace(&mut self.body, Vec::with_capacity(room));
        body.push(b']');
        self.made += 1;
        let entries = std::mem::replace(&mut self.entries, Vec::with_capacity(self.caps.events.min(1024)));
        Some(Batch { id: self.id(self.made), number: self.made, body, entries })
    }

    /// Returns the id, the number of events and the body that the batch being filled would have, or `None` if it is
    /// empty. Events that were added by their spans must have been [copied](Batcher::copy).
    pub fn draft(&self) -> Option<(String, usize, Vec<u8>)> {
        let events = self.entries.len();
        (events > 0).then(|| (self.id(self.made + 1), events, [&self.body[..], b"]"].concat()))
    }

    /// Returns the number of the batch being filled.
    pub fn number(&self) -> u64 {
        self.made + 1
    }

    fn id(&self, number: u64) -> String {
        [&self.import_id, "-", &number.to_string()].concat()
    }

    fn length(&self) -> usize {
        self.body.len() + self.pending.len()
    }

    #[inline]
    fn make_room(&mut self, bytes: usize, source: &[u8]) -> Option<Batch> {
        let brackets = 2; // or a comma and the closing one
        let full = self.entries.len() == self.caps.events || self.length() + bytes + brackets > self.caps.bytes;
        if full { self.take(source) } else { None }
    }

    fn separate(&mut self) {
        self.body.push(if self.entries.is_empty() { b'[' } else { b',' });
    }
}
