//! What a proof says of events.

use std::ops::{BitOr, BitOrAssign};

use crate::codes::Code;

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
    /// Whether its key is surely of no shape, without capitals and white space, and not doubtful. If it is not plain, the
    /// event is clean only if the key is not [doubtful](crate::rules::doubt).
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

/// What is counted of a clean event without being explained.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Notes(u8);

impl Notes {
    /// `value` is absent or null.
    pub const VALUE_MISSING: Notes = Notes(1);
    /// The event type is longer than all pages of the service allow.
    pub const LONG_NAME: Notes = Notes(2);
    /// The event type has a colon.
    pub const COLON: Notes = Notes(4);
    /// The timestamp is so old that it is warned of.
    pub const OLD: Notes = Notes(8);
    /// The timestamp is so far ahead of the clock that it is warned of.
    pub const AHEAD: Notes = Notes(16);
    /// A field or a property is null. This is not counted.
    pub const NULL: Notes = Notes(32);

    const CODES: [(Notes, Code); 5] = [
        (Notes::VALUE_MISSING, Code::ValueMissing),
        (Notes::LONG_NAME, Code::EventTypeIdLong),
        (Notes::COLON, Code::EventTypeIdColon),
        (Notes::OLD, Code::TimestampOld),
        (Notes::AHEAD, Code::TimestampAhead),
    ];

    /// Returns whether this note, or one of these, is among them.
    pub fn has(self, note: Notes) -> bool {
        self.0 & note.0 != 0
    }

    /// Returns whether there is nothing to be counted.
    #[inline(always)]
    pub fn is_empty(self) -> bool {
        self.0 & !Notes::NULL.0 == 0
    }

    /// Returns the codes that the careful checker finds in such an event.
    pub fn codes(self) -> impl Iterator<Item = Code> + Clone {
        Notes::CODES.into_iter().filter_map(move |(note, code)| self.has(note).then_some(code))
    }

    /// Returns this note if it holds, and else none.
    #[inline(always)]
    pub(super) fn when(self, holds: bool) -> Notes {
        Notes(self.0 * u8::from(holds))
    }
}

impl BitOr for Notes {
    type Output = Notes;

    #[inline(always)]
    fn bitor(self, other: Notes) -> Notes {
        Notes(self.0 | other.0)
    }
}

impl BitOrAssign for Notes {
    #[inline(always)]
    fn bitor_assign(&mut self, other: Notes) {
        *self = *self | other;
    }
}
