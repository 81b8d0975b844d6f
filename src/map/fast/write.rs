//! Writes the event of one row, and proves each cell while it is copied.
#![expect(clippy::needless_bitwise_bool, reason = "a lazy operator is a branch")]

use super::cells::{DOUBLED, ESCAPED, Slot, WIDE};
use super::judge::{COLON, Judge, LONG, LOWERED, TRIMMED, VALUE_MISSING, is_finite_number};
use super::out::{Literal, Out};
use super::plan::{Op, Plan, What};
use crate::bytes::{PADDING, Padded, Window};
use crate::check::fast::number8;
use crate::decimal::amount;
use crate::keys::UUID_LENGTHS;
use crate::lanes::{LANES, Lanes};
use crate::limits::{EVENT_TYPE_MAX, EVENT_TYPE_SURE, KEY_MAX, PROPERTY_STRING_MAX};
use crate::rules::doubtful_lengths;
use crate::text::utf16_len;

const EVENT_TYPE: u32 = 1;
const TRAFFIC_TYPE: u32 = 2;
const KEY: u32 = 4;
const TIME: u32 = 8;
const VALUE: u32 = 16;
const NEEDED: u32 = EVENT_TYPE | TRAFFIC_TYPE | KEY | TIME;

/// What was written of a row.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Written {
    /// The byte behind its event.
    pub end: usize,
    /// What is counted of it, as bits in the order of [`COUNTED`](super::COUNTED), and above them the number of
    /// trimmed cells.
    pub notes: u32,
    /// Where its key stands in what was written.
    pub key: (usize, usize),
    pub traffic_type: (usize, usize),
    /// Whether the key is surely of no shape, without capitals and white space, and not doubtful.
    pub plain_key: bool,
}

/// The longest amount, in bytes, that is surely finite.
const AMOUNT_MAX: usize = 300;

/// One more trimmed cell.
pub(super) const ONE_TRIMMED: u32 = 1 << 16;

/// What texts are compared with, in memory: V8 makes a constant vector anew at each use.
#[derive(Debug)]
pub(super) struct Classes {
    zero: Lanes,
    digits: Lanes,
    to_colon: Lanes,
    case: Lanes,
    letter: Lanes,
    letters: Lanes,
    capital: Lanes,
    dash: Lanes,
    dashes: Lanes,
    low_line: Lanes,
    colon: Lanes,
    point: Lanes,
    below_in_key: Lanes,
    last: Lanes,
    backslash: Lanes,
    above_space: Lanes,
    upper: Lanes,
    at_sign: Lanes,
}

impl Default for Classes {
    fn default() -> Self {
        let all = Lanes::all;
        // less a byte and 0x80, the byte becomes the least signed one
        Classes {
            zero: all(b'0' + 0x80),
            digits: all(10 + 0x80),
            to_colon: all(11 + 0x80),
            case: all(0x20),
            letter: all(b'a' + 0x80),
            letters: all(26 + 0x80),
            capital: all(b'A' + 0x80),
            dash: all(b'-' + 0x80),
            dashes: all(2 + 0x80),
            low_line: all(b'_'),
            colon: all(b':'),
            point: all(b'.'),
            below_in_key: all(b'-' + 1),
            last: all(0xff),
            backslash: all(b'\\'),
            above_space: all(0x21),
            upper: all(0x60),
            at_sign: all(0x40),
        }
    }
}

impl Classes {
    #[inline(always)]
    fn digits(&self, lanes: Lanes) -> u32 {
        lanes.minus(self.zero).less(self.digits).mask()
    }

    #[inline(always)]
    fn points(&self, lanes: Lanes) -> u32 {
        lanes.same(self.point).mask()
    }

    #[inline(always)]
    fn capitals(&self, lanes: Lanes) -> u32 {
        lanes.minus(self.capital).less(self.letters).mask()
    }

    /// Marks what may stand in an event type.
    #[inline(always)]
    fn in_name(&self, lanes: Lanes) -> u32 {
        let letters = (lanes | self.case).minus(self.letter).less(self.letters);
        let digits = lanes.minus(self.zero).less(self.to_colon);
        let dashes = lanes.minus(self.dash).less(self.dashes);
        (letters | digits | dashes | lanes.same(self.low_line)).mask()
    }

    /// Marks the bytes from `@` to `_`, capital letters among them.
    #[inline(always)]
    fn at_signs_and_capitals(&self, lanes: Lanes) -> u32 {
        (lanes & self.upper).same(self.at_sign).mask()
    }

    /// Marks backslashes, DEL, bytes below `-` and bytes that are not ASCII.
    #[inline(always)]
    fn odd_in_key(&self, lanes: Lanes) -> u32 {
        (lanes.minus(self.last).less(self.below_in_key) | lanes.same(self.backslash)).mask()
    }

