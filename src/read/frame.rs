//! What the reader finds in a source, and what its framers tell it.

use std::ops::Range;

use crate::codes::Code;
use crate::limits::GOT_MAX;

/// Bytes that hold as many characters as an issue shows.
pub(super) const SHOWN_BYTES: usize = 4 * GOT_MAX;

/// What the reader found. Spans are into [`Reader::bytes`](super::Reader::bytes), and hold until the next call.
#[derive(Debug, Clone, PartialEq)]
pub enum Frame {
    /// The text of one event.
    Record {
        /// Where its bytes lie.
        span: Range<usize>,
        /// Its first line, from 1.
        line: u64,
        /// Its first byte in the source.
        offset: u64,
    },
    /// Neighbours that were proved clean; their prover knows where they lie.
    Clean {
        /// The first line of the first of them, from 1.
        line: u64,
    },
    /// A row of a table; see [`Reader::row_record`](super::Reader::row_record).
    Row {
        /// Where its bytes lie.
        span: Range<usize>,
        /// The row's first line, from 1.
        line: u64,
        /// The row's first byte in the source.
        offset: u64,
    },
    /// A row of a table of which no event can be made.
    Broken {
        /// The kind of trouble.
        code: Code,
        /// Where the row's bytes lie.
        span: Range<usize>,
        /// The row's first line, from 1.
        line: u64,
        /// The row's first byte in the source.
        offset: u64,
        /// The byte of the trouble, from the row's first.
        at: usize,
    },
    /// An event that cannot even be read.
    Refused(Fault),
    /// An object that is too large to hold, is no event, and has a list of events in this member.
    Wrapped(Fault, String),
    /// Trouble with the source itself, between its events.
    Trouble(Fault),
}

/// A kind of trouble and its place.
#[derive(Debug, Clone, PartialEq)]
pub struct Fault {
    /// The kind of trouble.
    pub code: Code,
    /// Line, from 1.
    pub line: u64,
    /// Byte in the source.
    pub offset: u64,
    /// The text that was found there.
    pub got: String,
}

/// What a framer says about the bytes from `Cursor::at` on.
pub(super) enum Step {
    /// A record begins at `Cursor::at`.
    Begin,
    /// A record ends at this byte of the buffer.
    Record(usize),
    /// Trouble at this byte of the buffer.
    Trouble(Code, usize),
    /// The cell is damaged that begins `at` bytes behind the row's first. The line on which it begins ends before the
    /// byte `end` of the buffer.
    Damaged { code: Code, at: usize, end: usize },
    /// A value begins at `Cursor::at` that has records inside.
    Value,
    /// The list of records inside of a value ends before `Cursor::at`.
    Closed,
    /// The value has no record, or none was found until it was too large to be one itself.
    NotFound(Code),
    /// The value is no JSON at this byte of the buffer, outside of its records.
    Broken(Code, usize),
    /// All bytes were looked at.
    NeedMore,
}

/// Where a framer stands in the buffer.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cursor {
    pub at: usize,
    pub line: u64,
    /// The byte and the line at which the current record began.
    pub record: Option<(usize, u64)>,
    /// The line on which the record before ended, if no separator stood behind it.
    pub behind: Option<u64>,
}

/// Why an input cannot be read.
pub(super) struct Unfit {
    pub code: Code,
    /// What an issue shows in place of the text there.
    pub got: Option<String>,
}

impl From<Code> for Unfit {
    fn from(code: Code) -> Self {
        Unfit { code, got: None }
    }
}
