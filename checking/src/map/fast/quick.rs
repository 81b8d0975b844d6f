//! Writes cells as most are.
#![expect(clippy::needless_bitwise_bool, reason = "a lazy operator is a branch")]

use super::classes::{Classes, first};
use super::judge::{DATE, Judge};
use super::op::{Op, What};
use super::out::{Out, SHORT, put};
use super::write::{Written, number};
use crate::bytes::{PADDING, Padded, Window};
use crate::check::fast::values::number8;
use crate::keys::UUID_LENGTHS;
use crate::lanes::{LANES, Lanes};
use crate::limits::{KEY_MAX, PROPERTY_STRING_MAX};
use crate::rules::doubtful_lengths;
use crate::time::{self, Iso};

/// The shortest date that is read here, in bytes: `2026-11-20T10:00:00`.
const DATE_LENGTH: usize = 19;

/// The times that are written with thirteen digits, in milliseconds.
const MILLISECONDS: std::ops::Range<u64> = 1_000_000_000_000..10_000_000_000_000;

const UUID_LENGTH: usize = 36;

/// What cells as most are are written by.
pub(super) struct Quick<'c> {
    pub bytes: Padded<'c>,
    pub judge: &'c Judge<'c>,
    pub classes: &'c Classes,
    /// What is added to the tallies of columns.
    pub more: u32,
}

/// Whether a text is `true` or `false`.
#[derive(PartialEq, Eq)]
enum Boolean {
    No,
    Lower,
    /// It has capital letters.
    Capital,
}

/// Tells it of a text that begins with these bytes.
#[inline(always)]
fn boolean(word: u64, length: usize) -> Boolean {
    const TRUE: u64 = u32::from_le_bytes(*b"true") as u64;
    const FALSE: u64 = u64::from_le_bytes(*b"false\0\0\0");
    let (text, wanted) = if length == 4 { (word & 0xffff_ffff, TRUE) } else { (word & 0xff_ffff_ffff, FALSE) };
    if (length != 4) & (length != 5) || (text | (0x20_2020_2020 & wanted)) != wanted {
        Boolean::No
    } else if text == wanted {
        Boolean::Lower
    } else {
        Boolean::Capital
    }
}

/// Returns whether these bytes begin with a UUID in small letters, but not with eight zeros: keys of zeros are doubtful.
#[inline(always)]
fn is_uuid(window: Window, classes: &Classes) -> bool {
    const DASHES: u32 = 1 << 8 | 1 << 13 | 1 << 18 | 1 << 23;
    let [first, second, third] = [0, LANES, 20].map(|at| window.lanes(at));
    let hex = classes.hex(first) | classes.hex(second) << LANES;
    let dashes = classes.dash(first) | classes.dash(second) << LANES;
    (dashes == DASHES)
        & (hex == !DASHES)
        & (classes.hex(third) == 0xffff & !(1 << 3))
        & (window.word() != u64::from_le_bytes([b'0'; 8]))
}

/// Proves UTF-8 of characters of up to three bytes, sixteen bytes at a time.
#[derive(Default)]
struct Utf8 {
    /// Which of the next bytes continue a character.
    expected: u32,
}

impl Utf8 {
    /// Returns whether the text goes on as it must.
    #[inline(always)]
    fn goes_on(&mut self, lanes: Lanes, classes: &Classes) -> bool {
        if lanes.mask() | self.expected == 0 {
            return true;
        }
        let expected = self.read(lanes, classes, 0xffff);
        self.expected = expected.map_or(0, |expected| expected >> LANES);
        expected.is_some()
    }

    /// Returns whether the text ends as it must, with up to sixteen bytes.
    #[inline(always)]
    fn is_whole(&mut self, lanes: Lanes, classes: &Classes, length: usize) -> bool {
        self.read(lanes, classes, first(length)).is_some_and(|expected| expected >> length == 0)
    }

