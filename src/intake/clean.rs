//! Takes the neighbours that were proved.

use super::{CleanNeighbours, Intake, Text, length_of};
use crate::batch::Batch;
use crate::check::fast::{Clean, Mended, Notes};
use crate::check::{Checked, Verdict};
use crate::finding::Finding;
use crate::objects::may_hold_null;
use crate::place::Place;
use crate::rules::doubt;

impl Intake {
    /// Takes the neighbours that were proved, until a batch is full.
    pub(super) fn take_clean(&mut self) -> Option<Batch> {
        loop {
            self.take_plain();
            let &event = self.clean.events.get(self.clean.taken)?;
            self.clean.taken += 1;
            let span = event.start..event.end;
            let place = self.place(Some((self.clean.line + event.lines as u64, self.reader.source_byte(event.start))));
            let is_mended = event.notes.has(Notes::MENDED);
            let mended = if is_mended { self.fast.mended.pop_front() } else { None };
            if event.notes.has(Notes::NULL | Notes::MENDED)
                && let Some(asked) = &mut self.asked
                && (!is_mended || may_hold_null(&self.reader.bytes()[span.clone()]))
            {
                let behind = self.clean.events.iter().skip(self.clean.taken);
                let nulls = behind.map(|event| event.notes.has(Notes::NULL | Notes::MENDED));
                if let Some(instead) = asked.instead(self.report.records(), nulls) {
                    if let Some(batch) = self.check_instead(instead, place) {
                        return Some(batch);
                    }
                    continue;
                }
            }
            if let Some(mended) = mended {
                let batch = self.take_mended(event, mended, place);
                if batch.is_some() {
                    return batch;
                }
                continue;
            }
            let bytes = self.reader.bytes();
            let (key, traffic_type) = (event.key, event.traffic_type);
            let is_clean = event.plain_key || doubt(&bytes[key.0..key.1]).is_none();
            let batch = if is_clean && self.batcher.fits(span.len()) && self.report.add_clean(event.notes) {
                self.report.add_known_key(
                    &bytes[key.0..key.1],
                    event.plain_key,
                    &bytes[traffic_type.0..traffic_type.1],
                    self.rules.host,
                );
                self.batcher.add_span(span, place, bytes)
            } else {
                self.check(&Text::Span(span), place, None)
            };
            if batch.is_some() {
                return batch;
            }
        }
    }

    /// Takes an event about which was decided where it lies.
    fn take_mended(&mut self, event: Clean, mended: Mended, place: Place) -> Option<Batch> {
        let span = event.start..event.end;
        let Mended { verdict, mut findings, key, traffic_type } = mended;
        for code in event.notes.codes() {
            if !self.report.is_settled(code) {
                return self.check(&Text::Span(span), place, None);
            }
            findings.push(Finding::of_record(code, ""));
        }
        if verdict != Verdict::Refused && self.batcher.fits(length_of(&verdict, span.len())) {
            let bytes = self.reader.bytes();
            let proved = |(start, end): (usize, usize)| std::str::from_utf8(&bytes[start..end]).unwrap_or_default();
            let key = key.as_deref().unwrap_or_else(|| proved(event.key));
            let traffic_type = traffic_type.as_deref().unwrap_or_else(|| proved(event.traffic_type));
            self.report.add_key(key, traffic_type, self.rules.host);
        }
        self.take_checked(&Text::Span(span), Checked { verdict, findings, subject: None }, place, None)
    }

    /// Takes neighbours without notes and with plain keys, as long as each stands behind the one before and has room
    /// there.
    fn take_plain(&mut self) {
        if self.rules.known_keys.is_some() {
            return;
        }
        // a null matters only of objects, which are asked for
        let passing = if self.asked.is_none() { Notes::NULL } else { Notes::default() };
        let mut place = self.place(None);
        let first = place.index;
        let CleanNeighbours { events, taken, line } = &mut self.clean;
        while let Some(event) = events.get(*taken) {
            if !self.objects {
                place.text = Some((*line + event.lines as u64, self.reader.source_byte(event.start)));
            }
            if event.notes | passing != passing
                || !event.plain_key
                || !self.batcher.extend(event.start..event.end, place)
            {
                break;
            }
            place.index += 1;
            *taken += 1;
        }
        self.report.add_plain(place.index - first);
    }
}
