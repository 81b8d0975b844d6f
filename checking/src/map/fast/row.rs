//! Writes the event of a row in one pass: the bytes by which a cell's end is found are stored and checked at once.

use super::cells::{odd_cell, plain_cell};
use super::judge::Judge;
use super::op::PROPERTIES;
use super::out::SIDE;
use super::plan::Plan;
use super::slot::{SLOT_MAX, Slot};
use super::write::{Cells, Written};
use crate::bytes::Padded;
use crate::check::fast::Unproved;

impl Plan {
    /// Writes the event of the row that begins at `start`, with a comma before it, by the first of the plan's operations.
    /// Each column has one. `more` is added to the tallies of columns: 1, or -1 to take back what was added. Returns the
    /// first byte of the next row. Fails with the number of operations that were done.
    #[inline(never)]
    pub(super) fn write_row(
        &mut self,
        bytes: Padded,
        start: usize,
        judge: &Judge,
        operations: usize,
        more: u32,
        written: &mut Written,
    ) -> Result<usize, (Unproved, usize)> {
        let cells = Cells {
            bytes,
            judge,
            classes: &self.classes,
            time: &self.time,
            decimal: self.decimal,
            told_booleans: self.told_booleans,
            told_nameless: self.told_nameless,
            more,
        };
        let Plan { ops, out, label, head, tail, constants, signs, separator, width, is_mixed, .. } = self;
        let last = ops.len() - 1;
        let begin = written.end;
        let mut at = out.text(begin + 1, head);
        // where what is not being written, fields or properties, goes on
        let mut other = at;
        let mut properties = usize::MAX;
        let mut is_field = true;
        let mut seen = constants.seen;
        let mut next = start;
        let mut ended = false;
        for (number, op) in ops[..operations].iter_mut().enumerate() {
            if op.turns {
                is_field = !is_field;
                if properties == usize::MAX {
                    properties = if *is_mixed { SIDE } else { at };
                    other = at;
                    at = out.text(properties, label);
                } else {
                    std::mem::swap(&mut at, &mut other);
                }
            }
            let slot = match plain_cell(bytes, next, signs, *separator, number == last) {
                Ok(Some(cell)) => {
                    next = cell.next;
                    if cell.length == 0 {
                        continue;
                    }
                    seen |= op.seen;
                    if let Some(end) = cells.quick(cell.window, (cell.text, cell.length), op, out, at) {
                        at = end;
                        continue;
                    }
                    if cell.length > SLOT_MAX {
                        return Err((Unproved::NotSure, number));
                    }
                    Slot::new(cell.text, cell.length, 0)
                }
                Ok(None) => {
                    let odd = odd_cell(bytes, next, signs, *separator).map_err(|unproved| (unproved, number))?;
                    next = odd.next;
                    if odd.is_last {
                        if number + 1 < *width {
                            return Err((Unproved::NotSure, number));
                        }
                        ended = true;
                    } else if number == last {
                        return Err((Unproved::NotSure, number));
                    }
                    odd.slot
                }
                Err(unproved) => return Err((unproved, number)),
            };
            if slot.length() > 0 {
                seen |= op.seen;
                at = cells.any(slot, op, out, at, written).ok_or((Unproved::NotSure, number))?;
            }
            if ended {
                break;
            }
        }
        if properties != usize::MAX && is_field {
            std::mem::swap(&mut at, &mut other);
        }
        if tail.length > 0 {
            if properties == usize::MAX {
                (properties, other) = (at, at);
                at = out.text(at, label);
            }
            at = out.text(at, tail);
        }
        if properties != usize::MAX {
            let opened = properties + PROPERTIES.len();
            if at == opened {
                at = other;
            } else {
                out.byte(opened, b'{');
                out.byte(at, b'}');
                at += 1;
                if properties == SIDE {
                    at = out.again(other, SIDE, at);
                }
            }
        }
        out.byte(begin, b',');
        out.byte(begin + 1, b'{');
        out.byte(at, b'}');
        written.finish(at + 1, seen, judge).then_some(next).ok_or((Unproved::NotSure, operations))
    }
}
