//! What a proof says of events.

use std::ops::{BitOr, BitOrAssign};

use crate::codes::Code;

/// Notes about a clean event.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Notes(u8);

impl Notes {
    /// `value` is absent or null.
    pub const VALUE_MISSING: Notes = Notes(1);
    /// The event type is longer than all pages of the service allow.
    pub const LONG_NAME: Notes = Notes(2);
    /// The event type has a colon.
    pub const COLON: Notes = Notes(4);
    /// The timestamp is older than the clock allows without a word.
    pub const OLD: Notes = Notes(8);
    /// The timestamp is ahead of the clock.
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

    /// Whether this is among them.
    pub fn has(self, note: Notes) -> bool {
        self.0 & note.0 != 0
    }

    /// Whether there is nothing to be counted.
    #[inline(always)]
    pub fn is_empty(self) -> bool {
        self.0 & !Notes::NULL.0 == 0
    }

    /// What the careful checker finds in such an event.
    pub fn codes(self) -> impl Iterator<Item = Code> + Clone {
        Notes::CODES.into_iter().filter_map(move |(note, code)| self.has(note).then_some(code))
    }

    /// This note if it holds.
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

/// What the fast checker says of the bytes from a `{` on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof {
    /// A clean event ends before this byte.
    Clean {
        /// The byte behind it.
        end: usize,
        /// Line breaks in it.
        lines: u32,
        /// What is to be counted of it.
        notes: Notes,
    },
    /// It may be anything.
    NotSure,
    /// The data ended inside of it.
    RanOut,
}

/// What stands between two events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Join {
    /// Nobody knows: one event is a run.
    Unknown,
    /// The comma of an array.
    Comma,
    /// A line break, and no event has one inside.
    LineBreak,
}

/// An event that was proved clean; all bytes are bytes of the data.
#[derive(Debug, Clone, Copy)]
pub struct Clean {
    /// Its first byte.
    pub start: usize,
    /// The byte behind it.
    pub end: usize,
    /// Line breaks before it, from the start of the run.
    pub lines: usize,
    /// Where its key stands, without quotes.
    pub key: (usize, usize),
    /// The same for its traffic type.
    pub traffic_type: (usize, usize),
    /// The key is surely of no shape, without capitals and white space, and not doubtful. Where it is not plain, the event
    /// is clean only if nobody doubts its key.
    pub plain_key: bool,
    /// What is to be counted of it.
    pub notes: Notes,
}

/// Where a run ended, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Run {
    /// The byte up to which all is proved.
    pub at: usize,
    /// Line breaks up to there, from the start of the run.
    pub lines: usize,
    /// What is there.
    pub stop: Stop,
}

/// What stands where a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stop {
    /// The end of an event, or the beginning of a line.
    Between,
    /// The next record; nobody has looked at it.
    Next,
    /// A record that may be anything.
    NotSure,
    /// A record in which the data ended.
    RanOut,
}
