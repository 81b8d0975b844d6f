//! Makes the events of a record, and takes them.

use std::rc::Rc;

use super::{Intake, MappedRecord, Text};
use crate::batch::Batch;
use crate::check::fast::Proved;
use crate::codes::Code;
use crate::finding::Finding;
use crate::json::{self, Kind};
use crate::limits::EVENTS_BYTES_MAX;
use crate::map::{Cell, Made, Mapping, Path, Record, Tallies};
use crate::objects::may_hold_null;
use crate::place::Place;
use crate::report::Mapped;
use crate::text::join;

impl Intake {
    /// Makes and takes the events of a record, until a batch is full.
    pub(super) fn take_mapped(&mut self) -> Option<Batch> {
        let mapped = self.mapped.take().filter(|_| cfg!(feature = "tables"))?;
        let text = String::from_utf8_lossy(&self.reader.bytes()[mapped.span.clone()]).into_owned();
        if mapped.is_row { self.take_row(mapped, &text) } else { self.take_json(mapped, &text) }
    }

    fn take_json(&mut self, mapped: MappedRecord, text: &str) -> Option<Batch> {
        let mapping = Rc::clone(self.json.as_ref()?);
        let place = self.place(Some((mapped.line, mapped.offset)));
        let named = match &mut self.asked {
            // of an object that holds several records no other text can be had
            Some(asked) if mapping.records.is_none() && may_hold_null(text.as_bytes()) => {
                asked.instead(self.report.records() - mapped.made as u64, std::iter::empty())
            }
            _ => None,
        };
        let text = match &named {
            None => text,
            Some(Ok(named)) => named,
            Some(Err(why)) => {
                self.refuse_object(why);
                return None;
            }
        };
        let Ok(value) = json::parse(text) else { return self.check(&Text::Span(mapped.span), place, None) };
        if !matches!(value.kind, Kind::Object(_)) {
            return self.check(&Text::Span(mapped.span), place, None);
        }
        let record = Record::Json { text, value: &value };
        self.unused.get_or_insert_with(|| mapping.mapped.clone()).retain(|path| !record.has(path));
        self.take_events(mapped, &mapping, &record, &[], &mut Tallies::default(), None)
    }

    fn take_row(&mut self, mapped: MappedRecord, text: &str) -> Option<Batch> {
        let (cells, columns, found, tallies) = self.reader.row_record()?;
        let cells = cells.to_vec();
        let (found, mut tallies) = (found.to_vec(), std::mem::take(tallies));
        let (mapping, names) = (Rc::clone(&columns.mapping), Rc::clone(&columns.names));
        let texts: Vec<_> =
            columns.inside.iter().filter_map(|&column| Some((column, cells.get(column)?.text(text)))).collect();
        let inside = Record::inside_of(&texts);
        let record = Record::Row { text, cells: &cells, inside: &inside };
        let batch = self.take_events(mapped, &mapping, &record, &found, &mut tallies, Some((&names, &cells)));
        if let Some((_, _, _, held)) = self.reader.row_record() {
            *held = tallies;
        }
        batch
    }

    /// Makes and takes the events of a record from the first that was not made yet, until a batch is full.
    fn take_events<'r>(
        &mut self,
        mut mapped: MappedRecord,
        mapping: &Mapping,
        record: &'r Record<'r>,
        found: &[Finding],
        tallies: &mut Tallies,
        columns: Option<(&[String], &[Cell])>,
    ) -> Option<Batch> {
        let planned = mapping.plan(record);
        if planned.len().saturating_mul(record.text().len()) > EVENTS_BYTES_MAX {
            let place = self.place(Some((mapped.line, mapped.offset)));
            let found = Finding::of_record(Code::RecordManyEvents, record.text());
            let row = if mapped.is_row { self.refused_row(None) } else { None };
            self.refuse(record.text().as_bytes(), &[found], place, row);
            return None;
        }
        let number = self.report.records() - mapped.made as u64;
        let mut made = std::mem::take(&mut *self.made);
        let mut batch = None;
        for event in planned.iter().skip(mapped.made) {
            let place = self.place(Some((mapped.line, mapped.offset)));
            mapping.make(record, event, found, tallies, self.rules.host, &mut made);
            mapped.made += 1;
            let several = (planned.len() > 1).then_some(mapped.made as u64);
            let from = Mapped {
                source: record.text(),
                origins: &made.origins,
                number: self.report.is_mapped.then_some((number, several)),
                entry: &mapping.events[event.entry],
                columns,
            };
            batch = self.take_made(&made, from, place);
            if batch.is_some() {
                break;
            }
        }
        *self.made = made;
        if mapped.made == planned.len() {
            self.report.add_record(planned.len() as u64);
        } else {
            self.mapped = Some(mapped);
        }
        batch
    }

    /// Takes an event that was made.
    fn take_made(&mut self, made: &Made, from: Mapped, place: Place) -> Option<Batch> {
        let record = made.text.data();
        if made.findings.is_empty()
            && let Ok(Proved { notes, .. }) = self.fast.prove(&made.text, 0, &self.rules)
            && self.batcher.fits(record.len())
            && self.report.add_clean(notes)
        {
            let (key, traffic_type) = (&record[self.fast.key()], &record[self.fast.traffic_type()]);
            self.report.add_known_key(key, false, traffic_type, self.rules.host);
            return self.batcher.add(record, place, self.reader.bytes());
        }
        self.check(&Text::Made(made), place, Some(from))
    }

    /// Adds an issue with the names that the user maps and no record of the source has.
    pub(super) fn say_unused(&mut self) {
        if !cfg!(feature = "tables") {
            return;
        }
        let unused: Vec<Path> = self.unused.take().unwrap_or_default();
        let names: Vec<&str> = unused.iter().map(|path| &*path.text).collect();
        if !names.is_empty() {
            let file = self.sources.last().and_then(Option::as_deref);
            self.report.say_once(Code::MapUnusedJson, &join(&names, ", "), file);
        }
    }
}
