//! Writes the events of JSON records, one behind the other, for as long as there is room and it is sure.

use super::classes::{Classes, first};
use super::entry::Entry;
use super::judge::{COUNTED, Judge};
use super::out::{Literal, OUT_BYTES, Out};
use super::pen::Pen;
use super::plan::Row;
use super::rows::{Rows, SURE_BYTES};
use super::skim::Skim;
use super::wanted::Names;
use super::write::Written;
use crate::batch::Room;
use crate::bytes::Padded;
use crate::check::fast::{Behind, Join, Neighbours, Stop, Unproved, behind_comma, behind_line};
use crate::json::quoted;
use crate::keys::{Matches, Shapes};
use crate::map::mapping::{Mapping, Properties};

/// What is written of each record.
#[derive(Debug)]
pub struct Records {
    skim: Skim,
    classes: Classes,
    names: Names,
    renamed: Vec<Literal>,
    entries: Vec<Entry>,
    out: Out,
    rows: Vec<Row>,
    /// The events of the record that is being read, and the numbers of their entries.
    made: Vec<(usize, Written)>,
}

impl Records {
    /// Makes the plan of a mapping for JSON. Returns `None` if all records are for the careful way.
    pub fn of(mapping: &Mapping) -> Option<Self> {
        let mut skim = Skim::default();
        let mut names = Names::default();
        let mut entries = Vec::new();
        for event in &mapping.events {
            entries.push(Entry::of(event, &mut skim, &mut names)?);
        }
        let with_properties = || mapping.events.iter().map(|event| &event.properties).filter(|of| !of.from.is_empty());
        if let Some(of) = with_properties().next() {
            // a member is a property of all entries, by one name
            let is_same = |other: &Properties| {
                (&of.from, &of.keep, &of.drop, &of.rename) == (&other.from, &other.keep, &other.drop, &other.rename)
            };
            if !with_properties().all(is_same) {
                return None;
            }
            (names.keep, names.drop, names.rename) = (of.keep.clone(), of.drop.clone(), of.rename.clone());
        }
        for (event, entry) in mapping.events.iter().zip(&mut entries) {
            entry.add_properties(event, &mut skim, &names)?;
        }
        skim.tree.keep();
        let label = |(_, to): &(String, String)| Literal::new(&[",", &*quoted(to), ":"].concat());
        let renamed = names.rename.iter().map(label).collect();
        let (classes, out) = (Classes::default(), Out::default());
        Some(Records { skim, classes, names, renamed, entries, out, rows: Vec::new(), made: Vec::new() })
    }

    /// Writes the events of the records from `start` on, which is the first byte of one. Counts their keys.
    #[expect(clippy::too_many_arguments, reason = "what a reader knows, and what is counted")]
    #[inline(never)]
    pub fn write(
        &mut self,
        bytes: Padded,
        start: usize,
        join: Join,
        ended: bool,
        judge: &Judge,
        room: Room,
        keys: &mut Shapes,
        matches: &mut Option<Matches>,
    ) -> (Neighbours, Rows) {
        self.rows.clear();
        let mut rows = Rows::at(start);
        let mut lines = 0;
        if !self.entries.iter_mut().all(|entry| entry.keeps_constants(judge)) {
            rows.stop(Unproved::NotSure);
        }
        while rows.stop == Stop::Next && self.rows.len() < room.events {
            let behind = match self.record(bytes, rows.at, join, ended) {
                Ok(behind) => behind,
                Err(unproved) => {
                    rows.stop(unproved);
                    break;
                }
            };
            if let Err(stop) = self.events(bytes, &mut rows, lines, judge, room, keys, matches) {
                rows.is_full = stop == Full::Batch;
                if stop == Full::Unsure {
                    rows.stop(Unproved::NotSure);
                }
                break;
            }
            lines += (self.skim.lines + behind.lines) as usize;
            rows.at = behind.at;
            if !behind.is_event {
                (rows.stop, rows.is_full) = (Stop::Between, false);
            }
        }
        (Neighbours { at: rows.at, lines, stop: rows.stop }, rows)
    }

    /// Returns the events that were written, with a comma before each, and where each begins and ends.
    pub fn written(&self) -> (&[u8], &[Row]) {
        (self.out.written(self.rows.last().map_or(0, |row| row.end)), &self.rows)
    }

    /// Finds the wanted values of the record that begins here; returns what stands behind it.
    fn record(&mut self, bytes: Padded, start: usize, join: Join, ended: bool) -> Result<Behind, Unproved> {
        let stopped = |at| if at >= bytes.filled() { Unproved::RanOut } else { Unproved::NotSure };
        let end = self.skim.record(bytes, start, &self.names).map_err(stopped)?;
        match join {
            Join::Unknown => Ok(Behind { at: end, lines: 0, is_event: false }),
            Join::Comma => Ok(behind_comma(bytes, end)),
            Join::CommaInLine | Join::LineBreak if self.skim.lines > 0 => Err(Unproved::NotSure),
            Join::CommaInLine => {
                let behind = behind_comma(bytes, end);
                let is_broken = behind.lines > 0;
                Ok(if is_broken { Behind { at: end, lines: 0, is_event: false } } else { behind })
            }
            Join::LineBreak => behind_line(bytes, end, ended),
        }
    }

    /// Writes the events of the record that was read last, all or none.
    #[expect(clippy::too_many_arguments, reason = "what a reader knows, and what is counted")]
    #[inline(always)]
    fn events(
        &mut self,
        bytes: Padded,
        rows: &mut Rows,
        line: usize,
        judge: &Judge,
        room: Room,
        keys: &mut Shapes,
        matches: &mut Option<Matches>,
    ) -> Result<(), Full> {
        let Records { skim, classes, renamed, entries, out, made, .. } = self;
        made.clear();
        let mut begin = rows.bytes;
        for (number, entry) in entries.iter_mut().enumerate() {
            if !entry.holds(bytes, skim).ok_or(Full::Unsure)? {
                continue;
            }
            let pen = Pen { bytes, skim, judge, classes, renamed };
            let written = entry.write(&pen, out, begin).ok_or(Full::Unsure)?;
            let length = written.end - begin;
            let is_first = made.is_empty();
            if length > SURE_BYTES.min(room.all_bytes) || (!is_first && self.rows.len() + made.len() >= room.events) {
                return Err(Full::Unsure);
            }
            if written.end > room.bytes.min(OUT_BYTES) {
                return Err(match written.end > room.bytes {
                    true if is_first => Full::Batch,
                    // a batch ends within the record
                    true => Full::Unsure,
                    false if rows.bytes == 0 => Full::Unsure,
                    false => Full::Out,
                });
            }
            begin = written.end;
            made.push((number, written));
        }
        for (number, written) in &*made {
            self.rows.push(Row { start: rows.at, end: written.end, line });
            rows.count_row(written, out, &entries[*number].constants, judge, keys, matches);
        }
        match made.len() as u64 {
            0 => rows.skipped += 1,
            made => rows.further += made - 1,
        }
        Ok(())
    }
}

/// Why the events of a record were not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Full {
    /// The batch has no room for them.
    Batch,
    /// What is written has to be taken first.
    Out,
    /// They are for the careful way.
    Unsure,
}

/// The number of codes that are counted.
const _: () = assert!(COUNTED.len() <= 16 && first(16) == 0xffff);
