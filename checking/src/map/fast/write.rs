//! Writes the event of one row, and proves each cell while it is copied.
#![expect(clippy::needless_bitwise_bool, reason = "a lazy operator is a branch")]

use super::classes::{Classes, all, first};
use super::judge::{COLON, Judge, LONG, LOWERED, TRIMMED, VALUE_MISSING, is_finite_number};
use super::op::{Op, VALUE, What};
use super::out::{Literal, Out};
use super::slot::{DOUBLED, ESCAPED, Slot, WIDE};
use crate::amount;
use crate::bytes::{PADDING, Padded, Window};
use crate::decimal::{DecimalSign, is_finite};
use crate::keys::UUID_LENGTHS;
use crate::lanes::LANES;
use crate::limits::{EVENT_TYPE_MAX, EVENT_TYPE_SURE, KEY_MAX, PROPERTY_STRING_MAX};
use crate::rules::doubtful_lengths;
use crate::text::utf16_len;
use crate::time::TimeFormat;

/// What was written of a row.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Written {
    /// The byte behind its event.
    pub end: usize,
    /// What is counted of it, as bits in the order of [`COUNTED`](super::COUNTED), and above them the number of
    /// trimmed cells, or of properties that are no scalars.
    pub notes: u32,
    /// Where its key stands in what was written, unless it is surely of no shape, without capitals and white space, and
    /// not doubtful.
    pub odd_key: (usize, usize),
    /// The key is a UUID.
    pub is_uuid: bool,
    /// Where its traffic type stands, if keys are compared with known ones.
    pub traffic_type: (usize, usize),
    /// The bits of the fields that it has.
    pub seen: u32,
}

impl Written {
    /// Notes that a cell was trimmed.
    #[inline(always)]
    pub fn trim(&mut self) {
        self.notes = (self.notes | TRIMMED) + ONE_MORE;
    }

    /// Notes where the event ends, and which fields it has. Returns whether it has all that it needs, and each note is
    /// only counted.
    #[inline(always)]
    pub fn finish(&mut self, end: usize, needed: u32, judge: &Judge) -> bool {
        self.notes |= if self.seen & VALUE == 0 { VALUE_MISSING } else { 0 };
        self.end = end;
        (self.seen & needed == needed) & (self.notes & 0xffff & !judge.settled == 0)
    }
}

/// The longest amount that is written, in bytes.
pub(super) const AMOUNT_MAX: usize = 300;

/// How many changed texts of a column are kept: most columns with changes have few.
const KNOWN_MAX: usize = 32;

/// One more trimmed cell, or one more property that is no scalar.
pub(super) const ONE_MORE: u32 = 1 << 16;

/// What a property becomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Bare {
    /// Text in quotes.
    No,
    Number,
    True,
    False,
}

/// Returns whether a text of up to sixteen bytes is a number of JSON without exponent, and whether it is also one that
/// JavaScript writes in the same way.
#[inline(always)]
pub(super) fn number(window: Window, length: usize, classes: &Classes) -> (bool, bool) {
    let lanes = window.lanes(0);
    let minus = usize::from(window.byte(0) == b'-');
    let length = length - minus;
    if length == 0 {
        return (false, false);
    }
    let all = first(length);
    let (digits, points) = ((classes.digits(lanes) >> minus) & all, (classes.points(lanes) >> minus) & all);
    let ends = 1 | (1 << (length - 1));
    let is_zero = window.byte(minus) == b'0';
    let leading_zero = is_zero & (length > 1) & (points & 2 == 0);
    let is_number = (digits | points == all) & (points & points.wrapping_sub(1) == 0) & (digits & ends == ends);
    let has_point = points != 0;
    let is_short = length - usize::from(has_point) <= 15;
    let ends_in_zero = has_point & (window.byte(minus + length - 1) == b'0');
    // below a millionth it is written with an exponent, and a zero has no sign
    let has_zeros = (minus > 0) | (window.word() == u64::from_le_bytes(*b"0.000000"));
    let is_small = is_zero & (((length > 8) & has_zeros) | ((minus > 0) & !has_point));
    let is_number = is_number & !leading_zero;
    (is_number, is_number & is_short & !ends_in_zero & !is_small)
}

