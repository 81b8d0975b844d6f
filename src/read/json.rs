//! Finds the records of a JSON array, or of objects one after the other, by brackets and strings alone.
//!
//! It says where a record ends and leaves to the checker whether it is JSON. What is broken costs as
//! few records as can be: a closing bracket ends everything open inside it, a string ends with its
//! line, and in a broken record a line that begins with `{` begins the next.

use super::{Cursor, Step};
use crate::issue::Code;
use crate::words::{self, ONES, equal};

/// What may come next between two records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Between {
    /// At the very start.
    #[default]
    Start,
    /// Behind `[`.
    First,
    /// Behind a comma.
    Value,
    /// Behind a record of an array.
    Comma,
    /// Outside of any array, behind an object.
    Loose,
    /// Behind `]`.
    After,
}

/// Where reading stands inside a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Inside {
    #[default]
    Plain,
    String,
    Escape,
}

#[derive(Debug, Default)]
pub(super) struct JsonFramer {
    between: Between,
    inside: Inside,
    open: Brackets,
    broken: bool,
    line_begins: bool,
}

impl JsonFramer {
    /// Up to the first byte of the next record.
    #[inline]
    pub(super) fn between(&mut self, buffer: &[u8], cursor: &mut Cursor, ended: bool) -> Step {
        loop {
            let Some(&byte) = buffer.get(cursor.at) else {
                return self.at_the_end(cursor.at, ended);
            };
            match (byte, self.between) {
                (b'\n', _) => cursor.line += 1,
                (b' ' | b'\t' | b'\r', _) => {}
                (_, Between::After) => return Step::Trouble(Code::TextAfterArray, cursor.at),
                (b'[', Between::Start) => self.between = Between::First,
                (b']', Between::First | Between::Comma) => self.between = Between::After,
                (b',', Between::Comma) => self.between = Between::Value,
                (b']', Between::Value) => {
                    self.between = Between::Comma;
                    return Step::Trouble(Code::CommaExtra, cursor.at);
                }
                (b',', _) => {
                    cursor.at += 1;
                    return Step::Trouble(Code::CommaExtra, cursor.at - 1);
                }
                (_, Between::Comma) => {
                    self.between = Between::Value;
                    return Step::Trouble(Code::CommaMissing, cursor.at);
                }
                (_, Between::Start | Between::Loose) => {
                    self.begin(cursor, Between::Loose);
                    return Step::Begin;
                }
                (_, Between::First | Between::Value) => {
                    self.begin(cursor, Between::Comma);
                    return Step::Begin;
                }
            }
            cursor.at += 1;
        }
    }

    fn at_the_end(&self, at: usize, ended: bool) -> Step {
        match self.between {
            Between::First | Between::Value | Between::Comma if ended => Step::Trouble(Code::ArrayNotClosed, at),
            _ => Step::NeedMore,
        }
    }

    fn begin(&mut self, cursor: &mut Cursor, then: Between) {
        cursor.record = Some((cursor.at, cursor.line));
        *self = JsonFramer { between: then, ..JsonFramer::default() };
    }

    /// Whether the records are those of an array.
    pub(super) fn in_array(&self) -> bool {
        self.between == Between::Comma
    }

    /// Behind a record, and what stood between, another one begins.
    pub(super) fn begin_again(&mut self, cursor: &mut Cursor) {
        self.begin(cursor, self.between);
    }

    /// Up to the end of the record.
    pub(super) fn inside(&mut self, buffer: &[u8], cursor: &mut Cursor, ended: bool) -> Step {
        while let Some(&byte) = buffer.get(cursor.at) {
            if byte == b'\n' {
                self.broken |= self.inside != Inside::Plain;
                self.inside = Inside::Plain;
                self.line_begins = true;
                if self.open.is_empty() {
                    return Step::Record(cursor.at);
                }
                cursor.line += 1;
                cursor.at += 1;
                continue;
            }
            if let Some(length) = self.skip(buffer, cursor.at) {
                cursor.at += length;
                continue;
            }
            match self.inside {
                Inside::Escape => self.inside = Inside::String,
                Inside::String => match byte {
                    b'\\' => self.inside = Inside::Escape,
                    b'"' => self.inside = Inside::Plain,
                    _ => {}
                },
                Inside::Plain => {
                    if let Some(end) = self.plain(byte, cursor) {
                        return Step::Record(end);
                    }
                }
            }
            self.line_begins &= is_space(byte);
            cursor.at += 1;
        }
        if ended { Step::Record(cursor.at) } else { Step::NeedMore }
    }

    /// How many of the next bytes mean nothing for where the record ends.
    #[inline]
    fn skip(&self, buffer: &[u8], at: usize) -> Option<usize> {
        let word = u64::from_le_bytes(*buffer[at..].first_chunk()?);
        let length = match self.inside {
            Inside::String => words::plain_text(word),
            // where a line begins, its white space does
            Inside::Plain if !self.open.is_empty() && !self.line_begins => {
                // without this bit a brace is a bracket
                let low = word & !(ONES * 0x20);
                let marks = equal(low, b'[') | equal(low, b']') | equal(word, b'"') | equal(word, b'\n');
                marks.trailing_zeros() as usize / 8
            }
            Inside::Plain | Inside::Escape => 0,
        };
        (length > 0).then_some(length)
    }

    /// A byte outside of strings; gives the record's end where it ends here.
    fn plain(&mut self, byte: u8, cursor: &mut Cursor) -> Option<usize> {
        match byte {
            b'{' if self.broken && self.line_begins => {
                if self.between == Between::Comma {
                    self.between = Between::Value; // the comma went with the broken record
                }
                return Some(cursor.at);
            }
            b'"' => self.inside = Inside::String,
            b'{' | b'[' => self.open.push(byte),
            b'}' | b']' => match self.open.close(byte) {
                Closed::Outermost => {
                    cursor.at += 1;
                    return Some(cursor.at);
                }
                Closed::Inner => {}
                // the array's own end, inside of a record that was never closed
                Closed::Nothing if byte == b']' && self.between == Between::Comma => return Some(cursor.at),
                Closed::Nothing => self.broken = true,
            },
            b',' | b' ' | b'\t' | b'\r' if self.open.is_empty() => return Some(cursor.at),
            _ => {}
        }
        None
    }
}

enum Closed {
    Outermost,
    Inner,
    Nothing,
}

/// The brackets that are open: kinds for the outermost 64, beyond that only their number.
#[derive(Debug, Default)]
struct Brackets {
    depth: u32,
    squares: u64,
}

impl Brackets {
    fn is_empty(&self) -> bool {
        self.depth == 0
    }

    fn push(&mut self, open: u8) {
        if self.depth < u64::BITS {
            self.squares &= !(1 << self.depth);
            self.squares |= u64::from(open == b'[') << self.depth;
        }
        self.depth = self.depth.saturating_add(1);
    }

    /// Closes the innermost bracket of this kind, and with it all that is open inside.
    fn close(&mut self, close: u8) -> Closed {
        if self.depth > u64::BITS {
            self.depth -= 1;
            return Closed::Inner;
        }
        let wanted = u64::from(close == b']');
        let Some(depth) = (0..self.depth).rev().find(|&depth| self.squares >> depth & 1 == wanted) else {
            return Closed::Nothing;
        };
        self.depth = depth;
        if depth == 0 { Closed::Outermost } else { Closed::Inner }
    }
}

pub(super) fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}
