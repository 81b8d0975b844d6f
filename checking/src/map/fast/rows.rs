//! Writes the events of rows, one behind the other, for as long as there is room and it is sure.

use super::cells::Stops;
use super::judge::{COUNTED, Judge, NOT_SCALAR, REPAIRS, TRIMMED, WARNS};
use super::op::{Constants, What};
use super::out::{OUT_BYTES, Out};
use super::plan::{Plan, Row};
use super::write::{ONE_MORE, Written};
use crate::batch::Room;
use crate::bytes::Padded;
use crate::check::fast::{Stop, Unproved};
use crate::keys::{Matches, Shapes};

/// The largest event, in bytes, that is under the caps of properties, sizes and nesting whatever is in it.
pub(super) const SURE_BYTES: usize = 7_900;

/// What was written.
#[derive(Debug)]
pub struct Rows {
    /// The byte up to which all rows are written.
    pub at: usize,
    /// What stands there; [`Stop::Next`] if the batch or the memory is full.
    pub stop: Stop,
    /// The bytes that were written.
    pub bytes: usize,
    /// The batch takes no further row.
    pub is_full: bool,
    /// Records that make no event.
    pub skipped: u64,
    /// Events more than one of their records.
    pub further: u64,
    /// Rows whose events are sent changed.
    pub repaired: u64,
    /// Rows whose events have a warning.
    pub warned: u64,
    /// How often each of [`COUNTED`] was found.
    pub found: [u64; COUNTED.len()],
}

impl Plan {
    /// Writes the events of the rows from `start` on, which is the first byte of a row. Counts their keys.
    #[inline(never)]
    pub fn write_rows(
        &mut self,
        bytes: Padded,
        start: usize,
        judge: &Judge,
        room: Room,
        keys: &mut Shapes,
        matches: &mut Option<Matches>,
    ) -> Rows {
        self.rows.clear();
        let mut rows = Rows::at(start);
        let constants = &mut self.constants;
        if !*constants.kept.get_or_insert_with(|| judge.keeps_constants(&constants.texts)) {
            rows.stop(Unproved::NotSure);
            return rows;
        }
        let operations = self.ops.len() + self.late.len();
        self.progress.stops = Stops::at(bytes, start, &self.signs).unwrap_or_default();
        while self.rows.len() < room.events {
            if matches!(bytes.byte(rows.at), 0xef | b'\r' | b'\n') {
                rows.stop(Unproved::NotSure);
                break;
            }
            let next = match self.write_row(bytes, rows.at, judge, operations, 1, rows.bytes) {
                Ok(next) => next,
                Err((unproved, done)) => {
                    self.forget(bytes, &rows, judge, done);
                    rows.stop(unproved);
                    break;
                }
            };
            if self.progress.is_skipped {
                self.forget(bytes, &rows, judge, operations);
                self.progress.stops = Stops::at(bytes, next, &self.signs).unwrap_or_default();
                (rows.at, rows.skipped) = (next, rows.skipped + 1);
                continue;
            }
            let written = self.progress.written;
            let length = written.end - rows.bytes;
            if written.end > room.bytes.min(OUT_BYTES) || length > SURE_BYTES {
                self.forget(bytes, &rows, judge, operations);
                if length > SURE_BYTES.min(room.all_bytes) {
                    rows.stop(Unproved::NotSure);
                } else {
                    rows.is_full = written.end > room.bytes;
                }
                break;
            }
            self.rows.push(Row { start: rows.at, end: written.end, line: self.rows.len() + rows.skipped as usize });
            rows.count_row(&written, &self.out, &self.constants, judge, keys, matches);
            rows.at = next;
        }
        rows
    }

    /// Takes back what was added to the tallies of columns by the operations of a row.
    #[inline(never)]
    fn forget(&mut self, bytes: Padded, rows: &Rows, judge: &Judge, operations: usize) {
        self.progress.stops = Stops::at(bytes, rows.at, &self.signs).unwrap_or_default();
        let _ = self.write_row(bytes, rows.at, judge, operations, u32::MAX, rows.bytes);
    }

    /// Returns the events that were written, with a comma before each, and where each begins and ends.
    pub fn written(&self) -> (&[u8], &[Row]) {
        (self.out.written(self.rows.last().map_or(0, |row| row.end)), &self.rows)
    }
}

impl Rows {
    pub(super) fn at(start: usize) -> Self {
        let found = [0; COUNTED.len()];
        Rows {
            at: start,
            stop: Stop::Next,
            bytes: 0,
            is_full: true,
            skipped: 0,
            further: 0,
            repaired: 0,
            warned: 0,
            found,
        }
    }

    /// Counts a row that was written.
    #[inline(always)]
    pub(super) fn count_row(
        &mut self,
        written: &Written,
        out: &Out,
        constants: &Constants,
        judge: &Judge,
        keys: &mut Shapes,
        matches: &mut Option<Matches>,
    ) {
        if written.odd_key.1 == 0 {
            keys.uuid += u64::from(written.is_uuid);
            keys.other += u64::from(!written.is_uuid);
        } else {
            keys.count(out.span(written.odd_key.0, written.odd_key.1), judge.host());
        }
        if let Some(by_type) = matches {
            let (start, end) = written.traffic_type;
            match constants.texts.iter().find(|(what, _)| *what == What::TrafficType) {
                Some((_, text)) => by_type.known(text),
                None => by_type.known(&String::from_utf8_lossy(out.span(start, end))),
            }
        }
        if written.notes != 0 {
            self.count(written.notes);
        }
        self.bytes = written.end;
    }

    pub(super) fn stop(&mut self, why: Unproved) {
        (self.stop, self.is_full) = (Stop::Record(why), false);
    }

    fn count(&mut self, notes: u32) {
        self.repaired += u64::from(notes & REPAIRS != 0);
        self.warned += u64::from(notes & WARNS != 0);
        let mut bits = notes & 0xffff;
        while bits != 0 {
            if let Some(count) = self.found.get_mut(bits.trailing_zeros() as usize) {
                *count += 1;
            }
            bits &= bits - 1;
        }
        // several cells of a row are trimmed, or several properties of a record are no scalars
        let several = if notes & TRIMMED == 0 { NOT_SCALAR } else { TRIMMED };
        let found = &mut self.found[several.trailing_zeros() as usize];
        *found = found.saturating_sub(u64::from(notes & several != 0)) + u64::from(notes / ONE_MORE);
    }
}
