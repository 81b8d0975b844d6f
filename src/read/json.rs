//! Finds the records of a JSON array, or of objects one after the other, by brackets and strings alone.
//!
//! It finds where a record ends, and leaves to the checker whether it is JSON. A broken record costs as few others as
//! possible: a closing bracket ends everything open inside it, a string ends with its line, and the next record begins
//! with a `{` in place of no value, or, in a broken record, with a line that begins with `{`.

use super::frame::{Cursor, Step};
use crate::codes::Code;
use crate::lanes::{LANES, Lanes};

/// Bytes that are read together.
const BLOCK: usize = 4 * LANES;
/// The byte before each text of a sequence by RFC 7464.
pub(super) const SEPARATOR: u8 = 0x1e;
/// The byte order mark, in UTF-8.
pub(super) const BOM: &[u8] = b"\xef\xbb\xbf";

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
    /// Outside of any array, behind a comma.
    LooseValue,
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

/// What is reported once of a source, and was.
#[derive(Debug, Clone, Copy, Default)]
struct Told {
    separators: bool,
    commas: bool,
    arrays: bool,
}

#[derive(Debug, Default)]
pub(super) struct JsonFramer {
    between: Between,
    inside: Inside,
    open: Brackets,
    broken: bool,
    line_begins: bool,
    /// The last byte that is not white space.
    before: u8,
    told: Told,
    /// Record separators stand between the texts: each ends what is before it.
    sequence: bool,
    /// A record was cut off at the next one: its own brackets may still be closed.
    cut: bool,
    /// The array is a part of a value that goes on behind it.
    inner: bool,
    /// The values of one line are being read, and end with it.
    pub(super) one_line: bool,
}

impl JsonFramer {
    /// Begins a line that is read by itself; `first` says that no record was read before it.
    pub(super) fn begin_line(&mut self, first: bool) {
        let between = if first { Between::Start } else { Between::Loose };
        *self = JsonFramer { between, told: self.told, one_line: true, ..JsonFramer::default() };
    }

    /// Makes a framer for the items of a list, behind its bracket.
    pub(super) fn of_list(one_line: bool) -> Self {
        JsonFramer { between: Between::First, inner: true, one_line, ..JsonFramer::default() }
    }

