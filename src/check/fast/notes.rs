//! What is counted of a clean event and not explained.

use std::ops::{BitOr, BitOrAssign};

use crate::issue::Code;

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
