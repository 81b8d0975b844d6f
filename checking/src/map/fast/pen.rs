//! Writes the fields and properties of JSON records.

use super::classes::{Classes, all};
use super::judge::{COLON, Judge, KEY_NUMBER, KEY_TRIMMED, LONG, LOWERED, NOT_SCALAR, is_finite_number};
use super::op::What;
use super::out::{Literal, Out};
use super::skim::{Found, Kind, Part, Skim};
use super::write::{AMOUNT_MAX, ONE_MORE, Written, keeps_event_type, key};
use crate::amount;
use crate::bytes::Padded;
use crate::decimal::{DecimalSign, is_finite};
use crate::lanes::LANES;
use crate::limits::{EVENT_TYPE_MAX, EVENT_TYPE_SURE, KEY_MAX, PROPERTY_STRING_MAX};
use crate::map::mapping::Source;
use crate::time::TimeFormat;

/// A field that is taken from a record.
#[derive(Debug)]
pub(super) struct Field {
    pub what: What,
    /// The values of which the first that is there is taken.
    pub slots: Vec<usize>,
    /// The constant fields in front of it.
    pub before: Literal,
    /// The same, its name and the colon.
    pub prefix: Literal,
    pub clean: bool,
    /// What is done with its text besides.
    pub change: Option<Source>,
    /// What is written if no value is there: the same as `before`, and the field.
    pub default: Option<Literal>,
}

/// What events are written with.
pub(super) struct Pen<'p, 'r> {
    pub bytes: Padded<'p>,
    pub skim: &'p Skim,
    pub judge: &'p Judge<'r>,
    pub classes: &'p Classes,
    /// The names of properties that are renamed, with a comma before each.
    pub renamed: &'p [Literal],
}

/// Writes the text of a field with the changes that its source asks for; returns the byte behind it.
#[inline(never)]
pub(super) fn write_changed(
    pen: &Pen,
    found: Found,
    what: What,
    change: &Source,
    out: &mut Out,
    at: usize,
    written: &mut Written,
) -> Option<usize> {
    if !matches!(found.kind, Kind::Text | Kind::Number | Kind::Word) {
        return None;
    }
    let text = change.changed(std::str::from_utf8(pen.bytes.span(found.start, found.end)).ok()?);
    let end = out.bytes(at, text.as_bytes());
    let needs_escape = text.bytes().any(|byte| byte < b' ' || matches!(byte, b'"' | b'\\'));
    let is_kept = match what {
        What::EventType => {
            written.notes |= if text.contains(':') { COLON } else { 0 };
            written.notes |= if text.len() > EVENT_TYPE_SURE { LONG } else { 0 };
            pen.judge.keeps_event_type(&text)
        }
        What::TrafficType => {
            written.traffic_type = (at, end);
            pen.judge.keeps_traffic_type(text.as_bytes())
        }
        What::Key => {
            written.odd_key = (at, end);
            text.len() <= KEY_MAX && !text.is_empty() && pen.judge.keeps_key(text.as_bytes())
        }
        What::Environment => pen.judge.keeps_environment(&text),
        _ => false,
    };
    if needs_escape || !is_kept {
        return None;
    }
    out.byte(end, b'"');
    Some(end + 1)
}

/// Writes neighbouring properties; returns the byte behind them.
#[inline(always)]
pub(super) fn write_part(
    bytes: Padded,
    part: &Part,
    renamed: &[Literal],
    out: &mut Out,
    at: usize,
    written: &mut Written,
) -> Option<usize> {
    let at = match part.renamed {
        None if part.name_end + 1 == part.value && !part.is_nested => {
            out.byte(at, b',');
            return Some(out.copy(at + 1, bytes, part.start, part.end - part.start));
        }
        None => {
            out.byte(at, b',');
            let end = out.copy(at + 1, bytes, part.start, part.name_end - part.start);
            out.byte(end, b':');
            end + 1
        }
        Some(number) => out.text(at, renamed.get(number as usize)?),
    };
    if !part.is_nested {
        return Some(out.copy(at, bytes, part.value, part.end - part.value));
    }
    Some(write_null(out, at, written))
}

/// Writes `null` in the place of an object or a list.
fn write_null(out: &mut Out, at: usize, written: &mut Written) -> usize {
    written.notes = (written.notes | NOT_SCALAR) + ONE_MORE;
    out.bytes(at, b"null")
}

/// Writes the value of a property; returns the byte behind it.
#[inline(always)]
pub(super) fn write_scalar(
    bytes: Padded,
    found: Found,
    out: &mut Out,
    at: usize,
    written: &mut Written,
) -> Option<usize> {
    let length = found.end - found.start;
    match found.kind {
        Kind::Text | Kind::Escaped if length > PROPERTY_STRING_MAX => None,
        Kind::Text | Kind::Escaped => Some(out.copy(at, bytes, found.start - 1, length + 2)),
        Kind::Number | Kind::Word | Kind::Null => Some(out.copy(at, bytes, found.start, length)),
        Kind::Nested => Some(write_null(out, at, written)),
        Kind::Missing => None,
    }
}

