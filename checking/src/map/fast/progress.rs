//! How far a row is read and written.

use super::cells::Stops;
use super::out::{Literal, Out, SIDE};
use super::write::Written;

/// How far a row is read and written.
#[derive(Debug, Clone, Copy)]
pub(super) struct Progress {
    pub stops: Stops,
    /// The first byte that was not read.
    pub next: usize,
    /// The column that comes next.
    pub column: usize,
    /// A row ended before its last column.
    pub is_short: bool,
    /// The row makes no event.
    pub is_skipped: bool,
    /// The first byte and the length of a text that was found and not written.
    pub text: (usize, usize),
    pub to: Place,
    pub written: Written,
}

/// Where an event is written.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub at: usize,
    /// Where fields go on while properties are written, and the other way round.
    pub other: usize,
    /// Where the properties begin; `usize::MAX` before.
    pub properties: usize,
    pub is_field: bool,
}

impl Default for Progress {
    fn default() -> Self {
        let to = Place { at: 0, other: 0, properties: usize::MAX, is_field: true };
        Progress {
            stops: Stops::default(),
            next: 0,
            column: 0,
            is_short: false,
            is_skipped: false,
            text: (0, 0),
            to,
            written: Written::default(),
        }
    }
}

impl Place {
    /// Goes on among the properties, or among the fields.
    #[inline(always)]
    pub fn turn(&mut self, out: &mut Out, label: &Literal, is_mixed: bool) {
        self.is_field = !self.is_field;
        if self.properties == usize::MAX {
            self.properties = if is_mixed { SIDE } else { self.at };
            self.other = self.at;
            self.at = out.text(self.properties, label);
        } else {
            std::mem::swap(&mut self.at, &mut self.other);
        }
    }
}
