//! Parts of batches, where their bodies lie in that of the batch, and where their events stand in the input.

use std::ops::Range;
use std::rc::Rc;

use split_events::{Batch, Place};

/// Neighbouring events of a batch that are sent in one body: those from `from` to before `to`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// The batch's number in its import or outbox, from 1.
    pub batch: u64,
    /// The index of its first event in the batch.
    pub from: usize,
    /// The index behind its last.
    pub to: usize,
}

impl Part {
    /// Returns its id: that of its batch, followed by the range of its events unless it is the `whole` of it.
    pub fn id_in(self, batch: &str, whole: bool) -> String {
        if whole { batch.to_owned() } else { [batch, ":", &self.from.to_string(), "-", &self.to.to_string()].concat() }
    }

    /// Counts its events.
    pub fn events(self) -> usize {
        self.to - self.from
    }

    /// Returns true if both have an event in common.
    pub fn overlaps(self, other: Part) -> bool {
        self.batch == other.batch && self.from < other.to && other.from < self.to
    }

    /// Returns where its events lie in the body of its batch, in which each event ends at one of `ends`.
    pub fn range_in(self, ends: &[usize]) -> Range<usize> {
        let start = if self.from == 0 { 1 } else { ends[self.from - 1] + 1 };
        start..ends[self.to - 1]
    }

    /// Returns the size of its own body, in bytes.
    pub fn bytes_in(self, ends: &[usize]) -> usize {
        body_bytes(self.range_in(ends))
    }

    /// Counts those of its first events that fit into a body of `most` bytes.
    pub fn fitting(self, ends: &[usize], most: usize) -> usize {
        let start = self.range_in(ends).start;
        ends[self.from..self.to].iter().take_while(|&&end| body_bytes(start..end) <= most).count()
    }
}

/// The events, and a bracket on either side.
fn body_bytes(events: Range<usize>) -> usize {
    events.len() + 2
}

/// Returns the id of a part of an import.
pub fn part_id(import: &str, part: Part, whole: bool) -> String {
    part.id_in(&batch_id(import, part.batch), whole)
}

/// Returns the id of a batch of an import.
pub fn batch_id(import: &str, number: u64) -> String {
    [import, "-", &number.to_string()].concat()
}

/// The body of a batch, without white space between its events.
#[derive(Debug, PartialEq)]
pub struct Body {
    /// `[` events with `,` between them `]`.
    pub text: Vec<u8>,
    /// Where each event ends in it.
    pub ends: Rc<[usize]>,
    /// Where each event stands in the input; empty if that is not known.
    pub places: Vec<Place>,
}

impl Body {
    /// Counts the events.
    pub fn events(&self) -> usize {
        self.ends.len()
    }

    /// Returns a body with only the events of this part.
    pub fn body_of(&self, part: Part) -> Vec<u8> {
        [b"[", &self.text[part.range_in(&self.ends)], b"]"].concat()
    }
}

impl From<Batch> for Body {
    fn from(batch: Batch) -> Self {
        let (ends, places) = batch.entries.iter().map(|entry| (entry.end, entry.place)).unzip::<_, _, Vec<_>, _>();
        Body { text: batch.body, ends: ends.into(), places }
    }
}

/// The events of a part, as they are sent.
#[derive(Debug, Clone, PartialEq)]
pub struct Events {
    /// The body of their batch.
    pub body: Rc<Body>,
    /// Which of its events.
    pub part: Part,
}

impl Events {
    /// Returns their body.
    pub fn text(&self) -> Vec<u8> {
        self.body.body_of(self.part)
    }

    /// Returns each event's bytes and its place.
    pub fn iter(&self) -> impl Iterator<Item = (&[u8], Place)> {
        let Events { body, part } = self;
        let one = |at: usize| Part { from: at, to: at + 1, ..*part };
        (part.from..part.to).map(move |at| (&body.text[one(at).range_in(&body.ends)], body.places[at]))
    }
}

/// Where an event stands, and the name of its source.
pub type Spot = (Place, Option<String>);

/// Where an event stands, as the user sees it.
#[derive(Debug, Clone, serde::Serialize)]
pub struct Position {
    /// Its index in the whole input, from 0.
    pub index: u64,
    /// Its first line, from 1.
    pub line: Option<u64>,
    /// The source it came from, if it has a name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
}

impl Position {
    /// Describes the place of an event in a source of this name.
    pub fn new(place: Place, file: Option<&str>) -> Self {
        Position { index: place.index, line: place.text.map(|(line, _)| line), file: file.map(str::to_owned) }
    }
}
