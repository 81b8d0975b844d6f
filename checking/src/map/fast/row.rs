//! Writes the event of a row in one pass: the sixteen bytes that are stored are those that are checked.

use super::cells::{Odd, Stops, odd_cell};
use super::judge::Judge;
use super::op::{PROPERTIES, What};
use super::out::SIDE;
use super::plan::Plan;
use super::progress::{Place, Progress};
use super::quick::Quick;
use super::slot::{SLOT_MAX, Slot};
use super::write::{Cells, Written};
use crate::bytes::{Padded, Window};
use crate::check::fast::Unproved;

/// Why the loop over plain cells ends.
#[derive(Debug, Clone, Copy)]
enum Pause {
    /// The row has ended.
    End,
    /// [`odd_cell`] is to find its end.
    Odd,
    /// [`Cells::any`] is to write [`Progress::text`].
    Found,
    RanOut,
}

/// Returns a text without the spaces around it. Returns `None` if there are none, or no other text.
#[inline(always)]
fn without_spaces(bytes: Padded, mut start: usize, mut length: usize) -> Option<(Window, usize, usize)> {
    let all = length;
    while length > 0 && bytes.byte(start + length - 1) == b' ' {
        length -= 1;
    }
    while length > 0 && bytes.byte(start) == b' ' {
        (start, length) = (start + 1, length - 1);
    }
    (0 < length && length < all).then_some(())?;
    Some((bytes.window(start)?, start, length))
}

impl Plan {
    /// Writes the event of the row that begins at `start`, with a comma before it, by the first of the plan's operations.
    /// `more` is added to the tallies of columns: 1, or -1 to take back what was added. Returns the first byte of the
    /// next row. Fails with the number of operations that were done.
    #[inline(always)]
    pub(super) fn write_row(
        &mut self,
        bytes: Padded,
        start: usize,
        judge: &Judge,
        operations: usize,
        more: u32,
        begin: usize,
    ) -> Result<usize, (Unproved, usize)> {
        let at = self.out.text(begin + 1, &self.head);
        let to = Place { at, other: at, properties: usize::MAX, is_field: true };
        let progress = &mut self.progress;
        let written = Written { seen: self.constants.seen, ..Written::default() };
        *progress = Progress { stops: progress.stops, next: start, to, written, ..Progress::default() };
        if !self.slots.is_empty() {
            self.slots.fill(Slot::default());
        }
        let columns = operations.min(self.ops.len());
        loop {
            let pause = self.plain_cells(bytes, judge, columns, more);
            if let Pause::End = pause {
                break;
            }
            self.other_cell(bytes, judge, more, pause).map_err(|unproved| (unproved, self.progress.column))?;
            if self.progress.is_short {
                break;
            }
        }
        if !self.slots.is_empty() {
            self.write_late(bytes, judge, operations, more)?;
        }
        if self.progress.is_skipped {
            return Ok(self.progress.next);
        }
        let end = self.close(begin);
        let is_good = self.progress.written.finish(end, self.needed, judge);
        is_good.then_some(self.progress.next).ok_or((Unproved::NotSure, operations))
    }

    /// Writes cells as most are, up to this column. Calls no function: V8 would store the values that are used behind the
    /// call in each turn of the loop.
    #[inline(never)]
    fn plain_cells(&mut self, bytes: Padded, judge: &Judge, columns: usize, more: u32) -> Pause {
        let Plan { ops, out, label, signs, classes, progress, slots, is_mixed, .. } = self;
        let Progress { mut stops, mut next, to: Place { mut at, .. }, .. } = *progress;
        let mut rest = ops[progress.column..columns].iter_mut();
        let pause = loop {
            let Some(op) = rest.next() else { break Pause::End };
            if op.turns {
                progress.to.at = at;
                progress.to.turn(out, label, *is_mixed);
                at = progress.to.at;
            }
            let mut text = next;
            let Some((mut end, mut found)) = stops.next(bytes, signs) else { break Pause::RanOut };
            let mut behind = end;
            if found != op.ending {
                if found == b'"' && end == text {
                    text += 1;
                    let Some((closing, quote)) = stops.next(bytes, signs) else { break Pause::RanOut };
                    let Some((after, ending)) = stops.next(bytes, signs) else { break Pause::RanOut };
                    (end, behind) = (closing, after);
                    found = if quote == b'"' && after == closing + 1 { ending } else { 0 };
                }
                if found == b'\r' && op.ending == b'\n' {
                    let Some((after, ending)) = stops.next(bytes, signs) else { break Pause::RanOut };
                    found = if after == behind + 1 { ending } else { 0 };
                    behind = after;
                }
                if found != op.ending {
                    break Pause::Odd;
                }
            }
            next = behind + 1;
            let length = end.wrapping_sub(text);
            if length == 0 {
                continue;
            }
            let Some(window) = bytes.window(text) else { break Pause::RanOut };
            let quick = Quick { bytes, judge, classes, more };
            let mut trimmed = (window, text, length);
            let end = loop {
                let (window, start, left) = trimmed;
                let end = quick.write(window, (start, left), op, out, at, &mut progress.written);
                if end > 0 || left < length || !op.is_trimmed() {
                    break end;
                }
                let Some(inner) = without_spaces(bytes, text, length) else { break 0 };
                trimmed = inner;
            };
            if end == 0 {
                progress.text = (text, length);
                break Pause::Found;
            }
            if op.what == What::Kept
                && let Some(kept) = slots.get_mut(op.column as usize)
            {
                if length > SLOT_MAX {
                    progress.text = (text, length);
                    break Pause::Found;
                }
                *kept = Slot::new(text, length, 0);
            }
            if trimmed.2 < length {
                progress.written.trim();
            }
            at = end;
        };
        progress.stops = stops;
        progress.next = next;
        progress.column = columns - rest.len() - usize::from(matches!(pause, Pause::Odd | Pause::RanOut));
        progress.to.at = at;
        pause
    }

