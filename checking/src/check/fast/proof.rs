//! What a proof says of events.

use super::values::Notes;

/// Why a record is not proved clean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unproved {
    /// It may be anything.
    NotSure,
    /// The data ended inside of it.
    RanOut,
}

/// A record that was proved clean where it lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Proved {
    /// The byte of the data behind it.
    pub end: usize,
    /// Line breaks in it.
    pub lines: u32,
    /// What is to be counted of it.
    pub notes: Notes,
}

/// What is known to stand between two events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Join {
    /// Not known: only one event is proved.
    Unknown,
    /// The comma of an array.
    Comma,
    /// The comma of an array that stands on one line: an event with a line break is not proved.
    CommaInLine,
    /// A line break, and no event has one inside.
    LineBreak,
}

/// One of several neighbours that were proved clean; its bytes are counted from the first of the data.
#[derive(Debug, Clone, Copy)]
pub struct Clean {
    /// Its first byte.
    pub start: usize,
    /// The byte behind it.
    pub end: usize,
    /// Line breaks before it, from the start of the first neighbour.
    pub lines: usize,
    /// The first byte of its key, without quotes, and the byte behind it.
    pub key: (usize, usize),
    /// The same of its traffic type.
    pub traffic_type: (usize, usize),
    /// Whether its key is surely of no shape, without capitals and white space, and not doubtful. If it is not plain,
    /// the event is clean only if the key is not [doubtful](crate::rules::doubt).
    pub plain_key: bool,
    /// What is to be counted of it.
    pub notes: Notes,
}

/// How far neighbours were proved clean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Neighbours {
    /// The byte up to which all is proved.
    pub at: usize,
    /// Line breaks up to there, from the start of the first neighbour.
    pub lines: usize,
    /// What stands there.
    pub stop: Stop,
}

impl Neighbours {
    /// Says of the record that begins here that it is not sure of it.
    pub fn unsure(start: usize) -> Self {
        Neighbours { at: start, lines: 0, stop: Stop::Record(Unproved::NotSure) }
    }
}

/// What stands behind the last neighbour that was proved clean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stop {
    /// The end of an event, or the beginning of a line.
    Between,
    /// A record that was not looked at.
    Next,
    /// A record that is not proved.
    Record(Unproved),
}
