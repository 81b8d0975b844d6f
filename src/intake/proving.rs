//! Proves events clean, and writes those of records, where the reader finds them.

use crate::batch::{Batcher, Entry};
use crate::bytes::Padded;
use crate::check::fast::{Clean, Fast, Join, Neighbours, Stop, Unproved};
use crate::map::fast::{Judge, Plan, Records, Row, Rows};
use crate::place::Place;
use crate::read::Prover;
use crate::report::Report;
use crate::rules::Rules;

/// What proves and writes records where the reader finds them.
pub(super) struct Proving<'i> {
    pub rules: &'i Rules,
    pub fast: &'i mut Fast,
    pub clean: &'i mut Vec<Clean>,
    pub batcher: &'i mut Batcher,
    pub report: &'i mut Report,
    pub is_full: &'i mut bool,
    pub source: u32,
    /// A record of JSON is not its event.
    pub is_mapped: bool,
    /// What is written of each record, if it is JSON and not its event.
    pub records: Option<&'i mut Records>,
}

impl Prover for Proving<'_> {
    fn neighbours(
        &mut self,
        bytes: Padded,
        start: usize,
        join: Join,
        ended: bool,
        place: Option<(u64, u64)>,
    ) -> Neighbours {
        if !self.is_mapped && join == Join::CommaInLine {
            return Neighbours::unsure(start);
        }
        if !self.is_mapped || !cfg!(feature = "tables") {
            return self.fast.neighbours(bytes, start, join, ended, self.rules, self.clean);
        }
        let (Some(records), Some(place)) = (self.records.take(), place) else {
            return Neighbours::unsure(start);
        };
        let report = &mut *self.report;
        let judge = Judge::new(self.rules, |code| report.is_settled(code));
        let (room, keys, matches) = (self.batcher.room(), &mut report.keys, &mut report.key_matches);
        let (neighbours, found) = records.write(bytes, start, join, ended, &judge, room, keys, matches);
        let (text, rows) = records.written();
        self.take(text, rows, &found, place);
        neighbours
    }

    fn rows(&mut self, plan: &mut Plan, bytes: Padded, start: usize, place: (u64, u64)) -> (usize, usize, Stop) {
        if !cfg!(feature = "tables") {
            return (0, start, Stop::Record(Unproved::NotSure));
        }
        let report = &mut *self.report;
        let judge = Judge::new(self.rules, |code| report.is_settled(code));
        let room = self.batcher.room();
        let found = plan.write_rows(bytes, start, &judge, room, &mut report.keys, &mut report.key_matches);
        let (text, rows) = plan.written();
        self.take(text, rows, &found, place);
        (rows.len() + found.skipped as usize, found.at, found.stop)
    }
}

impl Proving<'_> {
    /// Takes events that were written from records, of which the first stands on this line. The data begins at the byte
    /// `base` of the source.
    fn take(&mut self, text: &[u8], rows: &[Row], found: &Rows, (line, base): (u64, u64)) {
        let first = self.report.events;
        let place = |number: usize, row: &Row| Place {
            index: first + number as u64,
            source: self.source,
            text: Some((line + row.line as u64, base + row.start as u64)),
        };
        let entry = |(number, row): (usize, &Row)| Entry { end: row.end, place: place(number, row) };
        self.batcher.add_written(text, rows.iter().enumerate().map(entry));
        self.report.add_rows(rows.len() as u64, found);
        *self.is_full = found.is_full;
    }
}