/// Tells what a property's cell becomes; `None` if it is not sure.
fn bare(bytes: Padded, slot: Slot, what: What, judge: &Judge, classes: &Classes, told: bool) -> Option<Bare> {
    let (start, length) = (slot.start as usize, slot.length());
    if slot.flags() != 0 {
        return (what == What::Told).then_some(Bare::No);
    }
    let window = bytes.window(start)?;
    match window.byte(0) {
        b'0'..=b'9' | b'-' if length <= LANES => {
            let (is_number, is_as_written) = number(window, length, classes);
            if is_as_written || (is_number && what == What::Number) {
                return Some(Bare::Number);
            }
        }
        b'0'..=b'9' | b'-' => {}
        _ if what == What::Number => return None,
        first @ (b't' | b'T' | b'f' | b'F') if length == 4 || length == 5 => {
            return boolean(bytes.span(start, start + length), first >= b'a', told);
        }
        _ => return Some(Bare::No),
    }
    let cell = bytes.span(start, start + length);
    match what {
        What::Number => is_finite_number(cell).then_some(Bare::Number),
        _ => Some(if judge.is_as_written(cell) { Bare::Number } else { Bare::No }),
    }
}

#[inline(never)]
fn boolean(cell: &[u8], is_lower: bool, told: bool) -> Option<Bare> {
    let value = match cell {
        b"true" | b"TRUE" | b"True" => Bare::True,
        b"false" | b"FALSE" | b"False" => Bare::False,
        _ => return Some(Bare::No),
    };
    (is_lower || told).then_some(value)
}

/// Writes a property; returns the byte behind it, or `None` if its text may be too long.
fn property(bytes: Padded, slot: Slot, bare: Bare, op: &mut Op, out: &mut Out, at: usize, more: u32) -> Option<usize> {
    let (start, length) = (slot.start as usize, slot.length());
    let at = out.text(at, &op.prefix);
    match bare {
        Bare::No => {
            if length > PROPERTY_STRING_MAX && is_long(bytes.span(start, start + length)) {
                return None;
            }
            op.texts = op.texts.wrapping_add(more);
            let end = if slot.flags() & ESCAPED == 0 {
                out.copy(at, bytes, start, length)
            } else {
                escaped(bytes, slot, out, at)
            };
            out.byte(end, b'"');
            Some(end + 1)
        }
        Bare::Number => {
            op.numbers = op.numbers.wrapping_add(more);
            // over the quote
            Some(out.copy(at - 1, bytes, start, length))
        }
        Bare::True => Some(out.text(at - 1, &Literal::short(*b"true\0"))),
        Bare::False => Some(out.text(at - 1, &Literal::short(*b"false"))),
    }
}

#[inline(never)]
fn is_long(cell: &[u8]) -> bool {
    std::str::from_utf8(cell).is_ok_and(|text| utf16_len(text) > PROPERTY_STRING_MAX)
}

/// Copies a text of which some bytes are written as two; returns the byte behind it.
#[inline(never)]
fn escaped(bytes: Padded, slot: Slot, out: &mut Out, mut at: usize) -> usize {
    let mut from = slot.start as usize;
    let end = from + slot.length();
    while from < end {
        let byte = bytes.byte(from);
        let escape = match byte {
            b'"' | b'\\' => byte,
            b'\t' => b't',
            _ => {
                out.byte(at, byte);
                (at, from) = (at + 1, from + 1);
                continue;
            }
        };
        out.byte(at, b'\\');
        out.byte(at + 1, escape);
        at += 2;
        from += if byte == b'"' && slot.flags() & DOUBLED != 0 { 2 } else { 1 };
    }
    at
}