    /// Reads up to the first byte of the next record.
    #[inline]
    pub(super) fn between(&mut self, buffer: &[u8], cursor: &mut Cursor, ended: bool) -> Step {
        loop {
            if let Some(step) = self.blank(buffer, cursor, ended) {
                return step;
            }
            let byte = buffer[cursor.at];
            match (byte, self.between) {
                (b'}' | b',', Between::After) if self.cut => {
                    self.between = Between::Comma; // what looked like the array's end was the cut record's
                    continue;
                }
                (b'[', Between::Loose | Between::LooseValue | Between::After) | (b'{', Between::After)
                    if tell(&mut self.told.arrays) =>
                {
                    cursor.behind = None;
                    return Step::Trouble(Code::ArraysSeveral, cursor.at);
                }
                (b',', Between::Loose | Between::After) => {
                    self.between = Between::LooseValue;
                    cursor.behind = None;
                    cursor.at += 1;
                    if tell(&mut self.told.commas) {
                        return Step::Trouble(Code::CommasWithoutArray, cursor.at - 1);
                    }
                    continue;
                }
                (b'{', Between::Loose) if cursor.behind == Some(cursor.line) => {
                    cursor.behind = None;
                    return Step::Trouble(Code::ObjectsSideBySide, cursor.at);
                }
                (b'[', Between::Start | Between::Loose | Between::LooseValue | Between::After) => {
                    self.between = Between::First;
                    self.cut = false;
                }
                (b']', Between::First | Between::Comma) => {
                    self.between = Between::After;
                    if self.inner {
                        cursor.at += 1;
                        return Step::Closed;
                    }
                }
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
                (_, Between::After) if byte != b'{' && !self.one_line => {
                    return Step::Trouble(Code::TextAfterArray, cursor.at);
                }
                (_, Between::Start | Between::Loose | Between::LooseValue | Between::After) => {
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

    /// Skips white space, record separators and byte order marks between two records. Returns `None` at any other byte.
    #[inline]
    pub(super) fn blank(&mut self, buffer: &[u8], cursor: &mut Cursor, ended: bool) -> Option<Step> {
        loop {
            match buffer.get(cursor.at) {
                None => return Some(self.at_the_end(cursor.at, ended)),
                Some(b'\n') if self.one_line => return Some(self.at_the_end(cursor.at, true)),
                Some(b'\n') => cursor.line += 1,
                Some(b' ' | b'\t' | b'\r') => {}
                Some(&SEPARATOR) => {
                    let in_array = matches!(self.between, Between::First | Between::Value | Between::Comma);
                    if in_array && self.sequence {
                        return Some(self.at_the_end(cursor.at, true));
                    }
                    self.sequence |= !in_array;
                    cursor.behind = None;
                    if tell(&mut self.told.separators) {
                        return Some(Step::Trouble(Code::RecordSeparators, cursor.at));
                    }
                }
                Some(&mark) if mark == BOM[0] => {
                    let rest = &buffer[cursor.at..];
                    if !rest.starts_with(BOM) {
                        return (!ended && BOM.starts_with(rest)).then_some(Step::NeedMore);
                    }
                    cursor.at += BOM.len() - 1;
                }
                Some(_) => return None,
            }
            cursor.at += 1;
        }
    }

    fn at_the_end(&mut self, at: usize, ended: bool) -> Step {
        match self.between {
            Between::First | Between::Value | Between::Comma if ended => {
                self.between = Between::After;
                Step::Trouble(Code::ArrayNotClosed, at)
            }
            _ => Step::NeedMore,
        }
    }

    fn begin(&mut self, cursor: &mut Cursor, then: Between) {
        cursor.record = Some((cursor.at, cursor.line));
        let JsonFramer { told, sequence, cut, inner, one_line, .. } = *self;
        *self = JsonFramer { between: then, told, sequence, cut, inner, one_line, ..JsonFramer::default() };
    }

    /// Returns whether the records are those of an array.
    pub(super) fn in_array(&self) -> bool {
        matches!(self.between, Between::First | Between::Value | Between::Comma)
    }

    /// Returns whether a comma stands between two records.
    pub(super) fn has_commas(&self) -> bool {
        self.in_array() || self.told.commas
    }

    /// Begins another record behind one and what stood between.
    pub(super) fn begin_again(&mut self, cursor: &mut Cursor) {
        self.begin(cursor, self.between);
    }

    /// Returns whether the record could be over: all in it is closed, and it is of no array.
    pub(super) fn is_whole(&self) -> bool {
        self.open.is_empty() && self.inside == Inside::Plain && !self.in_array()
    }

    /// Reads up to the end of the record.
    pub(super) fn inside(&mut self, buffer: &[u8], cursor: &mut Cursor, ended: bool) -> Step {
        while let Some(&byte) = buffer.get(cursor.at) {
            if byte == b'\n' {
                if self.inside != Inside::Plain {
                    self.broken = true;
                    self.before = b'"';
                }
                self.inside = Inside::Plain;
                self.line_begins = true;
                if self.open.is_empty() || self.one_line {
                    return Step::Record(cursor.at);
                }
                cursor.line += 1;
                cursor.at += 1;
                continue;
            }
            if byte == SEPARATOR && self.sequence {
                return Step::Record(cursor.at);
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
            if !is_space(byte) {
                self.line_begins = false;
                self.before = byte;
            }
            cursor.at += 1;
        }
        if ended { Step::Record(cursor.at) } else { Step::NeedMore }
    }

    /// Reads up to 64 bytes together, before the first that is a backslash or a line break.
    fn block(&mut self, buffer: &[u8], cursor: &mut Cursor) -> Block {
        let Some(block) = buffer[cursor.at..].first_chunk::<BLOCK>() else { return Block::ByteByByte };
        if self.inside == Inside::Escape || self.open.is_empty() || self.broken || self.line_begins || self.sequence {
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
        let before = |length: usize| block[..length].iter().rfind(|&&byte| !is_space(byte)).copied();
        while brackets != 0 {
            let at = brackets.trailing_zeros() as usize;
            cursor.at = start + at;
            brackets &= brackets - 1;
            self.inside = Inside::Plain;
            self.before = before(at).unwrap_or(self.before);
            if let Some(end) = self.plain(buffer[cursor.at], cursor) {
                return Block::End(end);
            }
            if self.broken {
                self.before = block[at];
                cursor.at += 1;
                return Block::Passed;
            }
        }
        let odd = (u64::from(quotes.count_ones()) + from_string) % 2 == 1;
        self.inside = if odd { Inside::String } else { Inside::Plain };
        self.before = before(length as usize).unwrap_or(self.before);
        cursor.at = start + length as usize;
        Block::Passed
    }

    /// Reads a byte outside of strings; returns the record's end if it is here.
    fn plain(&mut self, byte: u8, cursor: &mut Cursor) -> Option<usize> {
        match byte {
            b'{' if (self.broken && self.line_begins) || !self.open.takes_value(self.before) => {
                if self.between == Between::Comma {
                    self.between = Between::Value; // the comma went with the broken record
                }
                self.cut = true;
                return Some(cursor.at);
            }
            b'"' => self.inside = Inside::String,
            b'{' | b'[' => {
                self.broken |= !self.open.takes_value(self.before);
                self.open.push(byte);
            }
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

/// What came of reading several bytes together.
enum Block {
    /// The record ends here.
    End(usize),
    /// Some of them were read.
    Passed,
    /// None was read: the next is to be read by itself.
    ByteByByte,
}

/// Returns whether this was not reported yet; from here on it was.
fn tell(told: &mut bool) -> bool {
    !std::mem::replace(told, true)
}

/// Sets each bit up to which, itself included, an odd number of bits is set.
fn odd_before(bits: u64) -> u64 {
    [1, 2, 4, 8, 16, 32].iter().fold(bits, |odd, by| odd ^ odd << by)
}

enum Closed {
    Outermost,
    Inner,
    Nothing,
}

/// The brackets that are open: the kinds of the outermost 64, and the number of all.
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

    /// Returns whether a value may stand behind this byte.
    fn takes_value(&self, before: u8) -> bool {
        let innermost = self.depth.wrapping_sub(1);
        match self.squares.checked_shr(innermost) {
            Some(squares) if squares & 1 == 1 => matches!(before, b'[' | b','),
            Some(_) => before == b':',
            None => true,
        }
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
