//! Finds the cells of a row.

use super::plan::Plan;
use super::slot::{DOUBLED, ESCAPED, SLOT_MAX, Signs, Slot, WIDE};
use crate::bytes::{Padded, Window};
use crate::check::fast::Unproved;
use crate::lanes::LANES;

/// A cell that is not as most are.
pub(super) struct Odd {
    pub slot: Slot,
    /// The byte behind it and its separator or line end.
    pub next: usize,
    pub is_last: bool,
}

/// A cell as most are: ASCII without a byte that is written as two.
pub(super) struct Cell<'b> {
    /// What its text begins with.
    pub window: Window<'b>,
    /// The first byte of its text.
    pub text: usize,
    pub length: usize,
    /// The byte behind it and its separator or line end.
    pub next: usize,
}

/// Finds the end of a cell. Returns `None` if the cell is for [`odd_cell`]. The last cell of a row ends with its line.
#[inline(always)]
pub(super) fn plain_cell<'b>(
    bytes: Padded<'b>,
    start: usize,
    signs: &Signs,
    separator: u8,
    is_last: bool,
) -> Result<Option<Cell<'b>>, Unproved> {
    let mut window = bytes.window(start).ok_or(Unproved::RanOut)?;
    let mut text = start;
    let mut stops = signs.stops(window.lanes(0));
    let mut quote = 0;
    if stops & 1 != 0 && window.byte(0) == b'"' {
        (quote, text) = (1, start + 1);
        window = bytes.window(text).ok_or(Unproved::RanOut)?;
        stops = signs.stops(window.lanes(0));
    }
    let first = window;
    let mut from = text;
    while stops == 0 {
        from += LANES;
        window = bytes.window(from).ok_or(Unproved::RanOut)?;
        stops = signs.stops(window.lanes(0));
    }
    let ahead = stops.trailing_zeros() as usize;
    let length = from + ahead - text;
    if quote > 0 && window.byte(ahead) != b'"' {
        return Ok(None);
    }
    let behind = window.byte(ahead + quote);
    let mut next = from + ahead + quote + 1;
    if behind != if is_last { b'\n' } else { separator } {
        if !is_last || behind != b'\r' || window.byte(ahead + quote + 1) != b'\n' {
            return Ok(None);
        }
        next += 1;
    }
    Ok(Some(Cell { window: first, text, length, next }))
}

impl Plan {
    /// Finds the cells of the row that begins here; returns the first byte of the next row.
    #[inline(always)]
    pub(super) fn find_cells(&mut self, bytes: Padded, start: usize) -> Result<usize, Unproved> {
        let Plan { signs, separator, slots, width, .. } = self;
        let last = slots.len() - 1;
        let mut at = start;
        for (number, slot) in slots.iter_mut().enumerate() {
            if let Some(cell) = plain_cell(bytes, at, signs, *separator, number == last)? {
                if cell.length > SLOT_MAX {
                    return Err(Unproved::NotSure);
                }
                *slot = Slot::new(cell.text, cell.length, 0);
                at = cell.next;
                continue;
            }
            let odd = odd_cell(bytes, at, signs, *separator)?;
            *slot = odd.slot;
            at = odd.next;
            if odd.is_last {
                if number + 1 < *width {
                    return Err(Unproved::NotSure);
                }
                slots[number + 1..].fill(Slot::default());
                break;
            }
            if number == last {
                return Err(Unproved::NotSure);
            }
        }
        Ok(at)
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
        let stops = signs.ascii_stops(lanes);
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