/// Writes a name as an event type; returns the byte behind its quote.
fn write_cleaned(
    bytes: Padded,
    (start, length): (usize, usize),
    classes: &Classes,
    out: &mut Out,
    at: usize,
    notes: &mut u32,
) -> Option<usize> {
    let text = bytes.span(start, start + length);
    let before = text.iter().take_while(|byte| !byte.is_ascii_alphanumeric()).count();
    let (start, length) = (start + before, length - before);
    if !text.is_ascii() || length == 0 || length > EVENT_TYPE_MAX {
        return None;
    }
    let end = out.copy(at, bytes, start, length);
    let mut done = at;
    let _ = all(bytes, start, length, |lanes, mask| {
        let mut wrong = !classes.in_name(lanes) & mask;
        while wrong != 0 {
            out.byte(done + wrong.trailing_zeros() as usize, b'_');
            wrong &= wrong - 1;
        }
        done += LANES;
        true
    });
    *notes |= if out.span(at, end).contains(&b':') { COLON } else { 0 };
    *notes |= if length > EVENT_TYPE_SURE { LONG } else { 0 };
    out.byte(end, b'"');
    Some(end + 1)
}

/// Writes a field; returns the byte behind it.
pub(super) fn write_field(
    &Pen { bytes, judge, classes, .. }: &Pen,
    found: Found,
    field: &Field,
    (time, decimal): (&TimeFormat, Option<DecimalSign>),
    out: &mut Out,
    at: usize,
    written: &mut Written,
) -> Option<usize> {
    let (mut start, mut length) = (found.start, found.end - found.start);
    match (field.what, found.kind) {
        (What::EventType, Kind::Text) => {
            if field.clean {
                return write_cleaned(bytes, (start, length), classes, out, at, &mut written.notes);
            }
            if !keeps_event_type(bytes, (start, length), &mut written.notes, classes) {
                return None;
            }
        }
        (What::TrafficType, Kind::Text) => {
            let end = out.copy(at, bytes, start, length);
            let mut capitals = 0;
            let good = all(bytes, start, length, |lanes, all| {
                capitals |= classes.capitals(lanes) & all;
                classes.blanks(lanes) & all == 0
            });
            if capitals != 0 {
                written.notes |= LOWERED;
                out.lower(at, end);
            }
            if !good || !(judge.takes_all_traffic_types || judge.keeps_traffic_type(out.span(at, end))) {
                return None;
            }
            written.traffic_type = (at, end);
            out.byte(end, b'"');
            return Some(end + 1);
        }
        (What::Key, Kind::Text) => {
            let text = bytes.span(start, found.end);
            if text.first() == Some(&b' ') || text.last() == Some(&b' ') {
                written.notes |= KEY_TRIMMED;
                let trimmed = text.trim_ascii();
                start += text.len() - text.trim_ascii_start().len();
                length = trimmed.len();
            }
            if length == 0 {
                return None;
            }
            let is_plain = key(bytes, true, (start, length), judge, classes)?;
            written.odd_key = if is_plain { (0, 0) } else { (at, at + length) };
        }
        (What::Key, Kind::Number) => {
            // as JavaScript writes it, and every digit is its own
            let digits = bytes.span(start, found.end);
            let is_whole = length <= 15 && digits.iter().all(u8::is_ascii_digit);
            if !is_whole || !(judge.takes_all_keys || judge.keeps_key(digits)) {
                return None;
            }
            written.notes |= KEY_NUMBER;
            written.odd_key = (at, at + length);
        }
        (What::Declared, Kind::Text | Kind::Number) => {
            let cell = bytes.span(start, found.end);
            let is_trimmed = cell.first() != Some(&b' ') && cell.last() != Some(&b' ');
            let (millis, notes) = judge.declared(bytes.window(start)?, cell, time).filter(|_| is_trimmed)?;
            written.notes |= notes;
            return Some(out.millis(at, millis));
        }
        (What::Time, Kind::Number) => {
            let (millis, notes) = judge.time(bytes.window(start)?, bytes.span(start, found.end))?;
            written.notes |= notes;
            return Some(out.millis(at, millis));
        }
        (What::Value | What::Amount, Kind::Number) => {
            let is_short = length < 16;
            return (is_short || is_finite_number(bytes.span(start, found.end)))
                .then(|| out.copy(at, bytes, start, length));
        }
        (What::Amount, Kind::Text) => {
            let text = std::str::from_utf8(bytes.span(start, found.end)).ok()?;
            let number = amount::read(text, decimal?)?;
            return (number.len() <= AMOUNT_MAX && is_finite(&number)).then(|| out.bytes(at, number.as_bytes()));
        }
        (What::Environment, Kind::Text) => {
            if !all(bytes, start, length, |lanes, all| classes.blanks(lanes) & all == 0) {
                return None;
            }
        }
        _ => return None,
    }
    let end = out.copy(at, bytes, start, length);
    out.byte(end, b'"');
    Some(end + 1)
}