/// Returns where the text of a field stands without the spaces around it, and notes if there are any. Returns `None` if
/// there is no other text.
fn field(bytes: Padded, slot: Slot, notes: &mut u32) -> Option<(usize, usize)> {
    let (start, length) = (slot.start as usize, slot.length());
    let is_trimmed = bytes.byte(start) != b' ' && bytes.byte(start + length - 1) != b' ';
    if is_trimmed { Some((start, length)) } else { trimmed(bytes, start, length, notes) }
}

#[inline(never)]
fn trimmed(bytes: Padded, start: usize, length: usize, notes: &mut u32) -> Option<(usize, usize)> {
    let cell = bytes.span(start, start + length);
    let text = cell.trim_ascii();
    *notes = (*notes | TRIMMED) + ONE_MORE;
    let before = cell.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
    (!text.is_empty()).then_some((start + before, text.len()))
}

/// Returns whether an event type needs no explanation, and notes what is counted of it.
pub(super) fn keeps_event_type(
    bytes: Padded,
    (start, length): (usize, usize),
    notes: &mut u32,
    classes: &Classes,
) -> bool {
    let mut colons = 0;
    let good = all(bytes, start, length, |lanes, all| {
        colons |= lanes.same(classes.colon).mask() & all;
        classes.in_name(lanes) & all == all
    });
    *notes |= if colons == 0 { 0 } else { COLON };
    *notes |= if length > EVENT_TYPE_SURE { LONG } else { 0 };
    good & (length <= EVENT_TYPE_MAX) & !matches!(bytes.byte(start), b'-' | b'_' | b'.' | b':')
}

/// Returns whether a key is plain; `None` if it may need an explanation.
pub(super) fn key(
    bytes: Padded,
    is_plain: bool,
    (start, length): (usize, usize),
    judge: &Judge,
    classes: &Classes,
) -> Option<bool> {
    if length > KEY_MAX {
        return None;
    }
    let window = bytes.window(start)?;
    let digits = (!classes.digits(window.lanes(0))).trailing_zeros() as usize;
    let unsure = doubtful_lengths(digits > 0, window.byte(digits % PADDING)) | UUID_LENGTHS;
    let mut special = 0;
    let good = all(bytes, start, length, |lanes, all| {
        special |= (classes.odd_in_key(lanes) | classes.at_signs_and_capitals(lanes)) & all;
        true
    });
    let plain = good & (special == 0) & (digits < length.min(LANES)) & (unsure >> (length % 64) & 1 == 0);
    let plain = plain & is_plain;
    (plain & judge.takes_all_keys || judge.keeps_key(bytes.span(start, start + length))).then_some(plain)
}

/// What the cells of a row are written by.
pub(super) struct Cells<'c> {
    pub bytes: Padded<'c>,
    pub judge: &'c Judge<'c>,
    pub classes: &'c Classes,
    pub time: &'c TimeFormat,
    pub decimal: Option<DecimalSign>,
    pub told_booleans: bool,
    pub told_nameless: bool,
    /// What is added to the tallies of columns.
    pub more: u32,
}