    /// Returns which bytes continue a character. Returns `None` if others do among all of these.
    #[inline(always)]
    fn read(&self, lanes: Lanes, classes: &Classes, all: u32) -> Option<u32> {
        let (of_two, of_three, continues) = classes.wide(lanes);
        let (of_two, of_three, continues) = (of_two & all, of_three & all, continues & all);
        let expected = self.expected | of_two << 1 | of_three << 1 | of_three << 2;
        let is_known = lanes.mask() & all == of_two | of_three | continues;
        (is_known & (continues == expected & all)).then_some(expected)
    }
}

/// Drops the bits of a mask of sixteen bytes that lie behind a text of up to sixteen.
#[inline(always)]
fn inside(mask: u32, length: usize) -> u32 {
    mask.wrapping_shl((length as u32).wrapping_neg())
}

impl Quick<'_> {
    /// Writes a cell whose text is not empty, if it is as most are. Returns the byte behind it, or 0 if
    /// [`Cells::any`](super::write::Cells::any) is to write it.
    #[inline(always)]
    pub fn write(
        &self,
        window: Window,
        (start, length): (usize, usize),
        op: &mut Op,
        out: &mut Out,
        at: usize,
        written: &mut Written,
    ) -> usize {
        let (judge, classes) = (self.judge, self.classes);
        let lanes = window.lanes(0);
        let name = op.prefix.length % (2 * SHORT);
        let cell = out.cell(at);
        op.prefix.store(cell);
        if op.prefix.length > SHORT {
            return 0;
        }
        put(cell, name, lanes);
        let to = at + name;
        if length > LANES {
            return self.long(window, (start, length), op, out, to, written);
        }
        let all = first(length);
        let first_byte = window.byte(0);
        let may_be_number = (first_byte.wrapping_sub(b'0') < 10) | (first_byte == b'-');
        let good = match op.what {
            What::Told => {
                if may_be_number {
                    // a number in another form may be as JavaScript writes it
                    if !number(window, length, classes).1 {
                        return 0;
                    }
                    op.numbers = op.numbers.wrapping_add(self.more);
                    // over the quote
                    put(cell, name.wrapping_sub(1) % SHORT, lanes);
                    return to + length - 1;
                }
                if !(inside(lanes.mask(), length) == 0 || Utf8::default().is_whole(lanes, classes, length)) {
                    return 0;
                }
                if (first_byte | 0x20 == b't') | (first_byte | 0x20 == b'f') {
                    let boolean = boolean(window.word(), length);
                    if boolean == Boolean::Lower {
                        put(cell, name.wrapping_sub(1) % SHORT, lanes);
                        return to + length - 1;
                    }
                    if boolean == Boolean::Capital {
                        return 0;
                    }
                }
                op.texts = op.texts.wrapping_add(self.more);
                true
            }
            What::Text => inside(lanes.mask(), length) == 0 || Utf8::default().is_whole(lanes, classes, length),
            What::EventType => {
                written.seen |= op.seen;
                let good = (classes.in_name(lanes) & all == all) & (lanes.same(classes.colon).mask() & all == 0);
                good & !matches!(first_byte, b'-' | b'_' | b'.')
            }
            What::TrafficType => {
                written.seen |= op.seen;
                let odd = (classes.capitals(lanes) | classes.blanks(lanes)) & all;
                (odd == 0) & judge.takes_all_traffic_types & judge.takes_all_keys
            }
            What::Key => {
                written.seen |= op.seen;
                let digits = (!classes.digits(lanes)).trailing_zeros() as usize;
                let unsure = doubtful_lengths(digits > 0, window.byte(digits % PADDING));
                let special = (classes.odd_in_key(lanes) | classes.at_signs_and_capitals(lanes)) & all;
                (special == 0) & (digits < length) & (unsure >> length & 1 == 0) & judge.takes_all_keys
            }
            What::Time => {
                written.seen |= op.seen;
                let digits = (length == 13) & (classes.digits(lanes) & 0x1fff == 0x1fff) & (first_byte != b'0');
                let good = digits & judge.takes_milliseconds & judge.is_recent(number8(window.word()));
                return if good { to + length } else { 0 };
            }
            What::Value => {
                written.seen |= op.seen;
                return if number(window, length, classes).0 { to + length } else { 0 };
            }
            What::LeftOut | What::Kept => {
                let is_text = inside(lanes.mask(), length) == 0 || Utf8::default().is_whole(lanes, classes, length);
                return if is_text { at } else { 0 };
            }
            _ => false,
        };
        if !good {
            return 0;
        }
        cell[name + length] = b'"';
        to + length + 1
    }

    /// Writes a longer one, of which the first sixteen bytes were written.
    #[inline(always)]
    fn long(
        &self,
        window: Window,
        (start, length): (usize, usize),
        op: &mut Op,
        out: &mut Out,
        to: usize,
        written: &mut Written,
    ) -> usize {
        let classes = self.classes;
        let lanes = window.lanes(0);
        match op.what {
            What::LeftOut | What::Kept => {
                return if self.is_text(start, length) { to - op.prefix.length } else { 0 };
            }
            What::Told if matches!(window.byte(0), b'0'..=b'9' | b'-') => return 0,
            What::Told | What::Text if length <= PROPERTY_STRING_MAX => {
                out.copy(to, self.bytes, start, length);
                if !self.is_text(start, length) {
                    return 0;
                }
                op.texts = op.texts.wrapping_add(self.more);
            }
            What::Time | What::Declared if length >= DATE_LENGTH => {
                let Some(Iso { millis, is_utc: true }) = time::iso(window.bytes(), length) else { return 0 };
                if !(MILLISECONDS.contains(&millis) & (self.judge.takes_milliseconds | (op.what == What::Time))) {
                    return 0;
                }
                written.seen |= op.seen;
                written.notes |= self.judge.age(millis) | if op.what == What::Time { DATE } else { 0 };
                return out.millis(to, millis);
            }
            What::Key if (length <= KEY_MAX) & self.judge.takes_all_keys => {
                let digits = (!classes.digits(lanes)).trailing_zeros() as usize;
                let unsure = doubtful_lengths(digits > 0, window.byte(digits % PADDING)) | UUID_LENGTHS;
                written.seen |= op.seen;
                if (length == UUID_LENGTH) && is_uuid(window, classes) {
                    out.store(to + LANES, window.lanes(LANES));
                    out.store(to + 2 * LANES, window.lanes(2 * LANES));
                    written.is_uuid = true;
                    out.byte(to + length, b'"');
                    return to + length + 1;
                }
                let mut special = classes.odd_in_key(lanes) | classes.at_signs_and_capitals(lanes);
                let mut at = LANES;
                while at < length {
                    let Some(window) = self.bytes.window(start + at) else { return 0 };
                    let lanes = window.lanes(0);
                    out.store(to + at, lanes);
                    let odd = classes.odd_in_key(lanes) | classes.at_signs_and_capitals(lanes);
                    special |= odd & first(length - at);
                    at += LANES;
                }

                if (special != 0) | (digits >= LANES) | (unsure >> (length % 64) & 1 != 0) {
                    return 0;
                }
            }
            _ => return 0,
        }
        out.byte(to + length, b'"');
        to + length + 1
    }

    /// Returns whether a text of more than sixteen bytes is UTF-8.
    #[inline(always)]
    fn is_text(&self, start: usize, length: usize) -> bool {
        let mut utf8 = Utf8::default();
        let (mut at, mut is_text) = (0, true);
        while let Some(window) = self.bytes.window(start + at) {
            let (lanes, left) = (window.lanes(0), length - at);
            if left <= LANES {
                return is_text & utf8.is_whole(lanes, self.classes, left);
            }
            is_text &= utf8.goes_on(lanes, self.classes);
            at += LANES;
        }
        false
    }
}
