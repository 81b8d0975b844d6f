//! Finds the cells of a row.

use super::plan::Plan;
use super::slot::{DOUBLED, ESCAPED, Signs, Slot, WIDE};
use crate::bytes::Padded;
use crate::check::fast::Unproved;
use crate::lanes::LANES;

/// A cell that is not as most are.
struct Odd {
    slot: Slot,
    /// The byte behind it and its separator or line end.
    next: usize,
    is_last: bool,
}

impl Plan {
    /// Finds the cells of the row that begins here; returns the first byte of the next row.
    #[inline(always)]
    pub(super) fn find_cells(&mut self, bytes: Padded, start: usize) -> Result<usize, Unproved> {
        let Plan { signs, separator, slots, width, .. } = self;
        let last = slots.len() - 1;
        let mut at = start;
        for (number, slot) in slots.iter_mut().enumerate() {
            let mut window = bytes.window(at).ok_or(Unproved::RanOut)?;
            let quote = usize::from(window.byte(0) == b'"');
            let text = at + quote;
            let mut stops = signs.stops(window.lanes(quote));
            let mut ahead = quote + stops.trailing_zeros() as usize;
            let mut from = at;
            if stops == 0 {
                from = text;
                while stops == 0 {
                    from += LANES;
                    window = bytes.window(from).ok_or(Unproved::RanOut)?;
                    stops = signs.stops(window.lanes(0));
                }
                ahead = stops.trailing_zeros() as usize;
            }
            let end = from + ahead;
            let behind = end + quote;
            let closed = quote == 0 || window.byte(ahead) == b'"';
            let next = window.byte(ahead + quote);
            let wanted = if number == last { b'\n' } else { *separator };
            if closed && next == wanted {
                at = behind + 1;
            } else if closed && number == last && next == b'\r' && window.byte(ahead + quote + 1) == b'\n' {
                at = behind + 2;
            } else {
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
                continue;
            }
            *slot = Slot::new(text, end - text, 0);
        }
        // a length has sixteen bits
        if at - start > 0xffff { Err(Unproved::NotSure) } else { Ok(at) }
    }
}

/// Reads a cell, whatever is in it.
#[inline(never)]
fn odd_cell(bytes: Padded, start: usize, signs: &Signs, separator: u8) -> Result<Odd, Unproved> {
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
    if at - text > 0x7fff {
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