impl Cells<'_> {
    /// Writes a cell, whatever is in it; returns the byte behind it, or `None` if it is not sure of it.
    #[inline(never)]
    pub fn any(&self, slot: Slot, op: &mut Op, out: &mut Out, at: usize, written: &mut Written) -> Option<usize> {
        let Cells { bytes, judge, classes, .. } = *self;
        written.seen |= op.seen;
        if op.change.is_some() {
            return self.changed(slot, op, out, at, written);
        }
        let notes = &mut written.notes;
        let special = match op.what {
            What::Told | What::Text | What::Number | What::Nameless | What::LeftOut | What::Kept => 0,
            What::Key | What::Amount => ESCAPED,
            _ => WIDE | ESCAPED,
        };
        if slot.flags() & special != 0 {
            return None;
        }
        match op.what {
            What::Told | What::Text | What::Number => {
                let bare = match op.what {
                    What::Text => Bare::No,
                    what => bare(bytes, slot, what, judge, classes, self.told_booleans)?,
                };
                return property(bytes, slot, bare, op, out, at, self.more);
            }
            What::Nameless => return self.told_nameless.then_some(at),
            What::Unsure | What::Changed => return None,
            What::LeftOut | What::Kept => return Some(at),
            _ => {}
        }
        let is_trimmed = !matches!(op.what, What::Declared | What::Amount);
        let mut unnoted = 0;
        let (start, length) = field(bytes, slot, if is_trimmed { notes } else { &mut unnoted })?;
        let cell = bytes.span(start, start + length);
        let at = out.text(at, &op.prefix);
        let end = out.copy(at, bytes, start, length);
        match op.what {
            What::EventType => {
                if !keeps_event_type(bytes, (start, length), notes, classes) {
                    return None;
                }
            }
            What::TrafficType => {
                let mut capitals = 0;
                let good = all(bytes, start, length, |lanes, all| {
                    capitals |= classes.capitals(lanes) & all;
                    classes.blanks(lanes) & all == 0
                });
                if capitals != 0 {
                    *notes |= LOWERED;
                    out.lower(at, end);
                }
                if !good || !(judge.takes_all_traffic_types || judge.keeps_traffic_type(out.span(at, end))) {
                    return None;
                }
                written.traffic_type = (at, end);
            }
            What::Key => {
                let is_plain = key(bytes, slot.flags() == 0, (start, length), judge, classes)?;
                written.odd_key = if is_plain { (0, 0) } else { (at, end) };
            }
            What::Time => {
                let (millis, found) = judge.time(bytes.window(start)?, cell)?;
                *notes |= found;
                return Some(out.millis(at, millis));
            }
            What::Declared => {
                let (millis, found) = judge.declared(bytes.window(start)?, cell, self.time)?;
                *notes |= found;
                return Some(out.millis(at, millis));
            }
            What::Value => return is_finite_number(cell).then_some(end),
            What::Amount => {
                let number = amount::read(std::str::from_utf8(cell).ok()?, self.decimal?)?;
                return (number.len() <= AMOUNT_MAX && is_finite(&number)).then(|| out.bytes(at, number.as_bytes()));
            }
            _ => {
                if !all(bytes, start, length, |lanes, all| classes.blanks(lanes) & all == 0) {
                    return None;
                }
            }
        }
        out.byte(end, b'"');
        Some(end + 1)
    }

    /// Writes a text that the mapping changes; returns the byte behind it, or `None` if it is not sure of it.
    #[inline(never)]
    fn changed(&self, slot: Slot, op: &mut Op, out: &mut Out, at: usize, written: &mut Written) -> Option<usize> {
        let change = op.change.as_deref_mut()?;
        let text = slot.plain_text(self.bytes).filter(|text| !text.is_empty())?;
        let at = out.text(at, &op.prefix);
        let end = match change.known.iter().find(|(known, _)| **known == *text) {
            Some((_, changed)) => out.bytes(at, changed.as_bytes()),
            None => {
                let changed = change.source.changed(text);
                if !self.judge.keeps_changed(change.to, &changed) {
                    return None;
                }
                let end = out.bytes(at, changed.as_bytes());
                if change.known.len() < KNOWN_MAX && change.to != What::Key {
                    change.known.push((text.into(), changed.into()));
                }
                end
            }
        };
        match change.to {
            What::EventType => {
                let length = end - at;
                written.notes |= if length > EVENT_TYPE_SURE { LONG } else { 0 };
                written.notes |= if out.span(at, end).contains(&b':') { COLON } else { 0 };
            }
            What::Key => written.odd_key = (at, end),
            What::TrafficType => written.traffic_type = (at, end),
            _ => {}
        }
        out.byte(end, b'"');
        Some(end + 1)
    }
}
