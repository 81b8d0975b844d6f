//! Finds the records of a JSON array, or of objects one after the other, by brackets and strings alone.
//!
//! It says where a record ends and leaves to the checker whether it is JSON. What is broken costs as
//! few records as can be: a closing bracket ends everything open inside it, a string ends with its
//! line, and in a broken record a line that begins with `{` begins the next.

use super::{Cursor, Step};
use crate::issue::Code;
use crate::lanes::{LANES, Lanes};

/// Bytes that are looked at together.
const BLOCK: usize = 4 * LANES;

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
            match self.block(buffer, cursor) {
                Block::End(end) => return Step::Record(end),
                Block::Passed => continue,
                Block::ByteByByte => {}
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

    /// Up to 64 bytes at once, before the first that is a backslash or a line break.
    fn block(&mut self, buffer: &[u8], cursor: &mut Cursor) -> Block {
        let Some(block) = buffer[cursor.at..].first_chunk::<BLOCK>() else { return Block::ByteByByte };
        if self.inside == Inside::Escape || self.open.is_empty() || self.broken || self.line_begins {
            return Block::ByteByByte;
        }
        let (mut others, mut quotes, mut brackets) = (0_u64, 0, 0);
        for (at, lanes) in block.as_chunks().0.iter().map(|lanes| Lanes::of(*lanes)).enumerate() {
            let mark = |lanes: Lanes| u64::from(lanes.mask()) << (at * LANES);
            // without this bit a brace is a bracket
            let low = lanes & Lanes::all(!0x20);
            others |= mark(lanes.same(Lanes::all(b'\\')) | lanes.same(Lanes::all(b'\n')));
            quotes |= mark(lanes.same(Lanes::all(b'"')));
            brackets |= mark(low.same(Lanes::all(b'[')) | low.same(Lanes::all(b']')));
        }
        let length = others.trailing_zeros();
        if length == 0 {
            return Block::ByteByByte;
        }
        let looked_at = u64::MAX >> (64 - length);
        quotes &= looked_at;
        let from_string = u64::from(self.inside == Inside::String);
        let in_strings = odd_before(quotes) ^ from_string.wrapping_neg();
        brackets &= looked_at & !in_strings;
        let start = cursor.at;
        while brackets != 0 {
            cursor.at = start + brackets.trailing_zeros() as usize;
            brackets &= brackets - 1;
            self.inside = Inside::Plain;
            if let Some(end) = self.plain(buffer[cursor.at], cursor) {
                return Block::End(end);
            }
            if self.broken {
                cursor.at += 1;
                return Block::Passed;
            }
        }
        let odd = (u64::from(quotes.count_ones()) + from_string) % 2 == 1;
        self.inside = if odd { Inside::String } else { Inside::Plain };
        cursor.at = start + length as usize;
        Block::Passed
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

/// What came of looking at several bytes at once.
enum Block {
    /// The record ends here.
    End(usize),
    /// All is done for some of them.
    Passed,
    /// Nothing is: the next is to be looked at by itself.
    ByteByByte,
}

/// Each bit for which, with its own, an odd number of these is set up to there.
fn odd_before(bits: u64) -> u64 {
    [1, 2, 4, 8, 16, 32].iter().fold(bits, |odd, by| odd ^ odd << by)
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