    /// Writes a cell that is not as most are.
    #[inline(never)]
    fn other_cell(&mut self, bytes: Padded, judge: &Judge, more: u32, pause: Pause) -> Result<(), Unproved> {
        let last = self.ops.len() - 1;
        let Progress { column, next, .. } = self.progress;
        let (number, slot) = match pause {
            Pause::End | Pause::RanOut => return Err(Unproved::RanOut),
            // its column was counted
            Pause::Found => {
                let (text, length) = self.progress.text;
                self.progress.column = column - 1;
                (column - 1, Slot::of(bytes, text, length).ok_or(Unproved::NotSure)?)
            }
            Pause::Odd => {
                let Odd { slot, next, is_last } = odd_cell(bytes, next, &self.signs, self.separator)?;
                if is_last != (column == last) && (column == last || column + 1 < self.width) {
                    return Err(Unproved::NotSure);
                }
                self.progress.is_short = is_last;
                self.progress.next = next;
                self.progress.stops = Stops::at(bytes, next, &self.signs).ok_or(Unproved::RanOut)?;
                (column, slot)
            }
        };
        if self.ops[number].what == What::Kept {
            self.slots[number] = slot;
        } else if slot.length() > 0 {
            let at = self.progress.to.at;
            self.progress.to.at = self.any(bytes, judge, more, number, slot, at).ok_or(Unproved::NotSure)?;
        }
        self.progress.column = number + 1;
        Ok(())
    }

    /// Writes the event of the cells that were kept.
    #[inline(never)]
    fn write_late(
        &mut self,
        bytes: Padded,
        judge: &Judge,
        operations: usize,
        more: u32,
    ) -> Result<(), (Unproved, usize)> {
        let columns = self.ops.len();
        for when in &self.when {
            self.progress.is_skipped |= !when.holds(bytes, &self.slots).ok_or((Unproved::NotSure, columns))?;
        }
        if self.progress.is_skipped {
            // a header that comes again is no row
            let time = self.slots.get(self.timestamp).and_then(|slot| slot.plain_text(bytes));
            let is_time = time.is_some_and(|time| time.trim_start().starts_with(|first: char| first.is_ascii_digit()));
            return is_time.then_some(()).ok_or((Unproved::NotSure, columns));
        }
        for number in 0..operations.saturating_sub(columns) {
            let op = &self.late[number];
            if op.is_property() == self.progress.to.is_field {
                self.progress.to.turn(&mut self.out, &self.label, self.is_mixed);
            }
            let slot = self.slots[op.column as usize];
            if slot.length() == 0 || op.unless.iter().any(|&column| self.slots[column as usize].length() > 0) {
                continue;
            }
            let failed = (Unproved::NotSure, columns + number);
            let at = self.progress.to.at;
            // most cells were not looked at when they were kept
            let slot = if slot.flags() == 0 {
                Slot::of(bytes, slot.start as usize, slot.length()).ok_or(failed)?
            } else {
                slot
            };
            let end = self.any(bytes, judge, more, columns + number, slot, at).ok_or(failed)?;
            self.progress.to.at = end;
        }
        Ok(())
    }

    /// Writes a cell by the operation of this number, whatever is in it; see [`Cells::any`].
    fn any(&mut self, bytes: Padded, judge: &Judge, more: u32, number: usize, slot: Slot, at: usize) -> Option<usize> {
        let Plan { ops, late, out, classes, time, decimal, told_booleans, told_nameless, progress, .. } = self;
        let (told_booleans, told_nameless, decimal) = (*told_booleans, *told_nameless, *decimal);
        let cells = Cells { bytes, judge, classes, time, decimal, told_booleans, told_nameless, more };
        cells.any(slot, ops.iter_mut().chain(late).nth(number)?, out, at, &mut progress.written)
    }

    /// Writes the constant properties, and ends the event; returns the byte behind it.
    #[inline(always)]
    fn close(&mut self, begin: usize) -> usize {
        let Plan { out, label, tail, is_mixed, progress, .. } = self;
        let to = &mut progress.to;
        if to.is_field && (to.properties < usize::MAX || tail.length > 0) {
            to.turn(out, label, *is_mixed);
        }
        let mut at = to.at;
        if to.properties < usize::MAX {
            at = out.text(at, tail);
            let opened = to.properties + PROPERTIES.len();
            if at == opened {
                at = to.other;
            } else {
                out.byte(opened, b'{');
                out.byte(at, b'}');
                at += 1;
                if *is_mixed {
                    at = out.again(to.other, SIDE, at);
                }
            }
        }
        out.byte(begin, b',');
        out.byte(begin + 1, b'{');
        out.byte(at, b'}');
        at + 1
    }
}
