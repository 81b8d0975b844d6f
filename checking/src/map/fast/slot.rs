//! A cell of a row, and the signs by which cells end.

use crate::bytes::{Padded, Window};
use crate::lanes::{LANES, Lanes};
use crate::text::is_white_space;

/// What cells are compared with, in memory: V8 makes a constant vector anew at each use.
#[derive(Debug)]
pub(super) struct Signs {
    separator: Lanes,
    turn: Lanes,
    space: Lanes,
    backslash: Lanes,
}

impl Signs {
    pub fn new(separator: u8) -> Self {
        Signs {
            separator: Lanes::all(separator),
            turn: Lanes::all(0x02),
            space: Lanes::all(0x20),
            backslash: Lanes::all(b'\\'),
        }
    }

    /// Marks separators, quotes, backslashes and control characters.
    #[inline(always)]
    pub fn stops(&self, lanes: Lanes) -> u32 {
        // with this bit turned a quote is a space, and below a space stays what was
        ((lanes ^ self.turn).at_most(self.space) | lanes.same(self.backslash) | lanes.same(self.separator)).mask()
    }

    /// Marks them in all bytes of a window.
    #[inline(always)]
    pub fn all_stops(&self, window: Window) -> u64 {
        let stops = |number: usize| u64::from(self.stops(window.lanes(number * LANES)));
        stops(0) | stops(1) << LANES | stops(2) << (2 * LANES) | stops(3) << (3 * LANES)
    }
}

/// Not all of its text is ASCII.
pub(super) const WIDE: u32 = 1 << 16;
/// A byte of it is written as two.
pub(super) const ESCAPED: u32 = 1 << 17;
/// A quote in it is written twice.
pub(super) const DOUBLED: u32 = 1 << 18;

/// The longest text of a slot, in bytes.
pub(super) const SLOT_MAX: usize = 0x7fff;

/// A cell of the row.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Slot {
    /// The first byte of its text.
    pub start: u32,
    /// The length of its text in the source, and what is special in it.
    word: u32,
}

impl Slot {
    #[inline(always)]
    pub fn new(start: usize, length: usize, flags: u32) -> Self {
        Slot { start: start as u32, word: length as u32 | flags }
    }

    /// Makes the slot of a text without quotes and escapes. Returns `None` if it is too long, or no UTF-8.
    #[inline(never)]
    pub fn of(bytes: Padded, start: usize, length: usize) -> Option<Slot> {
        let text = (length <= SLOT_MAX).then(|| bytes.span(start, start + length))?;
        let is_wide = !text.is_ascii();
        let is_utf8 = !is_wide || std::str::from_utf8(text).is_ok();
        is_utf8.then(|| Slot::new(start, length, if is_wide { WIDE } else { 0 }))
    }

    /// Returns the text without white space around it; `None` if a byte of it is written as two, or it is no UTF-8.
    pub fn plain_text(self, bytes: Padded<'_>) -> Option<&str> {
        let (start, length) = (self.start as usize, self.length());
        let is_plain = self.flags() & ESCAPED == 0;
        let text = is_plain.then(|| std::str::from_utf8(bytes.span(start, start + length)).ok())??;
        Some(text.trim_matches(is_white_space))
    }

    #[inline(always)]
    pub fn length(self) -> usize {
        self.word as usize & 0xffff
    }

    /// Returns [`WIDE`], [`ESCAPED`] and [`DOUBLED`] if they hold.
    #[inline(always)]
    pub fn flags(self) -> u32 {
        self.word & !0xffff
    }
}
