//! Which bytes are letters, digits and the like, sixteen at a time.

use crate::bytes::Padded;
use crate::lanes::{LANES, Lanes};

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
    pub colon: Lanes,
    point: Lanes,
    below_in_key: Lanes,
    last: Lanes,
    backslash: Lanes,
    above_space: Lanes,
    upper: Lanes,
    at_sign: Lanes,
    to_f: Lanes,
    hyphen: Lanes,
    lead_of_two: Lanes,
    leads_of_two: Lanes,
    lead_of_three: Lanes,
    leads_of_three: Lanes,
    before_surrogates: Lanes,
    above_continues: Lanes,
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
            to_f: all(6 + 0x80),
            hyphen: all(b'-'),
            lead_of_two: all(0xc2_u8.wrapping_add(0x80)),
            leads_of_two: all((0xe0 - 0xc2) + 0x80),
            lead_of_three: all(0xe1_u8.wrapping_add(0x80)),
            leads_of_three: all((0xf0 - 0xe1) + 0x80),
            before_surrogates: all(0xed),
            above_continues: all(0xc0),
        }
    }
}

impl Classes {
    #[inline(always)]
    pub fn digits(&self, lanes: Lanes) -> u32 {
        lanes.minus(self.zero).less(self.digits).mask()
    }

    #[inline(always)]
    pub fn points(&self, lanes: Lanes) -> u32 {
        lanes.same(self.point).mask()
    }

    #[inline(always)]
    pub fn capitals(&self, lanes: Lanes) -> u32 {
        lanes.minus(self.capital).less(self.letters).mask()
    }

    /// Marks hexadecimal digits in small letters.
    #[inline(always)]
    pub fn hex(&self, lanes: Lanes) -> u32 {
        (lanes.minus(self.zero).less(self.digits) | lanes.minus(self.letter).less(self.to_f)).mask()
    }

    #[inline(always)]
    pub fn dash(&self, lanes: Lanes) -> u32 {
        lanes.same(self.hyphen).mask()
    }

    /// Marks the first bytes of characters of two bytes, those of characters of three whose next byte may be any that
    /// continues one, and the bytes that continue one.
    #[inline(always)]
    pub fn wide(&self, lanes: Lanes) -> (u32, u32, u32) {
        let of_two = lanes.minus(self.lead_of_two).less(self.leads_of_two);
        let of_three = lanes.minus(self.lead_of_three).less(self.leads_of_three).mask();
        let continues = lanes.less(self.above_continues).mask();
        (of_two.mask(), of_three & !lanes.same(self.before_surrogates).mask(), continues)
    }

    /// Marks what may stand in an event type.
    #[inline(always)]
    pub fn in_name(&self, lanes: Lanes) -> u32 {
        let letters = (lanes | self.case).minus(self.letter).less(self.letters);
        let digits = lanes.minus(self.zero).less(self.to_colon);
        let dashes = lanes.minus(self.dash).less(self.dashes);
        (letters | digits | dashes | lanes.same(self.low_line)).mask()
    }

    /// Marks the bytes from `@` to `_`, capital letters among them.
    #[inline(always)]
    pub fn at_signs_and_capitals(&self, lanes: Lanes) -> u32 {
        (lanes & self.upper).same(self.at_sign).mask()
    }

    /// Marks backslashes, DEL, bytes below `-` and bytes that are not ASCII.
    #[inline(always)]
    pub fn odd_in_key(&self, lanes: Lanes) -> u32 {
        (lanes.minus(self.last).less(self.below_in_key) | lanes.same(self.backslash)).mask()
    }

    /// Marks spaces, controls and bytes that are not ASCII.
    #[inline(always)]
    pub fn blanks(&self, lanes: Lanes) -> u32 {
        lanes.less(self.above_space).mask()
    }
}

/// Returns a mask of the first bytes of sixteen.
#[inline(always)]
pub(super) const fn first(length: usize) -> u32 {
    if length >= LANES { 0xffff } else { (1 << length) - 1 }
}

/// Tells for each sixteen bytes of a text whether a mask of them is as it should be.
#[inline(always)]
pub(super) fn all(bytes: Padded, start: usize, length: usize, mut good: impl FnMut(Lanes, u32) -> bool) -> bool {
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
