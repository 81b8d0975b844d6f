//! Bodies of events under a cap of events and a cap of bytes, both exact.

use crate::event::Place;

/// How large a batch may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Caps {
    /// Most events.
    pub events: usize,
    /// Most bytes of the body.
    pub bytes: usize,
}

impl Default for Caps {
    /// 500 events, at which the JavaScript SDK flushes, and 1,000,000 bytes, as the service recommends.
    fn default() -> Self {
        Caps { events: 500, bytes: 1_000_000 }
    }
}

/// An event in a batch: where it ends in the body, and where it came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// The byte of the body behind the event's last.
    pub end: usize,
    /// Where it stands in the input.
    pub place: Place,
}

/// A JSON array of events, ready to be posted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// Unique: the run's name and the batch's number in it.
    pub id: String,
    /// `[` events with `,` between them `]`.
    pub body: Vec<u8>,
    /// The events in their order; never empty.
    pub entries: Vec<Entry>,
}

impl Batch {
    /// Each event's own bytes and its place.
    pub fn events(&self) -> impl Iterator<Item = (&[u8], Place)> {
        let starts = std::iter::once(1).chain(self.entries.iter().map(|entry| entry.end + 1));
        starts.zip(&self.entries).map(|(start, entry)| (&self.body[start..entry.end], entry.place))
    }
}

/// Fills batches.
#[derive(Debug)]
pub struct Batcher {
    caps: Caps,
    run: String,
    made: u64,
    body: Vec<u8>,
    entries: Vec<Entry>,
}

impl Batcher {
    /// `run` is the part of every batch's id that no other run has.
    pub fn new(caps: Caps, run: String) -> Self {
        Batcher { caps, run, made: 0, body: Vec::new(), entries: Vec::new() }
    }

    /// Whether an event of this many bytes fits into a batch of its own.
    pub fn fits(&self, bytes: usize) -> bool {
        bytes + 2 <= self.caps.bytes
    }

    /// Adds an event that [fits](Batcher::fits); gives the batch that it completed or had no room in.
    pub fn add(&mut self, event: &[u8], place: Place) -> Option<Batch> {
        let separator = 1; // `[` before the first, `,` before the others
        let full =
            self.entries.len() == self.caps.events || self.body.len() + separator + event.len() + 1 > self.caps.bytes;
        let batch = if full { self.take() } else { None };
        self.body.push(if self.entries.is_empty() { b'[' } else { b',' });
        self.body.extend_from_slice(event);
        self.entries.push(Entry { end: self.body.len(), place });
        batch
    }

    /// The batch being filled, unless it is empty.
    pub fn take(&mut self) -> Option<Batch> {
        if self.entries.is_empty() {
            return None;
        }
        let room = self.body.len() + 1;
        let mut body = std::mem::replace(&mut self.body, Vec::with_capacity(room));
        body.push(b']');
        self.made += 1;
        let entries = std::mem::take(&mut self.entries);
        Some(Batch { id: format!("{}-{}", self.run, self.made), body, entries })
    }
}