    /// Marks spaces, controls and bytes that are not ASCII.
    #[inline(always)]
    fn blanks(&self, lanes: Lanes) -> u32 {
        lanes.less(self.above_space).mask()
    }
}

/// Returns a mask of the first bytes of sixteen.
#[inline(always)]
fn first(length: usize) -> u32 {
    if length >= LANES { 0xffff } else { (1 << length) - 1 }
}

/// Tells for each sixteen bytes of a text whether a mask of them is as it should be.
#[inline(always)]
fn all(bytes: Padded, start: usize, length: usize, mut good: impl FnMut(Lanes, u32) -> bool) -> bool {
    let mut at = 0;
    loop {
        let Some(window) = bytes.window(start + at) else { return false };
        if !good(window.lanes(0), first(length - at)) {
            return false;
        }
        at += LANES;
        if at >= length {
            return true;
        }
    }
}

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
fn number(window: Window, length: usize, classes: &Classes) -> (bool, bool) {
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
#[inline(always)]
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
#[inline(always)]
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

/// Returns where the text of a field stands without the spaces around it, and notes if there are any. Fails if there is
/// no other text, or if a byte of it is special.
#[inline(always)]
fn field(bytes: Padded, slot: Slot, special: u32, notes: &mut u32) -> Option<(usize, usize)> {
    let (start, length) = (slot.start as usize, slot.length());
    if slot.flags() & special != 0 {
        return None;
    }
    if bytes.byte(start) == b' ' || bytes.byte(start + length - 1) == b' ' {
        trimmed(bytes, start, length, notes)
    } else {
        Some((start, length))
    }
}

#[inline(never)]
fn trimmed(bytes: Padded, start: usize, length: usize, notes: &mut u32) -> Option<(usize, usize)> {
    let cell = bytes.span(start, start + length);
    let text = cell.trim_ascii();
    *notes = (*notes | TRIMMED) + ONE_TRIMMED;
    let before = cell.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
    (!text.is_empty()).then_some((start + before, text.len()))
}

/// Writes a text in quotes; returns the byte behind it.
#[inline(always)]
fn text(bytes: Padded, (start, length): (usize, usize), prefix: &Literal, out: &mut Out, at: usize) -> usize {
    let at = out.text(at, prefix);
    let end = out.copy(at, bytes, start, length);
    out.byte(end, b'"');
    end + 1
}

/// Returns whether an event type needs no explanation, and notes what is counted of it.
#[inline(always)]
fn keeps_event_type(bytes: Padded, (start, length): (usize, usize), notes: &mut u32, classes: &Classes) -> bool {
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
#[inline(always)]
fn key(bytes: Padded, slot: Slot, (start, length): (usize, usize), judge: &Judge, classes: &Classes) -> Option<bool> {
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
    let plain = plain & (slot.flags() == 0);
    (plain & judge.takes_all_keys || judge.keeps_key(bytes.span(start, start + length))).then_some(plain)
}

/// Writes a time; returns the byte behind it.
#[inline(always)]
fn time(
    bytes: Padded,
    (start, length): (usize, usize),
    notes: &mut u32,
    judge: &Judge,
    classes: &Classes,
    out: &mut Out,
    at: usize,
) -> Option<usize> {
    let window = bytes.window(start)?;
    let is_quick = (length == 13) & (classes.digits(window.lanes(0)) & 0x1fff == 0x1fff) & (window.byte(0) != b'0');
    if is_quick & judge.takes_milliseconds && judge.is_recent(number8(window.word())) {
        return Some(out.copy(at, bytes, start, 13));
    }
    let (millis, found) = judge.time(bytes.span(start, start + length))?;
    *notes |= found;
    Some(out.millis(at, millis))
}

impl Plan {
    /// Writes the event of the row whose cells were found last, with a comma before it, by the first of the plan's
    /// operations. `more` is added to the tallies of columns: 1, or -1 to take back what was added. Fails with the
    /// number of operations that were done.
    #[inline(never)]
    #[expect(clippy::too_many_lines, reason = "one loop that calls as little as it can")]
    pub(super) fn write(
        &mut self,
        bytes: Padded,
        begin: usize,
        judge: &Judge,
        operations: usize,
        more: u32,
    ) -> Result<Written, usize> {
        let Plan {
            ops,
            slots,
            out,
            properties,
            classes,
            told_booleans,
            told_nameless,
            label,
            time: time_format,
            decimal,
            ..
        } = self;
        let mut at = begin + 1;
        let mut seen = 0;
        let mut before_properties = usize::MAX;
        let mut written = Written::default();
        let notes = &mut written.notes;
        for (done, op) in ops[..operations].iter_mut().enumerate() {
            if done == *properties {
                before_properties = at;
                at = out.text(at, label);
            }
            let slot = slots[op.column as usize];
            if slot.length() == 0 || op.unless.iter().any(|&column| slots[column as usize].length() > 0) {
                continue;
            }
            let end = match op.what {
                What::Told | What::Text | What::Number => {
                    let bare = match op.what {
                        What::Text => Some(Bare::No),
                        what => bare(bytes, slot, what, judge, classes, *told_booleans),
                    };
                    bare.and_then(|bare| property(bytes, slot, bare, op, out, at, more))
                }
                What::EventType => field(bytes, slot, WIDE | ESCAPED, notes).and_then(|cell| {
                    seen |= EVENT_TYPE;
                    keeps_event_type(bytes, cell, notes, classes).then(|| text(bytes, cell, &op.prefix, out, at))
                }),
                What::TrafficType => field(bytes, slot, WIDE | ESCAPED, notes).and_then(|cell| {
                    seen |= TRAFFIC_TYPE;
                    let mut capitals = 0;
                    let good = all(bytes, cell.0, cell.1, |lanes, all| {
                        capitals |= classes.capitals(lanes) & all;
                        classes.blanks(lanes) & all == 0
                    });
                    let end = text(bytes, cell, &op.prefix, out, at);
                    written.traffic_type = (end - 1 - cell.1, end - 1);
                    if capitals != 0 {
                        *notes |= LOWERED;
                        out.lower(end - 1 - cell.1, end - 1);
                    }
                    let known =
                        judge.takes_all_traffic_types || judge.keeps_traffic_type(out.span(end - 1 - cell.1, end - 1));
                    (good && known).then_some(end)
                }),
                What::Key => field(bytes, slot, ESCAPED, notes).and_then(|cell| {
                    seen |= KEY;
                    written.plain_key = key(bytes, slot, cell, judge, classes)?;
                    let end = text(bytes, cell, &op.prefix, out, at);
                    written.key = (end - 1 - cell.1, end - 1);
                    Some(end)
                }),
                What::Time => field(bytes, slot, WIDE | ESCAPED, notes).and_then(|cell| {
                    seen |= TIME;
                    let at = out.text(at, &op.prefix);
                    time(bytes, cell, notes, judge, classes, out, at)
                }),
                What::Value => field(bytes, slot, WIDE | ESCAPED, notes).and_then(|(start, length)| {
                    seen |= VALUE;
                    let quick = length <= LANES && number(bytes.window(start)?, length, classes).0;
                    let good = quick || is_finite_number(bytes.span(start, start + length));
                    let at = out.text(at, &op.prefix);
                    good.then(|| out.copy(at, bytes, start, length))
                }),
                What::Declared => field(bytes, slot, WIDE | ESCAPED, &mut 0).and_then(|(start, length)| {
                    seen |= TIME;
                    let (millis, found) = judge.declared(bytes.span(start, start + length), time_format)?;
                    *notes |= found;
                    let at = out.text(at, &op.prefix);
                    Some(out.millis(at, millis))
                }),
                What::Amount => field(bytes, slot, ESCAPED, &mut 0).and_then(|(start, length)| {
                    seen |= VALUE;
                    let cell = std::str::from_utf8(bytes.span(start, start + length)).ok()?;
                    let number = amount(cell, (*decimal)?).filter(|number| number.len() <= AMOUNT_MAX)?;
                    let at = out.text(at, &op.prefix);
                    Some(out.bytes(at, number.as_bytes()))
                }),
                What::Environment => field(bytes, slot, WIDE | ESCAPED, notes).and_then(|cell| {
                    let good = all(bytes, cell.0, cell.1, |lanes, all| classes.blanks(lanes) & all == 0);
                    good.then(|| text(bytes, cell, &op.prefix, out, at))
                }),
                What::Nameless if *told_nameless => Some(at),
                What::Nameless | What::Unsure => None,
            };
            let Some(end) = end else { return Err(done) };
            at = end;
        }
        if before_properties != usize::MAX {
            let opened = before_properties + PROPERTIES.len();
            if at == opened {
                at = before_properties;
            } else {
                out.byte(opened, b'{');
                out.byte(at, b'}');
                at += 1;
            }
        }
        out.byte(begin, b',');
        out.byte(begin + 1, b'{');
        out.byte(at, b'}');
        *notes |= if seen & VALUE == 0 { VALUE_MISSING } else { 0 };
        written.end = at + 1;
        let settled = *notes & 0xffff & !judge.settled == 0;
        if seen & NEEDED == NEEDED && settled { Ok(written) } else { Err(operations) }
    }
}

pub(super) const PROPERTIES: &str = ",\"properties\":";
