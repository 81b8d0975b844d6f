//! Writes cells as most are.
#![expect(clippy::needless_bitwise_bool, reason = "a lazy operator is a branch")]

use super::classes::{Classes, first};
use super::judge::Judge;
use super::op::{Op, What};
use super::out::{Out, SHORT, put};
use super::write::number;
use crate::bytes::{PADDING, Padded, Window};
use crate::check::fast::values::number8;
use crate::keys::UUID_LENGTHS;
use crate::lanes::LANES;
use crate::limits::{KEY_MAX, PROPERTY_STRING_MAX};
use crate::rules::doubtful_lengths;

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
        seen: &mut u32,
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
            return self.long(window, (start, length), op, out, to, seen);
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
                if inside(lanes.mask(), length) != 0 {
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
            What::Text => inside(lanes.mask(), length) == 0,
            What::EventType => {
                *seen |= op.seen;
                let good = (classes.in_name(lanes) & all == all) & (lanes.same(classes.colon).mask() & all == 0);
                good & !matches!(first_byte, b'-' | b'_' | b'.')
            }
            What::TrafficType => {
                *seen |= op.seen;
                let odd = (classes.capitals(lanes) | classes.blanks(lanes)) & all;
                (odd == 0) & judge.takes_all_traffic_types & judge.takes_all_keys
            }
            What::Key => {
                *seen |= op.seen;
                let digits = (!classes.digits(lanes)).trailing_zeros() as usize;
                let unsure = doubtful_lengths(digits > 0, window.byte(digits % PADDING));
                let special = (classes.odd_in_key(lanes) | classes.at_signs_and_capitals(lanes)) & all;
                (special == 0) & (digits < length) & (unsure >> length & 1 == 0) & judge.takes_all_keys
            }
            What::Time => {
                *seen |= op.seen;
                let digits = (length == 13) & (classes.digits(lanes) & 0x1fff == 0x1fff) & (first_byte != b'0');
                let good = digits & judge.takes_milliseconds & judge.is_recent(number8(window.word()));
                return if good { to + length } else { 0 };
            }
            What::Value => {
                *seen |= op.seen;
                return if number(window, length, classes).0 { to + length } else { 0 };
            }
            What::LeftOut => return at,
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
        seen: &mut u32,
    ) -> usize {
        let classes = self.classes;
        let lanes = window.lanes(0);
        match op.what {
            What::LeftOut => return to - op.prefix.length,
            What::Told if matches!(window.byte(0), b'0'..=b'9' | b'-') => return 0,
            What::Told | What::Text if length <= PROPERTY_STRING_MAX => {
                let mut wide = lanes;
                let mut at = LANES;
                while at < length {
                    let Some(window) = self.bytes.window(start + at) else { return 0 };
                    let lanes = window.lanes(0);
                    out.store(to + at, lanes);
                    wide = wide | lanes;
                    at += LANES;
                }
                // what stands behind the cell may make a plain one seem odd, which costs no more than a closer look
                if wide.mask() != 0 {
                    return 0;
                }
                op.texts = op.texts.wrapping_add(self.more);
            }
            What::Key if (length <= KEY_MAX) & self.judge.takes_all_keys => {
                let digits = (!classes.digits(lanes)).trailing_zeros() as usize;
                let unsure = doubtful_lengths(digits > 0, window.byte(digits % PADDING)) | UUID_LENGTHS;
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
                *seen |= op.seen;
                if (special != 0) | (digits >= LANES) | (unsure >> (length % 64) & 1 != 0) {
                    return 0;
                }
            }
            _ => return 0,
        }
        out.byte(to + length, b'"');
        to + length + 1
    }
}
