//! One event per line. A record is its line: anything after its object refuses it, but another object.
//!
//! A line of several objects, of an array, or with a comma at its end is read by the framer of JSON, up to its end.

use super::frame::{Cursor, Step};
use super::json::{BOM, JsonFramer, SEPARATOR, is_space};
use crate::limits::RECORD_BYTES_MAX;

#[derive(Debug, Default)]
pub(super) struct NdjsonFramer {
    /// Reads a line of several values, and skips what is no record.
    json: JsonFramer,
    /// A record has begun.
    begun: bool,
    /// The record is the first.
    first: bool,
    /// The line is too long, and its beginning was looked at.
    overlong: bool,
}

impl NdjsonFramer {
    /// Returns whether the values of one line are being read.
    pub(super) fn in_line(&self) -> bool {
        self.json.one_line
    }

    /// Reads up to the first byte of the next record.
    pub(super) fn between(&mut self, bytes: &[u8], cursor: &mut Cursor, ended: bool) -> Step {
        if self.in_line() {
            let step = self.json.between(bytes, cursor, ended);
            if !matches!(step, Step::NeedMore) || bytes.get(cursor.at) != Some(&b'\n') {
                return step;
            }
            self.end_line();
        }
        if let Some(step) = self.json.blank(bytes, cursor, ended) {
            return step;
        }
        cursor.record = Some((cursor.at, cursor.line));
        self.first = !self.begun;
        self.begun = true;
        Step::Begin
    }

    /// Passes records that were proved: the next is not the first.
    pub(super) fn passed(&mut self) {
        self.first = false;
    }

    /// Ends a line of several values: the next record is a line again.
    fn end_line(&mut self) {
        self.json.begin_line(true);
        self.json.one_line = false;
    }

    /// Ends the line with a text that is one of many, unless an array goes on; returns whether one does.
    pub(super) fn end_line_of_piece(&mut self) -> bool {
        let goes_on = self.json.in_array();
        if self.in_line() && !goes_on {
            self.end_line();
        }
        goes_on
    }

    /// Reads up to the end of the line. `piece_ended` says that the bytes end with a text that is one of many.
    pub(super) fn inside(&mut self, bytes: &[u8], cursor: &mut Cursor, ended: bool, piece_ended: bool) -> Step {
        if self.in_line() {
            return self.json.inside(bytes, cursor, ended);
        }
        let start = cursor.record.map_or(cursor.at, |(start, _)| start);
        let line_break = memchr::memchr(b'\n', &bytes[cursor.at..]);
        cursor.at = line_break.map_or(bytes.len(), |length| cursor.at + length);
        let line = &bytes[start..cursor.at];
        let over = line_break.is_some() || ended;
        let values = if line.len() > RECORD_BYTES_MAX && !self.overlong {
            self.overlong = true;
            Values::of(&line[..RECORD_BYTES_MAX], false).filter(|values| values.whole > 0)
        } else if self.overlong {
            None
        } else if over && may_be_several(line) {
            Values::of(line, true)
        } else if !over && piece_ended && matches!(last_byte(line), b'}' | b']' | b',') {
            Values::of(line, false).filter(|values| !values.open)
        } else {
            None
        };
        if values.is_some() {
            (cursor.at, cursor.record) = (start, None);
            self.json.begin_line(self.first);
        }
        if over || values.is_some() {
            self.overlong = false;
        }
        match values {
            Some(_) => self.between(bytes, cursor, ended),
            None if over => Step::Record(cursor.at),
            None => Step::NeedMore,
        }
    }
}

/// Returns whether more than one object may stand on the line, by a cheap look.
fn may_be_several(line: &[u8]) -> bool {
    let between = |byte: &&u8| !is_space(**byte) && **byte != b',' && **byte != SEPARATOR && !BOM.contains(byte);
    line.starts_with(b"[")
        || line.starts_with(b",")
        || last_byte(line) == b','
        || memchr::memchr_iter(b'}', line).any(|at| line[at + 1..].iter().find(between) == Some(&b'{'))
}

/// Returns the last byte that is not white space, or 0 if there is none.
fn last_byte(line: &[u8]) -> u8 {
    line.iter().rfind(|&&byte| !is_space(byte)).copied().unwrap_or_default()
}

/// The values on a line on which only objects, and arrays of values, stand.
struct Values {
    /// How many are over.
    whole: usize,
    /// The last is not.
    open: bool,
}

impl Values {
    /// Returns `None` if anything else stands on the line, or only empty arrays. `ended` says that the line is over.
    fn of(line: &[u8], ended: bool) -> Option<Values> {
        let mut json = JsonFramer::default();
        json.begin_line(true);
        let mut cursor = Cursor { at: 0, line: 0, record: None, behind: None };
        let mut values = Values { whole: 0, open: false };
        loop {
            match json.between(line, &mut cursor, ended) {
                Step::NeedMore => break,
                Step::Begin if line[cursor.at] == b'{' || (values.whole > 0 && json.in_array()) => {}
                Step::Begin => return None,
                _ => continue,
            }
            match json.inside(line, &mut cursor, ended) {
                Step::Record(_) => values.whole += 1,
                _ => {
                    values.open = true;
                    return Some(values);
                }
            }
        }
        values.open = json.in_array();
        (values.whole > 0 || line.starts_with(b",")).then_some(values)
    }
}
