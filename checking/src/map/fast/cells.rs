//! Finds where cells end.

use super::slot::{DOUBLED, ESCAPED, SLOT_MAX, Signs, Slot, WIDE};
use crate::bytes::{PADDING, Padded};
use crate::check::fast::Unproved;
use crate::lanes::LANES;

/// A cell that is not as most are.
pub(super) struct Odd {
    pub slot: Slot,
    /// The byte behind it and its separator or line end.
    pub next: usize,
    pub is_last: bool,
}

/// The bytes at which cells may end.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Stops {
    /// The first of the bytes that were looked at last.
    base: usize,
    /// Those of them that are still to come, as bits.
    mask: u64,
}

impl Stops {
    /// Looks from this byte on. Returns `None` behind the data.
    pub fn at(bytes: Padded, at: usize, signs: &Signs) -> Option<Self> {
        Some(Stops { base: at, mask: signs.all_stops(bytes.window(at)?) })
    }

    /// Returns the next of them and what stands there, or `None` behind the data.
    #[inline(always)]
    pub fn next(&mut self, bytes: Padded, signs: &Signs) -> Option<(usize, u8)> {
        while self.mask == 0 {
            self.base += PADDING;
            self.mask = signs.all_stops(bytes.window(self.base)?);
        }
        let ahead = self.mask.trailing_zeros() as usize;
        self.mask &= self.mask - 1;
        Some((self.base + ahead, bytes.window(self.base)?.byte(ahead % PADDING)))
    }
}

/// Reads a cell, whatever is in it.
#[inline(never)]
pub(super) fn odd_cell(bytes: Padded, start: usize, signs: &Signs, separator: u8) -> Result<Odd, Unproved> {
    let quoted = bytes.byte(start) == b'"';
    let text = start + usize::from(quoted);
    let mut at = text;
    let mut flags = 0;
    loop {
        let window = bytes.window(at).ok_or(Unproved::RanOut)?;
        let lanes = window.lanes(0);
        let stops = signs.stops(lanes);
        let length = stops.trailing_zeros();
        let before = if stops == 0 { 0xffff } else { (1 << length) - 1 };
        if lanes.mask() & before != 0 {
            flags |= WIDE;
        }
        if stops == 0 {
            at += LANES;
            continue;
        }
        at += length as usize;
        match window.byte(length as usize) {
            b'"' if !quoted => flags |= ESCAPED,
            b'"' if bytes.byte(at + 1) == b'"' => {
                flags |= ESCAPED | DOUBLED;
                at += 1;
            }
            b'"' => break,
            byte if byte == separator && !quoted => break,
            b'\n' | b'\r' if !quoted => break,
            b'\\' | b'\t' => flags |= ESCAPED,
            byte if byte == separator => {}
            _ => return Err(stopped_at(bytes, at)),
        }
        at += 1;
    }
    if at - text > SLOT_MAX {
        return Err(Unproved::NotSure);
    }
    if flags & WIDE != 0 && std::str::from_utf8(bytes.span(text, at)).is_err() {
        return Err(Unproved::NotSure);
    }
    let slot = Slot::new(text, at - text, flags);
    let behind = at + usize::from(quoted);
    let (next, is_last) = match bytes.byte(behind) {
        byte if byte == separator => (behind + 1, false),
        b'\n' => (behind + 1, true),
        b'\r' if bytes.byte(behind + 1) == b'\n' => (behind + 2, true),
        b'\r' => return Err(stopped_at(bytes, behind + 1)),
        _ => return Err(stopped_at(bytes, behind)),
    };
    Ok(Odd { slot, next, is_last })
}

fn stopped_at(bytes: Padded, at: usize) -> Unproved {
    if at >= bytes.filled() { Unproved::RanOut } else { Unproved::NotSure }
}
